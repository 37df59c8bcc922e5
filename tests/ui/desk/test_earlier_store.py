"""This version sends every scan that an earlier version kept in the browser."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import Relais, eventually
from tests.ui.desk.workstation import SENDING, Start, part

pytestmark = pytest.mark.ui

STORED = Path(__file__).resolve().parents[2] / "stored" / "0d1645c8" / "browser_store.json"
# Creates the browser database of commit 0d1645c8, with times moved so that the last scan is a
# minute old.
STORE = """async ({ version, transactions, numbers, storage }) => {
    for (const [key, value] of Object.entries(storage)) localStorage.setItem(key, value)
    await new Promise((done) => { indexedDB.deleteDatabase("relais").onsuccess = done })
    const database = await new Promise((done) => {
        const asked = indexedDB.open("relais", version)
        asked.onupgradeneeded = () => {
            const store = asked.result.createObjectStore("transactions", { keyPath: "id" })
            for (const name of ["waiting", "sequence"]) store.createIndex(name, name)
            asked.result.createObjectStore("numbers")
        }
        asked.onsuccess = () => done(asked.result)
    })
    const moved = Date.now() - 60_000 - Date.parse(transactions.at(-1)[1].line.at)
    const later = (at) => new Date(Date.parse(at) + moved).toISOString()
    const written = database.transaction(["transactions", "numbers"], "readwrite")
    for (const [, record] of transactions) {
        const { at, made_at } = record.line
        Object.assign(record.line, { at: later(at), made_at: later(made_at) })
        written.objectStore("transactions").put(record)
    }
    for (const [key, value] of numbers) {
        if (value.at) value.at += moved
        written.objectStore("numbers").put(value, key)
    }
    await new Promise((done) => { written.oncomplete = done })
    database.close()
}"""


def test_scans_kept_by_an_earlier_version_are_sent_in_order(start: Start, relais: Relais) -> None:
    pc, page = start()
    page.close()
    pc.context.route(SENDING, lambda route: route.abort())
    page = pc.context.new_page()
    page.goto(pc.url + "/healthz")
    kept = json.loads(STORED.read_text("utf-8"))
    page.evaluate(STORE, kept)
    page.goto(pc.url + "/desk/")
    lines = [record["line"] for _, record in kept["transactions"]]
    unsent = [record["line"]["id"] for _, record in kept["transactions"] if "answer" not in record]
    expect(part(page, "waiting")).to_have_text(str(len(unsent)))
    expect(part(page, "waits-list")).to_contain_text("Mme Rochat")

    pc.context.unroute(SENDING)
    expect(part(page, "waiting")).to_have_text("0")
    wanted = [line for line in lines if line["id"] in unsent]
    eventually(page, lambda: recorded(relais, wanted), wanted=[shown(line) for line in wanted])


def recorded(relais: Relais, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries that have these lines' ids, sorted by time and reduced by `shown`."""
    ids = {line["id"] for line in lines}
    kinds = dict.fromkeys(line["kind"] for line in lines)
    entries = [
        {"kind": kind, **entry}
        for kind in kinds
        for entry in relais.recorded(kind)
        if entry["id"] in ids
    ]
    return [shown(entry) for entry in sorted(entries, key=lambda entry: entry["at"])]


def shown(line: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that must be the same in the browser and in the journal."""
    names = ("id", "kind", "patron", "item", "loan", "reason")
    return {name: line[name] for name in names if line.get(name) is not None}

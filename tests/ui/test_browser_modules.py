"""What the browser computes by itself, held to what Python makes of the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid5

import pytest
from playwright.sync_api import Browser, Page, Route

from procedure.wall_clock import GENEVA, instants

pytestmark = pytest.mark.ui

STATIC = Path(__file__).resolve().parents[2] / "dashboard" / "static"
LOAD = """async (sources) => {
    for (const [name, source] of Object.entries(sources)) {
        const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }))
        globalThis[name] = await import(url)
    }
}"""
MODULES = ("transaction", "loan_id", "wall_clock")
# Plain http: without Web Locks, as in a library that has no certificate.
PLAIN = "http://relais.example/"
MAP = '<script type="importmap">{"imports": {"relais/": "/"}}</script>'
WITHOUT_A_DATABASE = """async () => {
    const { Outbox } = await import("relais/outbox.js")
    const { Turn } = await import("relais/turn.js")
    const store = new Proxy({}, { get: () => () => Promise.reject(new Error("no database")) })
    const sent = []
    const courier = { send: async (lines) => {
        sent.push(...lines.map((one) => one.id))
        return lines.map(({ id }) => ({ id, state: "kept" }))
    } }
    const clock = { stamp: () => Date.now(), skew: 0, sure: true }
    const outbox = new Outbox({
        store, courier, clock, turn: new Turn(store, "a"), channel: { postMessage() {} },
    })
    const settled = []
    outbox.addEventListener("settled", ({ detail }) => {
        settled.push(...detail.map((one) => one.line.id))
    })
    const lines = Array.from({ length: 150 }, (_, number) => ({ id: String(number) }))
    const kept = await Promise.all(lines.map((line) => outbox.add(line)))
    const fleeting = outbox.fleeting
    while (outbox.sending) await outbox.sending
    const { size, trouble } = outbox
    const after = outbox.fleeting
    return { locks: Boolean(navigator.locks), kept, fleeting, sent, settled, size, trouble, after }
}"""
FULL_DATABASE = """async () => {
    const { Outbox } = await import("relais/outbox.js")
    const waiting = Array.from({ length: 250 }, (_, number) => ({
        id: String(number), sequence: number + 1, made_at: "2026-11-24T09:00:00Z", skew_s: 0,
    }))
    const full = () => Promise.reject(new Error("full"))
    let settle = full
    const store = {
        add: full, waiting: async (limit) => waiting.slice(0, limit), count: async () => waiting.length,
        settle: (settled) => settle(settled),
    }
    const sent = []
    const courier = { send: async (lines) => {
        sent.push(...lines.map((one) => one.id))
        return lines.map(({ id }) => ({ id, state: "kept" }))
    } }
    const clock = { stamp: () => Date.now(), skew: 0, sure: true }
    const turn = { take: (work) => work(), renew() {} }
    const outbox = new Outbox({ store, courier, clock, turn, channel: { postMessage() {} } })
    outbox.last = 250
    await outbox.add({ id: "250" })
    while (outbox.sending) await outbox.sending
    const { trouble } = outbox
    settle = async (settled) => { waiting.splice(0, settled.length) }
    outbox.send()
    while (outbox.sending) await outbox.sending
    return { sent, trouble, after: outbox.trouble, size: outbox.size }
}"""

TURNS = """async (lines) => {
    const { Today } = await import("relais/today.js")
    const outbox = Object.assign(new EventTarget(), {
        records: async () => lines.map((line) => ({ line })), tell() {},
    })
    const today = new Today({ outbox, clock: { stamp: () => Date.now() } }, 0)
    await today.load()
    return [...today.waiting()].map(([whose, rows]) => [whose, rows.map((row) => row.id)])
}"""

FOLLOWING = """async (lines) => {
    const { Today } = await import("relais/today.js")
    const { Following } = await import("relais/following.js")
    localStorage.clear()
    const records = lines.map(({ state, ...line }) => (
        { line, answer: state && { id: line.id, state, reason: null, warning: null } }
    ))
    const written = [], posted = [], asked = []
    const outbox = Object.assign(new EventTarget(), {
        records: async () => records, channel: { postMessage: (told) => posted.push(told) },
        tell(what, detail) { this.dispatchEvent(new CustomEvent(what, { detail })) },
    })
    const today = new Today({ outbox, clock: { stamp: () => Date.now() } }, 0)
    let ends = new Promise(() => {})
    const courier = { waiting: (ids) => { asked.push(ids); return ends } }
    const store = { end: async (ended) => { written.push(...ended) } }
    await today.loaded
    const following = new Following({ courier, store, outbox }, today)
    const ids = () => [...today.waiting().values()].flat().map((row) => row.id)
    const before = [ids(), following.old]
    await Promise.resolve() // the page asks at once
    ends = Promise.resolve({ a: "completed", b: "void", x: "void" })
    following.asking = null
    await following.ask()
    const after = [ids(), following.old, today.standing("waiting").map((row) => row.id)]
    ends = Promise.reject(new Error("cut"))
    ends.catch(() => {})
    const then = Date.now()
    Date.now = () => then + 120_000
    await following.ask()
    const cut = [ids(), Math.abs(following.old - then) < 5000]
    following.close()
    const ended = written.map(({ line, answer }) => [line.id, "note" in line, answer.ended])
    return { before, after, cut, asked, ended, posted: posted[0].settled.length }
}"""


@pytest.fixture(scope="module")
def blank(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    page.evaluate(LOAD, {name: (STATIC / f"{name}.js").read_text("utf-8") for name in MODULES})
    yield page
    page.close()


@pytest.fixture(scope="module")
def plain(chromium: Browser) -> Iterator[Page]:
    """Give a page on plain http that may import every module by its name."""

    def give(route: Route) -> None:
        name = route.request.url.removeprefix(PLAIN)
        if name:
            route.fulfill(path=STATIC / name, content_type="text/javascript")
        else:
            route.fulfill(body=MAP, content_type="text/html")

    page = chromium.new_page()
    page.route(f"{PLAIN}**", give)
    page.goto(PLAIN)
    yield page
    page.close()


def test_without_a_database_each_loan_leaves_once_and_is_settled(plain: Page) -> None:
    every = [str(number) for number in range(150)]
    assert plain.evaluate(WITHOUT_A_DATABASE) == {
        "locks": False,
        "kept": [False] * 150,
        "fleeting": True,
        "sent": every,
        "settled": every,
        "size": 0,
        "trouble": None,
        "after": False,
    }


def test_a_database_that_takes_no_answer_holds_no_later_loan_up(plain: Page) -> None:
    assert plain.evaluate(FULL_DATABASE) == {
        "sent": [str(number) for number in range(251)],
        "trouble": "browser",
        "after": None,
        "size": 0,
    }


def test_whoever_has_no_card_is_told_apart_by_the_turn_and_in_older_lines_by_the_note(
    plain: Page,
) -> None:
    at = "2026-11-24T09:00:00.000Z"
    made = {"kind": "waiting", "at": at, "made_at": at, "item": "0I", "note": "sans carte, 10:00"}
    turns = [("a", {"turn": 1}), ("b", {"turn": 2}), ("c", {"turn": 1}), ("d", {}), ("e", {})]
    assert plain.evaluate(TURNS, [{**made, "id": one, **turn} for one, turn in turns]) == [
        ["1", ["a", "c"]],
        ["2", ["b"]],
        ["sans carte, 10:00", ["d", "e"]],
    ]


def test_a_list_of_forgotten_cards_follows_what_was_done_elsewhere_and_says_when_it_cannot(
    plain: Page,
) -> None:
    at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.000Z}"
    made = {"kind": "waiting", "at": at, "made_at": at, "item": "0I", "note": "Mme Rochat"}
    waits = [{**made, "id": one, "turn": one, "state": "kept"} for one in "abc"]
    here = {**made, "id": "d", "turn": "d"}  # not on the server: nobody else can have touched it
    assert plain.evaluate(FOLLOWING, [*waits, here]) == {
        "before": [["a", "b", "c", "d"], 0],
        "after": [["c", "d"], None, ["a", "c", "d"]],
        "cut": [["c", "d"], True],
        "asked": [["a", "b", "c"], ["a", "b", "c"], ["c"]],
        "ended": [["a", False, "completed"], ["b", False, "void"]],
        "posted": 2,
    }


def test_ids_are_of_version_7_and_grow_also_when_the_clock_is_set_back(blank: Page) -> None:
    moments = [1_800_000_000_000] * 6000 + [1_700_000_000_000] * 50 + [1_900_000_000_000]
    told = blank.evaluate("moments => moments.map((at) => transaction.uuid(at))", moments)
    ids = [UUID(one) for one in told]
    assert {(one.version, one.variant) for one in ids} == {(7, "specified in RFC 4122")}
    assert all(one < other for one, other in pairwise(ids))
    assert (ids[0].int >> 80, ids[-1].int >> 80) == (moments[0], moments[-1])


def test_the_loan_that_completes_a_waiting_one_has_the_id_that_the_server_gives_it(
    blank: Page,
) -> None:
    waiting = [UUID(int=(0x019AB0C17B00 << 80) + 7919 * number) for number in range(50)]
    told = blank.evaluate("ids => ids.map(loan_id.loanId)", [str(one) for one in waiting])
    assert told == [str(uuid5(one, "loan")) for one in waiting]


def test_an_hour_on_paper_is_the_instant_at_which_clocks_showed_it(blank: Page) -> None:
    first = datetime.fromisoformat("2026-01-01T09:41")
    walls = [first + timedelta(days=day, minutes=7 * day) for day in range(365)]
    walls += [datetime.fromisoformat(f"2026-{day}T02:30") for day in ("03-29", "10-25")]
    asked = [[f"{wall:%Y-%m-%d}", f"{wall:%H:%M}"] for wall in walls]
    told = blank.evaluate(
        "asked => asked.map(([day, time]) => wall_clock.instant(day, time))", asked
    )
    found = [one and datetime.fromtimestamp(one / 1000, UTC) for one in told]
    assert found == [next(iter(instants(wall, GENEVA)), None) for wall in walls]

"""The browser's own code keeps a workstation's loans in order, whatever its clock does."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from playwright.sync_api import Page

pytestmark = pytest.mark.ui

# A workstation with a changing wall clock, and a steady clock that restarts with each page; and a
# server that has the right time, and keeps only the first line that it receives with each id.
WORLD = """async (steps) => {
    const { ServerClock } = await import("relais/server_clock.js")
    const { Outbox } = await import("relais/outbox.js")
    const { TransactionStore } = await import("relais/transaction_store.js")
    const { RequestFailed } = await import("relais/api_client.js")
    const begun = Date.parse("2026-11-24T09:00:00Z")
    let real = begun, wrong = 0, opened = real, up = false, lost = false
    const shown = () => real + wrong
    const wall = globalThis.wall ??= Date.now
    Date.now = shown
    let origin = shown()
    Object.defineProperty(performance, "timeOrigin", { get: () => origin, configurable: true })
    performance.now = () => real - opened
    const kept = new Map()
    const courierOf = (clock) => ({
        measure: async () => {
            if (!up) throw new RequestFailed("unreachable")
            const asked = clock.stamp()
            for (let count = 0; count < 5; count += 1) clock.learn({ asked, serverTime: real, received: clock.stamp() })
        },
        send: async (lines) => {
            if (!up) throw new RequestFailed("unreachable")
            for (const line of lines) {
                real += 1
                const at = Math.min(Date.parse(line.at), real)
                if (!kept.has(line.id)) kept.set(line.id, { ...line, at })
            }
            if (lost) throw new RequestFailed("unreachable")
            return lines.map(({ id }) => ({ id, state: "kept" }))
        },
    })
    let outbox
    const open = () => {
        if (outbox) {
            clearTimeout(outbox.timer)
            outbox.send = () => {}
        }
        opened = real
        origin = shown()
        const clock = new ServerClock()
        outbox = new Outbox({
            store: new TransactionStore(), courier: courierOf(clock), clock,
            turn: { take: (work) => work(), renew() {} }, channel: { postMessage() {} },
        })
        outbox.look()
    }
    const rest = async () => { while (outbox.sending) await outbox.sending.catch(() => {}) }
    await new Promise((done) => { indexedDB.deleteDatabase("relais").onsuccess = done })
    open()
    const rows = []
    const record = async (made, truth, more = {}) => {
        const id = String(rows.length)
        rows.push({ id, made, truth, page: outbox })
        await outbox.add({ id, kind: "loan", ...more }, made)
        await rest()
    }
    const acts = {
        scan: async (seconds) => {
            real += 1000 * seconds
            await record(outbox.clock.stamp(), real)
        },
        // Record a row of this page again, for another patron, at the time at which it was made.
        again: async (place) => {
            const row = rows.filter((one) => one.page === outbox).at(-place)
            if (row) await record(row.made, row.truth)
        },
        clock: async (seconds) => { wrong += 1000 * seconds },
        wait: async (seconds) => { real += 1000 * seconds },
        reopen: async () => { await rest(); open() },
        server: async (how) => {
            up = how !== "down"
            lost = how === "deaf"
            if (up) await outbox.courier.measure().catch(() => {})
            outbox.send()
            await rest()
        },
    }
    for (const [act, value] of steps) await acts[act](value)
    const saved = (await outbox.records()).map(({ line }) => line)
    for (const line of saved) if (kept.has(line.id)) line.at = new Date(kept.get(line.id).at).toISOString()
    await acts.server("up")
    const size = outbox.size
    clearTimeout(outbox.timer)
    Date.now = wall
    const by = (instant) => (one, other) => instant(one) - instant(other) || one.sequence - other.sequence
    const truths = new Map(rows.map((row) => [row.id, row.truth]))
    const truth = rows.map((row, place) => ({ ...row, sequence: place })).sort(by((one) => one.truth)).map((one) => one.id)
    const recorded = [...kept.values()].sort(by((one) => one.at))
    return {
        size, truth,
        recorded: recorded.map((one) => one.id),
        saved: saved.sort(by((one) => Date.parse(one.at))).map((one) => one.id),
        off: recorded.map((one) => (one.at - truths.get(one.id)) / 1000),
    }
}"""


def run(page: Page, *steps: tuple[str, Any]) -> dict[str, Any]:
    return page.evaluate(WORLD, steps)


SCAN, OPEN, DOWN, UP = ("scan", 60), ("reopen", None), ("server", "down"), ("server", "up")
HOUR = 3600


def test_order_survives_a_clock_set_back_between_offline_sessions(plain: Page) -> None:
    result = run(plain, SCAN, SCAN, ("wait", 600), OPEN, ("clock", -HOUR), OPEN, SCAN, SCAN)
    assert result["recorded"] == result["truth"] == result["saved"] == ["0", "1", "2", "3"]
    # Nothing shows that the clock was right before it was set back, so the times of the first two
    # scans are wrong by the time between the second scan and the third.
    assert result["off"] == pytest.approx([660, 660, 0, 0], abs=1)


def test_time_of_a_scan_with_a_known_clock_is_kept(plain: Page) -> None:
    result = run(plain, ("clock", -420), UP, SCAN, DOWN, SCAN, ("clock", HOUR), OPEN, SCAN)
    assert result["recorded"] == result["truth"] == ["0", "1", "2"]
    assert result["off"] == pytest.approx([0, 0, 0], abs=1)


def test_time_of_a_scan_recorded_again_is_kept(plain: Page) -> None:
    result = run(plain, ("scan", 1), UP, ("clock", 5), ("scan", 1), ("again", 2))
    assert result["recorded"] == result["truth"] == result["saved"] == ["0", "2", "1"]
    assert result["off"] == pytest.approx([0, 0, 0], abs=0.01)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("scan"), st.sampled_from([1, 20, 300])),
        st.tuples(
            st.just("clock"), st.sampled_from([-86400 * 9000, -HOUR, -30, 5, 30, HOUR, 86400])
        ),
        st.tuples(st.just("wait"), st.sampled_from([2, 900])),
        st.tuples(st.just("server"), st.sampled_from(["up", "down", "deaf"])),
        st.tuples(st.just("again"), st.sampled_from([1, 2, 4])),
        st.just(OPEN),
    ),
    min_size=4,
    max_size=25,
)


@settings(
    max_examples=max(200, settings.default.max_examples),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_order_of_scans_is_kept_whatever_the_clock_does(
    plain: Page, steps: list[tuple[str, Any]]
) -> None:
    result = run(plain, *steps)
    assert (result["recorded"], result["size"]) == (result["truth"], 0)
    assert result["saved"] == result["truth"]

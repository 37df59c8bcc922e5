"""The browser's modules send and list loans, and compute the same ids and times as Python."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page

from dashboard.loans.scan_text import scan_texts
from dashboard.settings import PACKAGED_HANDBOOK
from dashboard.translations import language
from dashboard.ui.templating import render
from procedure.io.handbook_files import load_handbook
from procedure.local_time import instants

pytestmark = pytest.mark.ui

STATIC = Path(__file__).resolve().parents[2] / "dashboard" / "assets"
LOAD = """async (sources) => {
    for (const [name, source] of Object.entries(sources)) {
        const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }))
        globalThis[name] = await import(url)
    }
}"""
MODULES = ("uuid", "completed_loan_id", "wall_clock")
WITHOUT_A_DATABASE = """async () => {
    const { Outbox } = await import("relais/outbox.js")
    const { SendLock } = await import("relais/send_lock.js")
    const store = new Proxy({}, { get: () => () => Promise.reject(new Error("no database")) })
    const sent = []
    const courier = { send: async (lines) => {
        sent.push(...lines.map((one) => one.id))
        return lines.map(({ id }) => ({ id, state: "kept" }))
    } }
    const { ServerClock } = await import("relais/server_clock.js")
    const clock = Object.assign(new ServerClock(), { skew: 0, samples: [0, 0, 0] })
    const outbox = new Outbox({
        store, courier, clock, turn: new SendLock(store, "a"), channel: { postMessage() {} },
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
        add: full, unsent: async (limit) => waiting.slice(0, limit), count: async () => waiting.length,
        settle: (settled) => settle(settled),
    }
    const sent = []
    const courier = { send: async (lines) => {
        sent.push(...lines.map((one) => one.id))
        return lines.map(({ id }) => ({ id, state: "kept" }))
    } }
    const { ServerClock } = await import("relais/server_clock.js")
    const clock = Object.assign(new ServerClock(), { skew: 0, samples: [0, 0, 0] })
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

# The previous page sent a loan, and its worker stores the server's answer only after this page has
# read the loan as unsent.
ANSWERED_BEFORE = """async () => {
    const { Outbox } = await import("relais/outbox.js")
    const line = (id, sequence) => ({ id, sequence, made_at: "2026-11-24T09:00:00Z", skew_s: 0 })
    const waiting = [line("before", 1)]
    const store = {
        add: async (lines) => { waiting.push(...lines.map(({ id }) => line(id, 2))); return 2 },
        unsent: async () => [...waiting], count: async () => waiting.length, floor: async () => null,
        find: async (ids) => ids.map((id) => ({ line: line(id, 1), waiting: 0 })),
        settle: async (settled) => { waiting.splice(0, settled.length) },
    }
    const courier = { send: async (lines) => lines.map(({ id }) => ({ id, state: "kept" })) }
    const { ServerClock } = await import("relais/server_clock.js")
    const clock = Object.assign(new ServerClock(), { skew: 0, samples: [0, 0, 0] })
    const turn = { take: (work) => work(), renew() {} }
    const outbox = new Outbox({ store, courier, clock, turn, channel: { postMessage() {} } })
    await outbox.look()
    const before = outbox.size
    waiting.splice(0, 1)
    await outbox.add({ id: "now" })
    while (outbox.sending) await outbox.sending
    return [before, outbox.size]
}"""

TURNS = """async (lines) => {
    const { TodaysTransactions } = await import("relais/todays_transactions.js")
    const outbox = Object.assign(new EventTarget(), {
        records: async () => lines.map((line, place) => (
            { line, answer: place % 2 ? undefined : { state: "kept" } }
        )),
        tell() {},
    })
    const today = new TodaysTransactions({ outbox, clock: { stamp: () => Date.now() } }, 0)
    await today.load()
    const turns = [...today.pending()].map(([whose, rows]) => [whose, rows.map((row) => row.id)])
    return [turns, today.rows().map((row) => row.id)]
}"""

# While the page reads the store, the server's answer about one of the stored loans arrives. Two
# new loans are made, and the answer about one of them arrives too.
READING = """async () => {
    const { TodaysTransactions } = await import("relais/todays_transactions.js")
    let give
    const outbox = Object.assign(new EventTarget(), {
        records: () => new Promise((read) => { give = read }),
        tell(what, detail) { this.dispatchEvent(new CustomEvent(what, { detail })) },
    })
    const today = new TodaysTransactions({ outbox, clock: { stamp: () => Date.now() } }, 0)
    const now = new Date().toISOString()
    const line = (id) => ({ id, kind: "loan", at: now, made_at: now, item: id, patron: "p" })
    const kept = (id) => ({ line: line(id), answer: { id, state: "kept" } })
    outbox.tell("settled", [kept("read as waiting")])
    outbox.tell("added", [line("made and kept"), line("made")])
    outbox.tell("settled", [kept("made and kept")])
    give([{ line: line("read as waiting") }, kept("read as kept")])
    await today.loaded
    return Object.fromEntries(today.rows().map((row) => [row.id, row.answer?.state ?? null]))
}"""

# The workstation's clock is seven minutes slow: for the server, the next day has already begun.
MIDNIGHT = """async () => {
    const { TodaysTransactions } = await import("relais/todays_transactions.js")
    const outbox = Object.assign(new EventTarget(), { records: async () => [], tell() {} })
    const clock = { stamp: () => Date.parse("2026-11-24T22:56:00Z"), skew: 420_000 }
    const today = new TodaysTransactions({ outbox, clock }, 0)
    await today.loaded
    const line = { id: "a", kind: "loan", at: "2026-11-24T23:03:00Z", made_at: "2026-11-24T22:56:00Z", item: "i", patron: "p" }
    const detail = [{ line, answer: { id: "a", state: "kept" } }]
    outbox.dispatchEvent(new CustomEvent("settled", { detail }))
    return today.rows().map((row) => row.id)
}"""

FOLLOWING = """async (lines) => {
    const { TodaysTransactions } = await import("relais/todays_transactions.js")
    const { PendingUpdates } = await import("relais/pending_updates.js")
    localStorage.clear()
    const records = lines.map(({ state, ...line }) => (
        { line, answer: state && { id: line.id, state, reason: null, warning: null } }
    ))
    const written = [], posted = [], asked = []
    const outbox = Object.assign(new EventTarget(), {
        records: async () => records, channel: { postMessage: (handlers) => posted.push(handlers) },
        tell(what, detail) { this.dispatchEvent(new CustomEvent(what, { detail })) },
    })
    const today = new TodaysTransactions({ outbox, clock: { stamp: () => Date.now() } }, 0)
    let ends = new Promise(() => {})
    const courier = { pendingEnds: (ids) => { asked.push(ids); return ends } }
    const store = { end: async (ended) => { written.push(...ended) } }
    await today.loaded
    const following = new PendingUpdates({ courier, store, outbox }, today)
    const ids = () => [...today.pending().values()].flat().map((row) => row.id)
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

LEAVING = """async ({ html, words, rules }) => {
    document.body.dataset.page = "loans"
    document.body.innerHTML = '<select id="desk"><option value="MAIL" selected></select>'
    window.relais = { isCut: () => false }
    window.scanner = { release: () => ({ scans: [], begun: "" }), known: () => null }
    // The browser has no workers and forbids the database, and the server answers when the test
    // says so.
    delete window.Worker
    Object.defineProperty(window, "indexedDB", { value: { open() { throw new Error("forbidden") } } })
    let answering = false
    window.fetch = async (address, { body } = {}) => {
        if (!answering) throw new TypeError("no line")
        const { transactions = [] } = body ? JSON.parse(body) : {}
        const answers = transactions.map(({ id }) => (
            { id, state: "kept", warning: null, reason: null }
        ))
        return new Response(JSON.stringify({ answers, now: Date.now() }))
    }
    const { render } = await import("/component.js")
    const handlers = {}
    const model = { html, words, rules, double_read: 0, on: (what, call) => { handlers[what] = call } }
    const root = render({ model })
    document.body.append(root)
    const may = () => dispatchEvent(new CustomEvent("relais:leaving", { cancelable: true }))
    const state = (word) => [...root.querySelectorAll('[data-part="rows"] tr')]
        .some((row) => row.textContent.includes(word))
    const until = async (done) => {
        for (let tries = 0; tries < 400 && !done(); tries += 1) {
            await new Promise((go) => setTimeout(go, 25))
        }
    }
    const found = { before: may() }
    for (const text of ["SLSP204518377", "0LEAVE"]) {
        dispatchEvent(new CustomEvent("relais:scan", { detail: { text }, cancelable: true }))
    }
    found.at_once = may()
    await until(() => state("Cette page seule"))
    found.in_memory = may()
    const box = root.querySelector('[data-part="input"]')
    answering = true
    dispatchEvent(new Event("online"))
    await until(() => state("Enregistré"))
    found.sent = may()
    const real = performance.now.bind(performance)
    performance.now = () => real() + 20_000
    found.calm = may()
    box.value = "half a code"
    found.typing = may()
    handlers.remove()
    return found
}"""
PATIENCE = """async () => {
    const { ApiClient } = await import("/api_client.js")
    const real = setTimeout
    window.setTimeout = (call, length) => real(call, length / 50) // ten seconds pass in a fifth of a second
    const courier = new ApiClient(`${location.origin}/stall/`, { stamp: () => Date.now(), learn() {} })
    const late = new Promise((end) => real(end, 8000, "still waiting"))
    return Promise.race([courier.time().then(() => "answered", (fault) => fault.key), late])
}"""


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    page = page_in_zone(browser, "Europe/Zurich")
    yield page
    page.close()


def page_in_zone(browser: Browser, zone: str) -> Page:
    page = browser.new_page()
    page.set_content(f'<html data-zone="{zone}"></html>')
    page.evaluate(LOAD, {name: (STATIC / f"{name}.js").read_text("utf-8") for name in MODULES})
    return page


def test_outbox_without_a_database_sends_each_loan_once(plain: Page) -> None:
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


def test_outbox_with_a_database_that_never_answers_delays_no_loan(plain: Page) -> None:
    assert plain.evaluate(FULL_DATABASE) == {
        "sent": [str(number) for number in range(251)],
        "trouble": "browser",
        "after": None,
        "size": 0,
    }


def test_outbox_ignores_what_an_earlier_page_had_answered(plain: Page) -> None:
    assert plain.evaluate(ANSWERED_BEFORE) == [1, 0]


def test_pending_loans_are_grouped_by_turn_or_else_by_note(
    plain: Page,
) -> None:
    at = "2026-11-24T09:00:00.000Z"
    made = {"kind": "waiting", "at": at, "made_at": at, "item": "0I", "note": "sans carte, 10:00"}
    turns = [("a", {"turn": 1}), ("b", {"turn": 2}), ("c", {"turn": 1}), ("d", {}), ("e", {})]
    lines = [
        {**made, "id": letter, "sequence": place, **turn}
        for place, (letter, turn) in enumerate(turns, start=1)
    ]
    result, order = plain.evaluate(TURNS, lines)
    assert result == [
        ["1", ["a", "c"]],
        ["2", ["b"]],
        ["sans carte, 10:00", ["d", "e"]],
    ]
    assert order == list("abcde"), "when read again, the rows are in the order of the scans"


def test_todays_transactions_keep_what_arrives_while_the_store_is_read(plain: Page) -> None:
    assert plain.evaluate(READING) == {
        "read as waiting": "kept",
        "read as kept": "kept",
        "made and kept": "kept",
        "made": None,
    }


def test_todays_transactions_include_those_of_a_slow_clock_after_midnight(plain: Page) -> None:
    assert plain.evaluate(MIDNIGHT) == ["a"]


def test_pending_list_follows_other_pages_and_says_when_it_cannot(
    plain: Page,
) -> None:
    at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.000Z}"
    made = {"kind": "waiting", "at": at, "made_at": at, "item": "0I", "note": "Mme Rochat"}
    waits = [{**made, "id": letter, "turn": letter, "state": "kept"} for letter in "abc"]
    here = {**made, "id": "d", "turn": "d"}  # not on the server yet, so nobody else can change it
    assert plain.evaluate(FOLLOWING, [*waits, here]) == {
        "before": [["a", "b", "c", "d"], None],
        "after": [["c", "d"], None, ["a", "c", "d"]],
        "cut": [["c", "d"], True],
        "asked": [["a", "b", "c"], ["a", "b", "c"], ["c"]],
        "ended": [["a", False, "completed"], ["b", False, "void"]],
        "posted": 2,
    }


def test_page_with_an_unsaved_loan_does_not_reload_itself(plain: Page) -> None:
    shown_in = language("fr")
    values = {"html": render("loans/scan", shown_in), "words": scan_texts(shown_in)}
    assert plain.evaluate(
        LEAVING, values | {"rules": load_handbook(PACKAGED_HANDBOOK).scan_rules()}
    ) == {
        "before": True,
        "at_once": False,
        "in_memory": False,
        "sent": False,
        "calm": True,
        "typing": False,
    }
    plain.reload()  # restores the browser's own fetch and database


class Stalling(SimpleHTTPRequestHandler):
    """Serves the modules; below /stall/ it begins a response but never completes it."""

    cut = threading.Event()

    def do_GET(self) -> None:
        if not self.path.startswith("/stall/"):
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b"{")
        if not self.connection.recv(1):  # the browser hangs up
            self.cut.set()

    def log_message(self, *args: object) -> None:
        pass


def test_request_whose_body_never_arrives_times_out(browser: Browser) -> None:
    handler = partial(Stalling, directory=str(STATIC))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, browser.new_page() as page:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page.goto(f"http://127.0.0.1:{server.server_port}/icon.svg")
        assert page.evaluate(PATIENCE) == "unreachable"
        assert Stalling.cut.wait(10)
        server.shutdown()


def test_new_id_is_version_7_and_grows_with_a_clock_set_back(blank: Page) -> None:
    moments = [1_800_000_000_000] * 6000 + [1_700_000_000_000] * 50 + [1_900_000_000_000]
    result = blank.evaluate("moments => moments.map((at) => uuid.uuid(at))", moments)
    ids = [UUID(entry) for entry in result]
    assert {(uuid.version, uuid.variant) for uuid in ids} == {(7, "specified in RFC 4122")}
    assert all(before < after for before, after in pairwise(ids))
    assert (ids[0].int >> 80, ids[-1].int >> 80) == (moments[0], moments[-1])


def test_completed_loan_id_equals_the_servers(
    blank: Page,
) -> None:
    waiting = [UUID(int=(0x019AB0C17B00 << 80) + 7919 * number) for number in range(50)]
    result = blank.evaluate(
        "ids => ids.map(completed_loan_id.loanId)", [str(loan_id) for loan_id in waiting]
    )
    assert result == [str(uuid5(loan_id, "loan")) for loan_id in waiting]


@pytest.mark.parametrize("zone", ["Europe/Zurich", "Europe/London", "America/New_York"])
def test_paper_time_is_read_as_local_time(browser: Browser, zone: str) -> None:
    first = datetime.fromisoformat("2026-01-01T09:41")
    walls = [first + timedelta(days=day, minutes=7 * day) for day in range(365)]
    changes = {
        "03-08T02:30",
        "11-01T01:30",
        "03-29T01:30",
        "03-29T02:30",
        "10-25T01:30",
        "10-25T02:30",
    }
    walls += [datetime.fromisoformat(f"2026-{change}") for change in sorted(changes)]
    asked = [[f"{wall:%Y-%m-%d}", f"{wall:%H:%M}"] for wall in walls]
    page = page_in_zone(browser, zone)
    result = page.evaluate(
        "asked => asked.map(([day, time]) => wall_clock.instant(day, time))", asked
    )
    page.close()
    entries = [entry and datetime.fromtimestamp(entry / 1000, UTC) for entry in result]
    assert entries == [next(iter(instants(wall, ZoneInfo(zone))), None) for wall in walls]

"""The page's modules, the outbox and the server's intake record each scan as the model does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from dashboard.core.visitor import Visitor
from dashboard.loans.transactions.intake import TransactionIntake
from dashboard.settings import PACKAGED_HANDBOOK
from procedure.circulation.transactions import Loan, PendingLoan, Return, Void
from procedure.io.handbook_files import load_handbook
from tests.support.clock import Clock
from tests.support.context import make_context
from tests.ui.scan_model import CARDS, EITHER, RULES, Model, acts_of

pytestmark = pytest.mark.ui

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC).timestamp() * 1000

# Performs actions on a desk's page, one second apart. Each is a scanned code, an unclear code after
# a question mark, or an action in `keys`, such as a key, an answer from the server, or a reload. At the end, a desk is chosen and
# the server answers everything. Returns the messages sent, the events reported, and the last state.
DESK = """async ({ rules, acts, start, desk }) => {
    const { ServerClock } = await import("relais/server_clock.js")
    const { Outbox } = await import("relais/outbox.js")
    const { ScanClassifier } = await import("relais/scan_classification.js")
    const { ScanSession } = await import("relais/scan_session.js")
    const { TodaysTransactions } = await import("relais/todays_transactions.js")
    let now = start, sending = [], answering = null, lend = ""
    const lines = new Map(), sent = [], warned = []
    const store = {
        add: async (added, least) => {
            let last = Math.max(least, lines.size)
            for (const line of added) lines.set(line.id, { ...line, sequence: last += 1 })
            return last
        },
        unsent: async (most) => [...lines.values()].filter((line) => !line.answer).slice(0, most),
        floor: async () => null,
        place: async (placed) => { for (const line of placed) lines.set(line.id, line) },
        all: async () => [...lines.values()].map(({ answer, ...line }) => ({ line, answer })),
        count: async () => [...lines.values()].filter((line) => !line.answer).length,
        settle: async (settled) => { for (const { line, answer } of settled) lines.get(line.id).answer = answer },
    }
    const courier = { send: async (batch) => {
        await new Promise((go) => { answering = go })
        sent.push(batch)
        return batch.map(({ id }) => ({ id, state: "kept", warning: null, reason: null }))
    } }
    class Steady extends ServerClock { stamp() { return now } }
    const clock = Object.assign(new Steady(), { skew: 0, samples: [0, 0, 0] })
    const outbox = new Outbox({
        store, courier, clock, turn: { take: (work) => work(), renew() {} }, channel: { postMessage() {} },
    })
    const today = new TodaysTransactions({ outbox, clock }, 120_000)
    sessionStorage.clear()
    const open = () => new ScanSession({
        storage: sessionStorage, outbox, today, classifier: new ScanClassifier(rules), stamp: () => now, desk: () => desk,
        lendIn: () => lend, workstation: "poste-1", cart: () => "2", nobody: () => "sans carte", doubleRead: 120_000,
        tell: (event) => warned.push(event),
    })
    let scanning = open()
    const listen = ({ detail }) => scanning.settled(detail)
    outbox.addEventListener("settled", listen)
    const pause = () => new Promise((go) => setTimeout(go))
    const why = Object.fromEntries(["turn", "found", "item", "confirm"].map((one) => [`reason_${one}`, one]))
    const keys = {
        named: () => scanning.named("Mme Rochat", "named"),
        next: () => scanning.next(), card: () => scanning.begin("card"), cart: () => scanning.begin("cart"),
        late: () => scanning.enter(start - 3_600_000), F6: () => scanning.swap("F6"), F8: () => scanning.undo("F8"),
        skipped: () => scanning.skipped(why), F7: () => scanning.turn(why), F9: () => scanning.confirm(why),
        answer: async () => { answering?.(); await pause() },
        reload: () => { scanning.session.keep(); scanning = open(); scanning.release() },
        desk: () => { desk = "MAIL"; scanning.release() },
        alma: () => { lend = "alma"; scanning.release() }, outage: () => { lend = "relais"; scanning.release() },
        unasked: () => { lend = null; scanning.release() }, unknown: () => { lend = ""; scanning.release() },
        anyway: () => scanning.lendAnyway(), forgo: () => scanning.forgo(),
        pause: () => { now += 31 * 60_000 },
        neither: () => { if (scanning.question === "unclear") scanning.settle(scanning.unclear.id, "neither") },
        signed_out: () => scanning.leave(),
    }
    for (const act of acts) {
        now += 1000
        if (keys[act]) await keys[act]()
        else if (act[0] === "?") scanning.scan(act.slice(1), "length")
        else scanning.scan(act)
        await pause()
    }
    keys.desk()
    while (outbox.size) await keys.answer()
    clearTimeout(scanning.session.timer)
    const { patron, rows } = scanning.state
    const shown = rows.map(({ item, state, warning, open }) => [item, state, warning, open])
    const unsettled = scanning.rows.unsettled.map(({ item, state }) => [item, state])
    return { sent, warned: warned.map(({ what }) => what), patron: patron?.code ?? null, rows: shown.reverse(), unsettled }
}"""


@dataclass
class Done:
    """The result of actions at a desk: the server's entries, and the page's events and state.

    `loans`, `waiting` and `returns` have only valid entries; `entries` has all entries, even voids.
    """

    loans: list[tuple[str, str, int]]
    returns: list[tuple[str, int]]
    waiting: list[tuple[str, int]]
    warnings: set[str | None]
    warned: list[str]
    patron: str | None
    rows: list[list[Any]]
    entries: list[Any]
    sent: list[list[dict[str, Any]]]
    unsettled: list[list[str]]


def at_the_desk(page: Page, acts: list[str], *, desk: str = "MAIL") -> Done:
    """Perform these actions in the browser, pass its messages to the intake, and return the result.

    Times are whole seconds since the start, one per action: the first action is at second 1.
    """
    values = {"rules": RULES.for_page(), "acts": acts, "start": START, "desk": desk}
    done = page.evaluate(DESK, values)
    clock = Clock(datetime(2026, 11, 24, 12, 0, tzinfo=UTC))
    handbook = replace(load_handbook(PACKAGED_HANDBOOK), scans=RULES)
    context = make_context(clock, handbook)
    intake = TransactionIntake(context)
    answers = [
        answer for batch in done["sent"] for answer in intake.take(batch, Visitor()).result(0)
    ]
    assert {answer["state"] for answer in answers} <= {"kept", "repeated"}
    context.folds.update()
    entries = [record.entry for record in context.store.journal.since()]
    void = {entry.loan for entry in entries if isinstance(entry, Void)}

    def second(one: Any) -> int:
        return round((one.at.timestamp() * 1000 - START) / 1000)

    def standing(kind: type) -> list[Any]:
        return [entry for entry in entries if isinstance(entry, kind) and entry.id not in void]

    log = context.folds.loan_log
    loans = [loan for loan in standing(Loan) if log.row(loan.id).is_valid]  # type: ignore[union-attr]
    return Done(
        sorted(((loan.patron, loan.item, second(loan)) for loan in loans), key=lambda row: row[2]),
        [(loan.item, second(loan)) for loan in standing(Return)],
        [(loan.item, second(loan)) for loan in standing(PendingLoan)],
        {loan.warning for loan in loans},
        done["warned"],
        done["patron"],
        done["rows"],
        entries,
        done["sent"],
        done["unsettled"],
    )


def test_card_starts_the_next_patron_without_escape(plain: Page) -> None:
    acts, wanted = [], []
    for number, card in enumerate(CARDS):
        books = [f"0CARD{number}{book}" for book in range(4)]
        acts += [card, *books]
        wanted += [(card, book) for book in books]
    done = at_the_desk(plain, acts)
    assert [loan[:2] for loan in done.loans] == wanted
    assert [loan[2] for loan in done.loans] == [
        second for second in range(1, 26) if second % 5 != 1
    ]
    assert done.warnings == {None}
    assert done.warned.count("next") == 4
    assert not {"warning", "refused"} & set(done.warned)


def test_card_of_the_open_patron_does_nothing(plain: Page) -> None:
    one, two, *_ = CARDS
    done = at_the_desk(plain, [one, one, "0A-1", one.lower(), two, two, "0B-1", two])
    assert done.loans == [(one, "0A-1", 3), (two, "0B-1", 7)]
    assert done.warned.count("next") == 1
    assert done.warned.count("same") == 4
    assert len(done.entries) == 2


@pytest.mark.parametrize("between", [[], ["answer"]], ids=["on their way", "acknowledged"])
def test_f9_gives_a_card_and_later_scans_to_the_previous_patron(
    plain: Page, between: list[str]
) -> None:
    one, two, *_ = CARDS
    done = at_the_desk(plain, [one, "0A-1", two, "0B-1", "0B-1", "0C-1", *between, "F9", "0D-1"])
    last = 8 + len(between)
    assert done.loans == [
        (one, "0A-1", 2),
        (one, two, 3),
        (one, "0B-1", 4),
        (one, "0C-1", 6),
        (one, "0D-1", last),
    ]
    assert done.patron == one
    assert [(row[0], row[1]) for row in done.rows] == [
        ("0A-1", "kept"),
        (two, "kept"),
        ("0B-1", "kept"),
        ("0B-1", "repeated"),
        ("0C-1", "kept"),
        ("0D-1", "kept"),
    ]
    assert not any(row[3] for row in done.rows), "no question is left"
    (item,) = [entry for entry in done.entries if isinstance(entry, Loan) and entry.item == two]
    assert item.overridden
    assert done.warnings == {None, "looks_like_patron"}


def test_f9_steps_back_one_patron_and_f7_forward(plain: Page) -> None:
    one, two, three, *_ = CARDS
    acts = [one, "0A-1", two, "0B-1", three, "0C-1"]
    assert at_the_desk(plain, [*acts, "F9"]).loans == [
        (one, "0A-1", 2),
        (two, "0B-1", 4),
        (two, three, 5),
        (two, "0C-1", 6),
    ]
    assert at_the_desk(plain, [*acts, "F9", "F9"]).loans == [
        (one, "0A-1", 2),
        (one, two, 3),
        (one, "0B-1", 4),
        (one, three, 5),
        (one, "0C-1", 6),
    ]
    done = at_the_desk(plain, [*acts, "F9", "F7", "0D-1"])
    assert done.loans == [
        (one, "0A-1", 2),
        (two, "0B-1", 4),
        (three, "0C-1", 6),
        (three, "0D-1", 9),
    ]
    assert done.patron == three


def test_f9_stops_at_an_ended_patron_and_f8_undoes_a_card(plain: Page) -> None:
    one, two, *_ = CARDS
    done = at_the_desk(plain, [one, "0A-1", "next", two, "0B-1", "F9"])
    assert done.loans == [(one, "0A-1", 2), (two, "0B-1", 5)]
    done = at_the_desk(plain, [one, "0A-1", two, "0B-1", "F8", "F8", "0C-1"])
    assert done.loans == [(one, "0A-1", 2), (one, "0C-1", 7)]


def test_card_left_without_loans_may_have_been_an_item(plain: Page) -> None:
    one, two, three, *_ = CARDS
    done = at_the_desk(plain, [one, "0A-1", two, "next", "F9", "0B-1"])
    assert done.loans == [(one, "0A-1", 2), (one, two, 3), (one, "0B-1", 6)]
    done = at_the_desk(plain, [one, "0A-1", two, three, "0B-1", "skipped", "0C-1"])
    assert done.loans == [(one, "0A-1", 2), (one, two, 3), (three, "0B-1", 5), (three, "0C-1", 7)]
    done = at_the_desk(plain, [one, "0A-1", two, "next", three, "F9"])
    assert done.loans == [(one, "0A-1", 2)], "the question ends with the next scan"


def test_f7_moves_items_to_the_next_patron_without_a_warning(plain: Page) -> None:
    one, *_ = CARDS
    for between in ([], ["answer"]):
        done = at_the_desk(plain, [one, "0A-1", EITHER, "0B-1", *between, "F7"])
        assert done.loans == [(one, "0A-1", 2), (EITHER, "0B-1", 4)]
        assert done.warnings == {None}


def test_f6_swaps_an_item_scanned_before_its_card(plain: Page) -> None:
    one, two, *_ = CARDS
    done = at_the_desk(plain, ["0A-1", one, one, "0B-1", "F6", "0C-1", two, "0D-1"])
    assert done.loans == [(one, "0A-1", 1), (one, "0B-1", 4), (one, "0C-1", 6), (two, "0D-1", 8)]


def test_code_matching_both_patterns_stays_doubtful(plain: Page) -> None:
    one, *_ = CARDS
    done = at_the_desk(plain, [one, "0A-1", EITHER, "0B-1"])
    assert done.loans == [(one, "0A-1", 2), (one, EITHER, 3), (one, "0B-1", 4)]
    assert [row[2:] for row in done.rows] == [
        [None, False],
        ["looks_like_patron", True],
        [None, False],
    ]


def forgotten_cards() -> tuple[list[str], list[tuple[str, int]], list[tuple[str, str, int]]]:
    """Make up a turn without a card and five with cards: four items each, none ended by Escape.

    Returns the actions, the expected pending loans and the expected loans.
    """
    acts = ["card", *(f"0FORGOT{book}" for book in range(4))]
    for number, card in enumerate(CARDS):
        acts += [card, *(f"0FOUND{number}{book}" for book in range(4))]
    waiting = [(act, now) for now, act in enumerate(acts[:5], start=1) if now > 1]
    lent = [
        (card, acts[now - 1], now)
        for n, card in enumerate(CARDS)
        for now in range(5 * n + 7, 5 * n + 11)
    ]
    return acts, waiting, lent


def test_card_after_a_forgotten_card_opens_the_next_patron(plain: Page) -> None:
    acts, waiting, lent = forgotten_cards()
    done = at_the_desk(plain, acts)
    assert (done.waiting, done.loans) == (waiting, lent)
    assert done.warned.count("next") == 5
    assert not {"warning", "refused"} & set(done.warned)


@pytest.mark.parametrize(
    "between", [[], ["answer", "reload"]], ids=["on their way", "acknowledged"]
)
def test_f9_undoes_each_answer_about_a_card_after_a_forgotten_one(
    plain: Page, between: list[str]
) -> None:
    one, two, *_ = CARDS
    acts = ["card", "0A-1", "0A-2", one, "0B-1", *between]

    def after(*keys: str) -> tuple[list[tuple[str, str, int]], list[tuple[str, int]], str | None]:
        done = at_the_desk(plain, [*acts, *keys])
        return done.loans, sorted(done.waiting, key=lambda row: row[1]), done.patron

    next_reader = ([(one, "0B-1", 5)], [("0A-1", 2), ("0A-2", 3)], one)
    theirs = ([(one, "0A-1", 2), (one, "0A-2", 3), (one, "0B-1", 5)], [], one)
    item = ([], [("0A-1", 2), ("0A-2", 3), (one, 4), ("0B-1", 5)], None)
    assert after() == after("F7", "F9") == after("F9", "F9") == next_reader
    assert after("F7") == after("F7", "F9", "F7") == after("F9", "F9", "F7") == theirs
    assert after("F9") == after("F7", "F9", "F9") == item
    now = 6 + len(between)
    # The turn continues after each answer.
    assert after("F7", "0C-1")[0] == [*theirs[0], (one, "0C-1", now + 1)]
    assert after("F9", "0C-1")[1] == [*item[1], ("0C-1", now + 1)]
    assert after(two, "0C-1")[0] == [*next_reader[0], (two, "0C-1", now + 1)]


def test_note_on_a_forgotten_card_survives_the_next_patrons_card(plain: Page) -> None:
    one, *_ = CARDS
    for keys in ([], ["F9"], ["F7", "F9"], ["F9", "F9", "F7", "F9", "F9"]):
        done = at_the_desk(plain, ["card", "named", "0A-1", "0A-2", one, "0B-1", *keys])
        notes = {
            message["note"]
            for batch in done.sent
            for message in batch
            if message["kind"] == "waiting"
        }
        assert notes == {"Mme Rochat"}


def test_found_card_is_asked_about_if_nothing_is_lent_with_it(plain: Page) -> None:
    one, two, *_ = CARDS
    for acts in ([one, "next", "F7"], [one, two, "F7"], [one, "next", "F7", "F9", "F7"]):
        done = at_the_desk(plain, ["card", "0A-1", *acts])
        assert (done.loans, done.waiting) == ([(one, "0A-1", 2)], [])
    done = at_the_desk(plain, ["card", "0A-1", one, two, "skipped", "0B-1"])
    assert (done.loans, done.waiting) == ([(two, "0B-1", 6)], [("0A-1", 2), (one, 3)])


def test_card_before_the_first_item_is_the_forgotten_card(plain: Page) -> None:
    one, *_ = CARDS
    done = at_the_desk(plain, ["card", one, "0A-1"])
    assert (done.loans, done.waiting, done.warned.count("next")) == ([(one, "0A-1", 3)], [], 0)
    done = at_the_desk(plain, ["card", one, "0A-1", "F9"])
    assert (done.loans, done.waiting) == ([], [(one, 2), ("0A-1", 3)])


def test_code_matching_both_patterns_moves_no_earlier_pending_loan(plain: Page) -> None:
    acts = ["card", "0A-1", EITHER, "0B-1"]
    assert at_the_desk(plain, acts).waiting == [("0A-1", 2), (EITHER, 3), ("0B-1", 4)]
    assert at_the_desk(plain, [*acts, "F9"]).waiting == [("0A-1", 2), (EITHER, 3), ("0B-1", 4)]
    done = at_the_desk(plain, [*acts, "F7"])
    assert (done.loans, done.waiting) == ([(EITHER, "0B-1", 4)], [("0A-1", 2)])
    done = at_the_desk(plain, [*acts, "F7", "F9"])
    assert (done.loans, sorted(done.waiting)) == ([], [("0A-1", 2), ("0B-1", 4), (EITHER, 3)])


def test_paper_sheet_keeps_its_time_for_every_patron(plain: Page) -> None:
    one, two, *_ = CARDS
    hour = -3600
    done = at_the_desk(plain, ["late", one, "0A-1", two, "0B-1"])
    assert done.loans == [(one, "0A-1", hour), (two, "0B-1", hour)]
    done = at_the_desk(plain, ["late", one, "0A-1", two, "0B-1", "F9"])
    assert done.loans == [(one, "0A-1", hour), (one, two, hour), (one, "0B-1", hour)]
    done = at_the_desk(plain, ["late", "0A-1", one, "F6", two, "0B-1"])
    assert done.loans == [(one, "0A-1", hour), (two, "0B-1", hour)]
    assert all(loan.late for loan in done.entries if isinstance(loan, Loan))


def test_cart_refuses_a_card_and_f9_makes_it_an_item(plain: Page) -> None:
    one, two, *_ = CARDS
    done = at_the_desk(plain, ["cart", "0A-1", one, "0B-1", two, "F9"])
    assert done.returns == [("0A-1", 2), ("0B-1", 4), (two, 5)]
    assert done.warned.count("refused") == 2


# tests/ui/test_scan_sequences.py tests this with keys on the pages themselves.
@pytest.mark.long
@pytest.mark.parametrize("seed", range(500))
def test_scans_are_never_lost_doubled_or_given_to_the_wrong_patron(plain: Page, seed: int) -> None:
    acts = acts_of(seed)
    model = Model()
    for now, act in enumerate(acts, start=1):
        model.do(act, now)
    done = at_the_desk(plain, acts, desk="" if seed % 4 == 0 else "MAIL")
    lent = model.all("lend")
    assert set(done.loans) <= set(lent)
    once = [loan[:2] for loan in done.loans]
    assert sorted(once) == sorted({loan[:2] for loan in lent}), "double scans count once"
    assert sorted(done.returns) == sorted(loan[1:] for loan in model.all("cart"))
    assert sorted(done.waiting) == sorted(loan[1:] for loan in model.all("card"))
    assert done.patron == (model.turn.patron or None)
    assert done.warnings <= {None, "looks_like_patron"}


ONE, TWO = CARDS[:2]


def test_scans_before_the_desk_is_chosen_are_held_and_recorded(plain: Page) -> None:
    one, two, *_ = CARDS
    acts = [
        one,
        "0A-1",
        two,
        "reload",
        "0B-1",
        "F8",
        "0C-1",
        "card",
        "0D-1",
        "cart",
        "0E-1",
        "desk",
        "0F-1",
    ]
    done = at_the_desk(plain, acts, desk="")
    assert done.loans == [(one, "0A-1", 2), (two, "0C-1", 7)]
    assert done.waiting == [("0D-1", 9)]
    assert done.returns == [("0E-1", 11), ("0F-1", 13)]
    assert done.warned.count("held") == 5
    assert [row[1] for row in done.rows] == ["kept", "kept"]
    assert all(entry.desk == "MAIL" for entry in done.entries if not isinstance(entry, Void))


@pytest.mark.parametrize("word", ["anyway", "outage", "unknown"])
def test_scans_held_while_alma_answers_keep_their_times(plain: Page, word: str) -> None:
    acts = ["alma", ONE, "0A-1", "reload", "0A-2", TWO, "0B-1"]
    assert at_the_desk(plain, acts).loans == []
    wanted = [(ONE, "0A-1", 3), (ONE, "0A-2", 5), (TWO, "0B-1", 7)]
    for done in (
        at_the_desk(plain, [*acts, word]),
        at_the_desk(plain, [*acts, "reload", "unasked", "reload", "alma", word]),
        at_the_desk(plain, [*acts, "desk", word], desk=""),
    ):
        assert done.loans == wanted
        assert done.warned.count("asked") + done.warned.count("held") == 3
    assert at_the_desk(plain, [*acts, "unasked"]).loans == []


def test_lend_anyway_is_asked_again_after_a_pause_or_an_outage(plain: Page) -> None:
    begun = ["alma", ONE, "anyway", "0A-1", "0A-2"]
    assert len(at_the_desk(plain, begun).loans) == 2
    assert len(at_the_desk(plain, [*begun, "pause", "0A-3"]).loans) == 2
    assert len(at_the_desk(plain, [*begun, "outage", "0A-3", "alma", "0A-4"]).loans) == 3
    assert len(at_the_desk(plain, [*begun, "unknown", "alma", "0A-3"]).loans) == 3


def test_recorded_scans_are_corrected_without_asking(plain: Page) -> None:
    one, two, *_ = CARDS
    recorded = [one, "0A-1", two, "0B-1", "alma"]
    assert [loan[:2] for loan in at_the_desk(plain, [*recorded, "F8"]).loans] == [(one, "0A-1")]
    # With F9, the card becomes an item. Its loan is new, so it is held until staff lend anyway, but
    # the loans recorded since the card move at once.
    moved = at_the_desk(plain, [*recorded, "F9"])
    assert [loan[:2] for loan in moved.loans] == [(one, "0A-1"), (one, "0B-1")]
    assert [loan[:2] for loan in at_the_desk(plain, [*recorded, "F9", "anyway"]).loans] == [
        (one, "0A-1"),
        (one, two),
        (one, "0B-1"),
    ]


def test_item_behind_an_unclear_code_waits_for_the_answer(plain: Page) -> None:
    begun = [ONE, "0A-1", "?0B", "0A-2", "reload"]
    waiting = at_the_desk(plain, begun)
    assert waiting.loans == [(ONE, "0A-1", 2)]
    assert waiting.unsettled == [["0A-2", "behind"], ["0B", "unclear"]]
    assert waiting.warned.count("unclear") == 2
    item = at_the_desk(plain, [*begun, "F7", "0A-3"])
    assert item.loans == [(ONE, "0A-1", 2), (ONE, "0B", 3), (ONE, "0A-2", 4), (ONE, "0A-3", 7)]
    card = at_the_desk(plain, [*begun, "F9", "0A-3"])
    assert card.loans == [(ONE, "0A-1", 2), ("0B", "0A-2", 4), ("0B", "0A-3", 7)]
    neither = at_the_desk(plain, [*begun, "neither", "0A-3"])
    assert (neither.loans, neither.waiting) == ([(ONE, "0A-1", 2)], [("0A-2", 4), ("0A-3", 7)])


@pytest.mark.parametrize("ends", ["next", "card", "cart", TWO, "signed_out"])
@pytest.mark.parametrize(
    ("answer", "loans"),
    [
        ("F7", [(ONE, "0A-1", 2), (ONE, "0B", 3), (ONE, "0A-2", 4)]),
        ("F9", [(ONE, "0A-1", 2), ("0B", "0A-2", 4)]),
    ],
)
def test_unclear_code_belongs_to_its_turn_whatever_follows(
    plain: Page, ends: str, answer: str, loans: list[tuple[str, str, int]]
) -> None:
    """Keys between an unclear code and its answer open other turns, and move no scan."""
    then = ["0C-1"] if ends in {"card", "cart", TWO} else [TWO, "0C-1"]
    done = at_the_desk(plain, [ONE, "0A-1", "?0B", "0A-2", ends, *then, answer])
    mine = [loan for loan in done.loans if loan[1] != "0C-1"]
    assert (mine, done.unsettled) == (loans, [])
    others = [item for item, _ in (*done.returns, *done.waiting)]
    assert "0C-1" in [item for _, item, _ in done.loans] + others


def test_f8_takes_back_the_newest_scan_even_if_it_waits(plain: Page) -> None:
    done = at_the_desk(plain, [ONE, "0A-1", "?0B", "0A-2", "F8", "F8", "0A-3"])
    assert (done.loans, done.unsettled) == ([(ONE, "0A-1", 2), (ONE, "0A-3", 7)], [])


def test_unclear_code_read_twice_is_asked_about_once(plain: Page) -> None:
    done = at_the_desk(plain, [ONE, "?0B", "?0B", "F7"])
    assert (done.loans, done.unsettled) == ([(ONE, "0B", 2)], [])


def test_unclear_code_on_the_cart_holds_nothing_back(plain: Page) -> None:
    done = at_the_desk(plain, ["cart", "?0B", "0A-1", "F9"])
    assert (done.returns, done.unsettled) == ([("0A-1", 3)], [["0B", "unclear"]])
    assert at_the_desk(plain, ["cart", "?0B", "0A-1", "F7"]).returns == [("0A-1", 3), ("0B", 2)]


def test_item_that_nobody_scanned_a_card_for_waits_for_a_card(plain: Page) -> None:
    done = at_the_desk(plain, ["?0B", "0A-1", "F7"])
    assert (done.loans, done.waiting) == ([], [("0B", 1), ("0A-1", 2)])


def test_card_that_f9_makes_an_item_is_put_on_the_cart(plain: Page) -> None:
    one, two, *_ = CARDS
    assert at_the_desk(plain, ["cart", one, two, "F9"]).returns == [(two, 3)]


def test_held_scans_can_be_withdrawn_and_are_not_recorded(plain: Page) -> None:
    acts = ["alma", ONE, "0A-1", "0A-2"]
    assert [loan[1] for loan in at_the_desk(plain, [*acts, "F8", "anyway"]).loans] == ["0A-1"]
    cleared = at_the_desk(plain, [*acts, "forgo", "outage", ONE, "0A-3"])
    assert [loan[1] for loan in cleared.loans] == ["0A-3"]
    assert len(cleared.entries) == 1


def test_answer_about_a_held_scan_is_recorded_with_it(plain: Page) -> None:
    done = at_the_desk(plain, ["alma", ONE, "9782070360024", "F9", "anyway"])
    assert [loan[:2] for loan in done.loans] == [(ONE, "9782070360024")]
    assert [entry.overridden for entry in done.entries if isinstance(entry, Loan)] == [False, True]

"""The overview of a reconciliation: files, carts by desk, steps, and the next step."""

from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import groupby
from uuid import UUID, uuid4

import pytest
from hypothesis import given

from procedure.circulation.offline_files.offline_format import in_order
from procedure.circulation.settlements import SettledByHand
from procedure.circulation.transactions import Loan, Transaction, Void
from procedure.journal import Entry, Recorded
from procedure.reconciliation.alma_records import ItemFacts, ItemSeen, PatronFacts, PatronSeen
from procedure.reconciliation.carts import CartedItem, cart_counts, carted_items
from procedure.reconciliation.checklist import (
    BEFORE,
    BLOCK_BACK,
    BLOCK_OFF,
    CARTS_CLOSED,
    DESK_CHOSEN,
    POINTS,
    TRIAL_SEEN,
    Checklist,
)
from procedure.reconciliation.forecast import AlmaSnapshot, forecast_upload
from procedure.reconciliation.from_cart import lent_from_cart
from procedure.reconciliation.journal_entries import (
    ChecklistTicked,
    FileUploaded,
    LoanVerified,
    Verification,
)
from procedure.reconciliation.offline_file_export import to_write
from procedure.reconciliation.overview import ReconciliationOverview, overview
from procedure.reconciliation.reconciled_loan import (
    SETTLED,
    TO_UPLOAD,
    ReconciledLoan,
    ReconciliationState,
    Stage,
)
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from procedure.reconciliation.sign_off import sign
from procedure.reconciliation.stage_counts import StageCounts
from procedure.reconciliation.steps import Mark, can_tick, marks, next_step
from procedure.reconciliation.systems.library_system import library_system
from tests.procedure.reconciliation.random_logs import MANY, NOW, logs
from tests.support import make
from tests.support.memory import recorded

ALMA = library_system("Alma")
AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=4)
ONE = make.loan(1, "A", "207", at=AT)
TWO = make.loan(2, "B", "208", at=AT + timedelta(minutes=9))
CMU = make.loan(3, "C", "207", at=AT, desk="CMU")
MAIL_FILE = make.export(10, ONE.id, TWO.id, at=LATER, name="mail.dat")
CMU_FILE = make.export(11, CMU.id, at=LATER, desk="CMU", name="cmu.dat")
AGAIN = make.export(12, TWO.id, at=LATER, name="again.dat")
REPORT = make.report(13, MAIL_FILE.id, (TWO.id, "item_not_found"), at=LATER, succeeded=1, failed=1)
CLEAN = make.report(14, CMU_FILE.id, at=LATER, succeeded=1, failed=0)


def proved(loan: Loan, verification: Verification = Verification.IN_ALMA) -> LoanVerified:
    return LoanVerified(uuid4(), LATER, loan.id, verification)


def fold(*entries: Entry) -> ReconciliationLog:
    return ReconciliationLog(recorded(*entries))


def look(*entries: Entry) -> ReconciliationOverview:
    return seen_at(fold(*entries), LATER)


def seen_at(known: ReconciliationLog, now: datetime) -> ReconciliationOverview:
    return overview(known.records(), facts(known, now))


def facts(known: ReconciliationLog, now: datetime = NOW) -> AlmaSnapshot:
    return AlmaSnapshot(
        items=known.items,
        patrons=known.patrons,
        now=now,
        libraries={"MAIL": ("L1",)},
        terms={"1H": timedelta(hours=1)},
    )


def ticked(*points: str) -> Checklist:
    checks = Checklist()
    ticks = (
        ChecklistTicked(id=uuid4(), at=LATER + timedelta(minutes=n), point=point, operator="LM")
        for n, point in enumerate(points, start=1)
    )
    checks.extend(recorded(*ticks))
    return checks


def test_overview_counts_a_row_only_in_its_newest_file() -> None:
    now = look(ONE, TWO, CMU, MAIL_FILE, REPORT, AGAIN)
    mail, again = now.files
    assert (mail.export, mail.counts, mail.uploaded) == (
        MAIL_FILE,
        StageCounts(in_alma=1),
        LATER,
    )
    assert (mail.began, mail.ended) == (ONE.at, TWO.at)
    assert (again.counts, again.uploaded) == (StageCounts(on_the_way=1), None)
    assert now.to_write == {"CMU": 1}
    assert now.left == {"MAIL": 1, "CMU": 1}
    assert now.desks == ("CMU", "MAIL")


def test_overview_leaves_out_a_file_whose_rows_are_all_in_later_ones() -> None:
    taken = make.report(15, AGAIN.id, (TWO.id, "item_not_found"), at=LATER, succeeded=0, failed=1)
    third = make.export(16, TWO.id, at=LATER, name="third.dat")
    now = look(ONE, TWO, MAIL_FILE, REPORT, AGAIN, taken, third)
    assert [file.export for file in now.files] == [MAIL_FILE, third]


def test_overview_groups_refused_rows_by_reason() -> None:
    report = make.report(
        13, MAIL_FILE.id, (ONE.id, "blocked"), (TWO.id, "item_not_found"), at=LATER
    )
    refused = make.report(14, CMU_FILE.id, (CMU.id, "item_not_found"), at=LATER)
    now = look(ONE, TWO, CMU, MAIL_FILE, report, CMU_FILE, refused)
    assert [(row.loan.id, row.reason) for row in now.to_settle] == [
        (CMU.id, "item_not_found"),
        (TWO.id, "item_not_found"),
        (ONE.id, "blocked"),
    ]


@pytest.mark.parametrize(
    ("entries", "points", "step"),
    [
        ((), (), "import"),
        ((ONE,), (), "preflight"),
        ((ONE, MAIL_FILE), BEFORE, "preflight"),
        ((ONE, TWO, MAIL_FILE, REPORT), BEFORE, "proof"),
        ((ONE, TWO, MAIL_FILE, REPORT, proved(ONE), proved(TWO)), (*BEFORE, BLOCK_BACK), "sign"),
        (
            (ONE, TWO, MAIL_FILE, REPORT, proved(ONE), proved(TWO, Verification.MISSING)),
            (*BEFORE, BLOCK_BACK),
            "proof",
        ),
        (
            (
                ONE,
                MAIL_FILE,
                FileUploaded(id=UUID(int=20), at=LATER, export=MAIL_FILE.id),
                proved(ONE),
                make.back(21, "Z", at=LATER),
            ),
            (*BEFORE, BLOCK_BACK),
            "carts",
        ),
    ],
)
def test_next_step_is_the_first_with_something_to_do(
    entries: tuple[Entry, ...], points: tuple[str, ...], step: str
) -> None:
    assert next_step(marks(look(*entries), ticked(*points), ALMA), asks=True) == step


TRIAL = make.export(40, ONE.id, at=LATER, name="trial.dat", trial=True)
TRIAL_REPORT = make.report(41, TRIAL.id, at=LATER, succeeded=1, failed=0)


@pytest.mark.parametrize(
    ("entries", "points"),
    [
        ((), ()),
        ((ONE, TWO), (BLOCK_OFF, CARTS_CLOSED)),
        ((ONE, TWO, TRIAL), (BLOCK_OFF, CARTS_CLOSED, DESK_CHOSEN)),
        ((ONE, TWO, TRIAL, TRIAL_REPORT), (BLOCK_OFF, CARTS_CLOSED, DESK_CHOSEN, TRIAL_SEEN)),
        ((ONE, TWO, MAIL_FILE), BEFORE),
    ],
)
def test_can_tick_only_once_the_fact_exists(
    entries: tuple[Entry, ...], points: tuple[str, ...]
) -> None:
    now = look(*entries)
    assert tuple(point for point in POINTS if can_tick(point, now, ticked(), ALMA)) == points


def test_sign_freezes_ticks_except_for_an_open_block() -> None:
    settled = SettledByHand(id=UUID(int=30), at=LATER, loan=ONE.id, how="by hand", operator="LM")
    before = (
        ONE,
        TWO,
        MAIL_FILE,
        settled,
        Void(id=UUID(int=31), at=LATER, loan=TWO.id, reason="x"),
    )
    name = sign(fold(*before), entry_id=UUID(int=32), at=LATER, operator="L. M.")
    now = look(*before, name)
    assert [point for point in POINTS if can_tick(point, now, ticked(BLOCK_OFF), ALMA)] == [
        BLOCK_BACK
    ]


def test_next_step_without_a_key_skips_the_pre_flight() -> None:
    steps = marks(look(ONE), ticked(), ALMA)
    assert (next_step(steps, asks=True), next_step(steps, asks=False)) == ("preflight", "send")


def test_marks_are_done_once_signed_until_new_rows() -> None:
    settled = SettledByHand(id=UUID(int=30), at=LATER, loan=ONE.id, how="by hand", operator="LM")
    before = (
        ONE,
        make.export(31, ONE.id, at=LATER, name="m.dat"),
        settled,
    )
    name = sign(fold(*before), entry_id=UUID(int=32), at=LATER, operator="L. M.")
    now = look(*before, name)
    assert now.signed == name
    assert set(marks(now, ticked(), ALMA).values()) == {Mark.DONE}
    after = look(*before, name, TWO)
    assert [row.loan for row in after.rows] == [TWO]
    assert (after.signed, after.counts.total, after.left) == (None, 1, {"MAIL": 1})


@MANY
@given(logs())
def test_overview_counts_its_rows(log: list[Recorded]) -> None:
    known = ReconciliationLog(log)
    now, rows = seen_at(known, NOW), known.rows()
    assert list(now.rows) == rows
    stages = Counter((row.loan.desk, row.log.day, row.stage) for row in rows)
    assert {
        (day.desk, day.day, stage): n
        for day in now.days
        for stage, n in asdict(day.counts).items()
        if n
    } == stages
    assert now.to_write == to_write(known.log)
    assert now.left == Counter(row.loan.desk for row in rows if row.state not in SETTLED)
    void = ReconciliationState.VOID
    sent = [row for row in rows if row.uploaded is not None and row.state is not void]
    unproved = [row for row in sent if row.history.resolved is None and not row.is_verified]
    unknown = [row for row in unproved if row.state is ReconciliationState.UPLOADED]
    assert (now.sent, now.to_prove) == (len(sent), len(unknown))
    assert now.rows_to_prove() == unproved
    assert now.due_shifted == sum(row.reason == "due_shifted" for row in rows)
    assert list(now.to_check) == [row for row in rows if row.is_to_check]
    reasons = Counter(row.reason for row in rows if row.stage is Stage.TO_SETTLE)
    assert [reason for reason, _ in groupby(row.reason for row in now.to_settle)] == sorted(
        reasons, key=lambda reason: (-reasons[reason], reason)
    )
    assert len(now.to_settle) == reasons.total()


@MANY
@given(logs())
def test_forecasts_are_in_upload_order(log: list[Recorded]) -> None:
    known = ReconciliationLog(log)
    now, rows = seen_at(known, NOW), [row for row in known.log.rows() if row.repeats is None]
    lines: list[Transaction] = []
    for export in known.log.exports:
        inside = [row for loan in export.loans if (row := known.log.row(loan)) in rows]
        trails = [known.history(row.loan.id) for row in inside]
        loans = [
            history.apply_corrections(row.loan)
            for row, history in zip(inside, trails, strict=True)
            if history.export is not None and history.export[1].id == export.id
        ]
        lines += in_order(loans, known.log.returns_in(export))
    waiting_rows = [
        row for row in rows if known.history(row.loan.id).export is None and row.is_valid
    ]
    for row in sorted(waiting_rows, key=lambda row: row.loan.desk):
        lines.append(known.history(row.loan.id).apply_corrections(row.loan))
    assert now.predicted == {
        forecast.loan: forecast for forecast in forecast_upload(lines, facts(known))
    }
    to_upload = [row for row in now.rows if row.state in TO_UPLOAD]
    assert now.forecast == Counter(now.predicted[row.loan.id].kind for row in to_upload)


@MANY
@given(logs())
def test_carts_equal_those_of_the_command_line(log: list[Recorded]) -> None:
    known = ReconciliationLog(log)
    now = seen_at(known, NOW)
    on_carts = carted_items(known, known.log.returns())
    assert sorted(map(cart, now.carts)) == sorted(map(cart, on_carts))
    for carted in now.carts:
        about = [row for row in known.rows() if carted.returned.item in items_of(row)]
        # A voided loan that is nevertheless in Alma has to be ended there; no return waits for it.
        unsettled = [row.loan for row in about if row.state not in SETTLED and row.log.void is None]
        assert {row.loan for row in carted.waits_for} == {
            loan for loan in unsettled if loan.at <= carted.returned.at
        }
        assert {row.loan for row in carted.lent_again} == {
            loan for loan in unsettled if loan.at > carted.returned.at
        }
    assert list(now.cart_counts) == cart_counts(known)
    to_write = [
        row.corrected
        for row in known.rows()
        if row.state in (ReconciliationState.RECORDED, ReconciliationState.REFUSED)
        and not row.is_to_check
    ]
    assert now.from_cart == len(lent_from_cart(known.log, to_write))


def items_of(row: ReconciledLoan) -> set[str]:
    return {row.loan.item, *(correction.item for _, correction in row.history.corrections)}


def cart(one: CartedItem) -> tuple[object, ...]:
    rows = [[row.loan.id for row in rows] for rows in (one.waits_for, one.lent_again)]
    return one.returned.id, rows, one.safe, str(one.since)


def test_forecast_changes_as_time_passes() -> None:
    loan = make.loan(1, "A", "207", at=AT)
    user = PatronFacts("u", (("01", "207"),), expires=AT + timedelta(hours=3))
    item = ItemFacts("A", "m", "h", "p", "L1", policy="1H")
    known = fold(
        loan, ItemSeen(UUID(int=2), AT, "A", item), PatronSeen(UUID(int=3), AT, "207", user)
    )
    shown = [seen_at(known, AT + timedelta(hours=hour)) for hour in (0, 1, 2, 3)]
    assert [now.predicted[loan.id].kind for now in shown] == [
        "ok",
        "due_at_risk",
        "due_at_risk",
        "card_expired",
    ]
    turns = [
        None if now.next_change is None else (now.next_change - AT) / timedelta(hours=1)
        for now in shown
    ]
    assert turns == [1, 3, 3, None]


def test_signature_is_stale_while_new_rows_are_unsigned() -> None:
    one, two = (make.loan(n, item, "207", at=AT) for n, item in ((1, "A"), (2, "B")))
    odd = Void(id=UUID(int=3), at=NOW, loan=one.id, reason="x")
    first = sign(fold(one, odd), entry_id=UUID(int=4), at=NOW, operator="LM")
    late = Void(id=UUID(int=5), at=NOW, loan=two.id, reason="x")
    before = [one, odd, first, two, late]
    again = sign(fold(*before), entry_id=UUID(int=6), at=NOW, operator="LM")
    entries = [*before, again]
    shown = [look(*entries[:end]) for end in range(1, len(entries) + 1)]
    assert [
        ([row.loan.item for row in now.rows], now.signed, now.left.total()) for now in shown
    ] == [
        (["A"], None, 1),
        (["A"], None, 0),
        (["A"], first, 0),
        (["B"], None, 1),
        (["B"], None, 0),
        (["B"], again, 0),
    ]
    assert all(row.state in SETTLED for row in shown[-1].rows)

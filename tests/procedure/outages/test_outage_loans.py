"""No moment belongs to two outages; an outage's loans show how useful the lists were."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.list_advice import ListAdvice, Reason
from procedure.circulation.transactions import Loan
from procedure.outages.outage_entries import OutageLog
from procedure.outages.outage_loans import (
    ListWorth,
    OutageSpan,
    count_loans,
    count_loans_outside,
    list_worth,
    outage_loans,
    outage_spans,
)
from procedure.reconciliation.journal_entries import JobReportRecorded
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from tests.support import make
from tests.support.memory import recorded

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
TICK = timedelta(microseconds=1)
FIRST, SECOND, NOW = UUID(int=1), UUID(int=2), AT + timedelta(hours=5)


def at(minute: int) -> datetime:
    return AT + timedelta(minutes=minute)


def spans(*entries):
    log = OutageLog()
    log.extend(recorded(*entries))
    return outage_spans(log.records(), NOW)


def test_outage_span_lasts_until_its_end_was_declared() -> None:
    begun = make.outage(FIRST, at=at(5), begun=at(0))
    assert spans(begun) == [OutageSpan(FIRST, at(0), NOW)]
    assert spans(begun, make.ended(3, FIRST, at=at(30), ended=at(20))) == [
        OutageSpan(FIRST, at(0), at(30))
    ]
    assert spans(begun, make.ended(3, FIRST, at=at(30), ended=at(40))) == [
        OutageSpan(FIRST, at(0), at(40))
    ]


def test_time_of_two_outages_belongs_to_the_first_declared() -> None:
    first = (make.outage(FIRST, at=at(10)), make.ended(3, FIRST, at=at(60), ended=at(20)))
    later = make.outage(SECOND, at=at(70), begun=at(30))
    assert spans(*first, later) == [
        OutageSpan(FIRST, at(10), at(60)),
        OutageSpan(SECOND, at(60) + TICK, NOW),
    ]
    around = make.outage(SECOND, at=at(70), begun=at(0))
    assert spans(*first, around) == [
        OutageSpan(SECOND, at(0), at(10) - TICK),
        OutageSpan(FIRST, at(10), at(60)),
        OutageSpan(SECOND, at(60) + TICK, NOW),
    ]
    within = make.outage(SECOND, at=at(70), begun=at(30)), make.ended(4, SECOND, at=at(40))
    assert [span.outage for span in spans(*first, *within)] == [FIRST]


def test_each_loan_belongs_to_at_most_one_outage() -> None:
    loans = [
        make.loan(n, str(n), at=at(n)) for n in (9, 10, 60, 61, 300, 301)
    ]  # the last loan is in the future
    log = CirculationLog(recorded(*loans, make.void(99, 61)))
    known = spans(
        make.outage(FIRST, at=at(10)),
        make.ended(3, FIRST, at=at(60), ended=at(20)),
        make.outage(SECOND, at=at(70), begun=at(0)),
    )
    of = {outage: outage_loans(outage, known, log) for outage in (FIRST, SECOND)}
    ids = {outage: [row.loan.id.int for row in loans.standing] for outage, loans in of.items()}
    assert ids == {FIRST: [10, 60], SECOND: [9, 300]}
    assert [row.loan.id.int for row in of[SECOND].void] == [61]
    assert {outage: count_loans(outage, known, log) for outage in of} == {FIRST: 2, SECOND: 2}
    assert count_loans_outside(known, log) == 1  # the loan in the future


def lent(number: int, *told: Reason) -> Loan:
    advice = tuple(ListAdvice(reason, AT - timedelta(hours=7)) for reason in told)
    return make.loan(number, f"I{number}", "P1", at=AT + timedelta(minutes=number), told=advice)


def test_list_worth_compares_each_doubt_with_the_report() -> None:
    loans = [
        lent(1, Reason.CARD_BLOCKED),
        lent(2, Reason.ITEM_UNKNOWN, Reason.CARD_EXPIRED),
        lent(3),
        lent(4),
        lent(5, Reason.ITEM_REQUESTED),
        lent(6, Reason.ITEM_SHORT_LOAN),
        lent(7),
        lent(8, Reason.CARD_BLOCKED),
    ]
    refused = {1: "blocked", 2: "item_not_found", 3: "blocked", 4: "later_action"}
    later = AT + timedelta(hours=3)
    report = JobReportRecorded(
        id=make.id_of(102),
        at=later,
        export=make.id_of(100),
        refused=tuple((make.id_of(number), message) for number, message in refused.items()),
        succeeded=3,
        failed=4,
    )
    log = ReconciliationLog(
        recorded(
            *loans,
            make.export(100, *range(1, 8), at=AT + timedelta(hours=1)),
            make.uploaded(101, 100, at=AT + timedelta(hours=2)),
            report,
        )
    )
    # Two loans are left out despite their warnings: loan 6 is only a short loan, and loan 8 is
    # not in a file yet.
    assert list_worth(log.rows()) == ListWorth(
        warned_refused=2, warned_taken=1, missed=1, unknowable=1
    )


def test_list_worth_is_empty_without_lists() -> None:
    assert list_worth(ReconciliationLog(recorded(lent(1))).rows()) == ListWorth()

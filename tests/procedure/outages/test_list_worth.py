"""What the lists were worth: their doubts against Alma's report."""

from datetime import UTC, datetime, timedelta

from procedure.circulation.list_advice import ListAdvice, Reason
from procedure.circulation.transactions import Loan
from procedure.outages.list_worth import ListWorth, list_worth
from procedure.reconciliation.journal_entries import JobReportRecorded
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from tests.support import make
from tests.support.memory import recorded

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)


def lent(number: int, *told: Reason) -> Loan:
    advice = tuple(ListAdvice(reason, AT - timedelta(hours=7)) for reason in told)
    return make.loan(number, f"I{number}", "P1", at=AT + timedelta(minutes=number), told=advice)


def test_list_worth_holds_each_doubt_against_the_report() -> None:
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
    # The sixth was told to be short, the eighth is in no file yet.
    assert list_worth(log.rows()) == ListWorth(told_refused=2, told_taken=1, missed=1, unknowable=1)


def test_list_worth_without_lists_is_that_of_no_doubt() -> None:
    assert list_worth(ReconciliationLog(recorded(lent(1))).rows()) == ListWorth()

"""Loans that have changed stage are counted by old stage, new stage and reason."""

from uuid import UUID

from procedure.reconciliation.reconciled_loan import Stage
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from procedure.reconciliation.stage_counts import StageChange, stage_changes
from tests.support import make
from tests.support.memory import recorded

IN_ALMA, OPEN, NEW = (UUID(int=number) for number in (1, 2, 3))
FILE = UUID(int=10)


def test_loans_are_counted_by_both_stages_and_their_reason() -> None:
    log = ReconciliationLog(
        recorded(
            make.loan(IN_ALMA, "1"),
            make.export(FILE, IN_ALMA),
            make.uploaded(11, FILE),
            make.report(12, FILE, succeeded=1, failed=0),
            make.loan(OPEN, "2"),
            make.loan(NEW, "3"),
        )
    )
    before = {str(IN_ALMA): "on_the_way", str(OPEN): "on_the_way"}
    changed = StageChange("on_the_way", Stage.IN_ALMA, "by_report")
    assert stage_changes(before, log.rows()) == {changed: 1}

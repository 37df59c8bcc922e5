"""The loan table against the rules said for one loan at a time, over random journals."""

from __future__ import annotations

from hypothesis import given

from procedure.journal import Recorded
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from tests.procedure.reconciliation.random_logs import MANY, logs
from tests.procedure.reconciliation.row_rules import RowRules


@MANY
@given(logs())
def test_rows_have_the_state_of_the_rules_for_one_loan(log: list[Recorded]) -> None:
    reconciled = ReconciliationLog(log)
    expected = [RowRules(reconciled, row) for row in reconciled.log.rows() if row.repeats is None]
    rows = reconciled.rows()
    assert [(row.loan.id, row.state, row.reason) for row in rows] == [
        (one.row.loan.id, one.state, one.reason) for one in expected
    ]
    assert [(row.doubt, row.is_to_check, row.uploaded, row.is_verified) for row in rows] == [
        (one.doubt, one.is_to_check, one.uploaded, one.proof is not None) for one in expected
    ]


@MANY
@given(logs())
def test_row_equals_that_among_all_rows(log: list[Recorded]) -> None:
    reconciled = ReconciliationLog(log)
    assert [reconciled.row(row.loan.id) for row in reconciled.rows()[:3]] == reconciled.rows()[:3]

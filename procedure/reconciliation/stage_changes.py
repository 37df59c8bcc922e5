"""Which loans stand at another stage than an earlier version of Relais had them at."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from procedure.reconciliation.reconciled_loan import ReconciledLoan, Stage


class StageChange(NamedTuple):
    """From which stage to which loans went, and the reason of the state they are in now."""

    before: str
    after: Stage
    reason: str


def stage_changes(
    before: Mapping[str, str], rows: Iterable[ReconciledLoan]
) -> Counter[StageChange]:
    """Count the loans whose stage differs from that of `before`, which has it by their ids."""
    return Counter(
        StageChange(before[str(row.loan.id)], row.stage, row.reason)
        for row in rows
        if before.get(str(row.loan.id), row.stage) != row.stage
    )

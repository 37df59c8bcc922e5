"""The end of the reconciliation: what was lent by desk, day and state, and who signs for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from procedure.errors import TransactionRefused
from procedure.reconciliation.entries import SignedOff
from procedure.reconciliation.loan_state import SETTLED, ReconciledLoan, ReconciliationState
from procedure.reconciliation.log import ReconciliationLog
from procedure.reconciliation.records import StateCounts


@dataclass(frozen=True, slots=True)
class DayStates:
    """The rows of one desk on one local day, by state."""

    desk: str
    day: date
    states: Mapping[ReconciliationState, int]

    @property
    def total(self) -> int:
        """All of them: each row is in one state."""
        return sum(self.states.values())


def by_desk_and_day(table: Any) -> list[DayStates]:
    """Count the rows of a loan table per desk, day and state, in the order of desks and days."""
    counts = table.groupby(["desk", "day", "state"], observed=True).size()
    days: dict[tuple[str, date], dict[ReconciliationState, int]] = {}
    for (desk, day, state), count in counts.items():
        days.setdefault((desk, day.date()), {})[ReconciliationState(state)] = int(count)
    return [DayStates(*key, states) for key, states in days.items()]


def sign(
    reconciliation: ReconciliationLog,
    *,
    entry_id: UUID,
    at: datetime,
    operator: str,
    workstation: str = "",
) -> SignedOff:
    """Return the entry by which somebody signs the whole; `at` is now (aware).

    Raises:
        TransactionRefused: nobody's name, no row at all, or rows that are not settled.
    """
    name, tally = " ".join(operator.split()), reconciliation.tally()
    if not name or not name.isprintable():
        raise TransactionRefused("operator_missing", "Say who signs.")
    if not tally.rows:
        raise TransactionRefused("nothing_to_sign", "There is no loan to sign for.")
    left = tally.rows - sum(tally.states[state] for state in SETTLED)
    if left:
        raise TransactionRefused(
            "not_settled", f"{left} of {tally.rows} rows are not settled: settle them, then sign."
        )
    states = tuple(sorted(_counted(tally).items()))
    return SignedOff(entry_id, at, name, states, reconciliation.position, workstation)


def signature_for(signed: Sequence[SignedOff], rows: Sequence[ReconciledLoan]) -> SignedOff | None:
    """Return the first signature given when all these rows were in the log, None without one."""
    last = max((row.log.position for row in rows), default=0)
    return next((signature for signature in signed if rows and signature.position >= last), None)


def is_current(signed: SignedOff, tally: StateCounts) -> bool:
    """Return whether the counts are still those that were signed."""
    return dict(signed.states) == _counted(tally)


def _counted(tally: StateCounts) -> dict[str, int]:
    return {state.value: count for state, count in tally.states.items() if count}

"""What the reconciliation is computed from, as values that never change, and the counts of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from procedure.circulation.loan_row import LoanRow
from procedure.circulation.transactions import Export, Return
from procedure.reconciliation.alma_records import ItemSeen, UserSeen
from procedure.reconciliation.entries import (
    JobReportRecorded,
    SignedOff,
)
from procedure.reconciliation.loan_state import (
    SETTLED,
    LoanHistory,
    ReconciliationState,
)


@dataclass(frozen=True, slots=True)
class StateCounts:
    """How many rows are in which state.

    `accounted` are those of which it is known where they are: in Alma, settled by hand, void, or
    refused for a reason. `to_settle` of them are still refused: texts give both numbers
    in the same sentence.
    """

    states: Counter[ReconciliationState]

    @property
    def rows(self) -> int:
        """All of them."""
        return self.states.total()

    @property
    def to_settle(self) -> int:
        """Those that somebody has to settle."""
        return self.states[ReconciliationState.REFUSED]

    @property
    def to_bring(self) -> int:
        """Those that wait to be brought into Alma: neither there, nor settled by hand, nor void."""
        return self.rows - sum(self.states[state] for state in SETTLED)

    @property
    def accounted(self) -> int:
        """Those that are accounted for."""
        settled = (
            ReconciliationState.CONFIRMED,
            ReconciliationState.RESOLVED,
            ReconciliationState.VOID,
            ReconciliationState.REFUSED,
        )
        return sum(self.states[state] for state in settled)


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file for Alma, and the position of its record in the journal.

    `began` and `ended` are the times of the first and the last loan in it, `returns` its R rows.
    """

    export: Export
    position: int
    began: datetime
    ended: datetime
    returns: tuple[Return, ...]
    uploaded: datetime | None
    report: JobReportRecorded | None


@dataclass(frozen=True, slots=True)
class StandingReturn:
    """A return that nobody took back; `settled` is `by_api`, `by_hand` or empty.

    `is_sent` says that it is in a file, or was sent to Alma's API, answered or not.
    """

    back: Return
    settled: str
    is_sent: bool


@dataclass(frozen=True, slots=True)
class LoanRecords:
    """What the journal says up to one position; nothing of it changes afterwards.

    `rows` are the loans in order of time, without double scans. `uploaded` is when each export was
    uploaded (aware), `files` are in the order in which they were recorded.
    """

    position: int
    rows: Sequence[LoanRow]
    histories: Mapping[UUID, LoanHistory]
    uploaded: Mapping[UUID, datetime]
    files: Sequence[SentFile]
    returns: Sequence[StandingReturn]
    items: Mapping[str, ItemSeen]
    users: Mapping[str, UserSeen]
    signed: Sequence[SignedOff]


def count_states(table: Any) -> StateCounts:
    """Count the rows of a loan table by state."""
    counts = table.state.value_counts()
    return StateCounts(
        Counter({ReconciliationState(state): int(n) for state, n in counts.items() if n})
    )

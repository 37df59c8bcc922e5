"""The rows of the way back, counted as they come and change: no change counts the others anew."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from procedure.circulation.ordered import Ordered
from procedure.reconciliation.row_state import TO_CHECK, ReconciledLoan, ReconciliationState

TO_UPLOAD = (ReconciliationState.RECORDED, ReconciliationState.EXPORTED)
DUE_SHIFTED = "due_shifted"
COUNTED = ("day", "file", "forecast", "waiting", "sent", "to_prove", DUE_SHIFTED)

# A name, and the key under it that counts one more.
Share = tuple[str, Any]


class RowBook:
    """Rows in order of time, the refused ones by reason, and counts of what is true of how many.

    `to_check` are those of which a person has to say whether the scan is right. `counts` are `day`
    by (desk, day, state), `file` by (export, state), `forecast` by kind, `waiting` by desk, and
    `sent`, `to_prove`, `due_shifted`, each by True; none of them is zero.
    """

    def __init__(self) -> None:
        self.rows = Ordered[ReconciledLoan](_order)
        self.to_check = Ordered[ReconciledLoan](_order)
        self.refused: dict[str, Ordered[ReconciledLoan]] = defaultdict(
            lambda: Ordered[ReconciledLoan](_order)
        )
        self.counts: dict[str, Counter[Any]] = {name: Counter() for name in COUNTED}
        self._shares: dict[UUID, tuple[Share, ...]] = {}
        self._reasons: dict[UUID, str] = {}

    def put(self, row: ReconciledLoan, kind: str, *, waits: bool) -> None:
        """Count a row, in place of what was counted of it before.

        `kind` is what is foretold of it; `waits` says that a file is to be written for it.
        """
        loan, shares = row.loan.id, tuple(_shares(row, kind, waits))
        self._count(self._shares.get(loan, ()), -1)
        self._count(shares, 1)
        self._shares[loan] = shares
        self.rows.put(row)
        if row.is_to_check:
            self.to_check.put(row)
        else:
            self.to_check.take(_order(row))
        self._file(row, row.reason if row.state is ReconciliationState.REFUSED else None)

    def take(self, row: ReconciledLoan) -> None:
        """Take a row out."""
        self._count(self._shares.pop(row.loan.id, ()), -1)
        self.rows.take(_order(row))
        self.to_check.take(_order(row))
        self._file(row, None)

    def by_reason(self) -> Iterator[ReconciledLoan]:
        """Give the refused rows: scans to check first, then the most frequent reason."""
        often = sorted(
            self.refused.items(), key=lambda one: (one[0] != TO_CHECK, -len(one[1]), one[0])
        )
        return (row for _, rows in often for row in rows)

    def _file(self, row: ReconciledLoan, reason: str | None) -> None:
        before = self._reasons.pop(row.loan.id, None)
        if before is not None and before != reason:
            self.refused[before].take(_order(row))
        if reason is not None:
            self.refused[reason].put(row)
            self._reasons[row.loan.id] = reason

    def _count(self, shares: tuple[Share, ...], by: int) -> None:
        for name, key in shares:
            counts = self.counts[name]
            counts[key] += by
            if not counts[key]:
                del counts[key]


def _shares(row: ReconciledLoan, kind: str, waits: bool) -> Iterator[Share]:  # noqa: FBT001
    state, desk = row.state, row.loan.desk
    yield "day", (desk, row.log.day, state)
    if row.trail.export is not None:
        yield "file", (row.trail.export[1].id, state)
    if state in TO_UPLOAD:
        yield "forecast", kind
    if waits:
        yield "waiting", desk
    if is_sent(row):
        yield "sent", True
    if is_to_prove(row):
        yield "to_prove", True
    if row.reason == DUE_SHIFTED:
        yield "due_shifted", True


def is_sent(row: ReconciledLoan) -> bool:
    """Tell whether a row is in a file that was uploaded, and not void."""
    return row.uploaded is not None and row.state is not ReconciliationState.VOID


def is_to_prove(row: ReconciledLoan) -> bool:
    """Tell whether a row was sent, is not settled by a person, and no proof was found of it."""
    return is_sent(row) and row.state is not ReconciliationState.RESOLVED and row.proof is None


def _order(row: ReconciledLoan) -> Any:
    return row.log.order

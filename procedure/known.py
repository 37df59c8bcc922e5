"""The transactions that the journal has already, as an import needs to know them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from procedure.circulation import Loan, Return, Void, Waiting
from procedure.journal import Recorded
from procedure.offline_layout import STAMP
from procedure.wall_clock import local

KINDS = ("loan", "return", "void", "waiting")
Transaction = Loan | Return | Void | Waiting
Content = tuple[str, str, str, str]


class Known:
    """The fold of the transactions in the journal; `extend` takes what is new."""

    def __init__(self, recorded: Iterable[Recorded] = ()) -> None:
        self.position = 0
        self.loans: dict[UUID, Loan] = {}
        self.returns: dict[UUID, Return] = {}
        self.waiting: dict[UUID, Waiting] = {}
        self.voids: dict[UUID, UUID] = {}
        self.records: dict[Content, list[UUID]] = {}
        self._minutes: dict[datetime, str] = {}
        self.extend(recorded)

    def extend(self, recorded: Iterable[Recorded]) -> None:
        """Fold what the journal has committed since; entries of other kinds are passed over."""
        for one in recorded:
            self.position = max(self.position, one.position)
            if isinstance(one.entry, Transaction):
                self.add(one.entry)

    def add(self, entry: Transaction) -> None:
        """Fold one transaction; one that was folded already changes nothing."""
        match entry:
            case Void():
                self.voids[entry.id] = entry.loan
            case Waiting():
                self.waiting.setdefault(entry.id, entry)
            case Loan() if entry.id not in self.loans:
                self.loans[entry.id] = entry
                self._count("loan", entry, entry.patron)
            case Return() if entry.id not in self.returns:
                self.returns[entry.id] = entry
                self._count("return", entry, "")
            case _:
                pass

    def has(self, entry: UUID) -> bool:
        """Tell whether a transaction with this id was folded."""
        return any(entry in kept for kept in (self.loans, self.returns, self.waiting, self.voids))

    def _count(self, kind: str, entry: Loan | Return, patron: str) -> None:
        minute = entry.at.replace(second=0, microsecond=0)
        shown = self._minutes.get(minute)
        if shown is None:
            shown = self._minutes[minute] = local(minute).strftime(STAMP)
        self.records.setdefault((kind, shown, entry.item, patron), []).append(entry.id)

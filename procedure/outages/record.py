"""An outage as people share it: declared, spoken of, worked through, ended; never by a machine.

A diagnosis may suspect an outage; only a person declares one and puts C1 in force. The record is
a fold over the journal, so every page and every later dossier tells the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from procedure.circulation.imports.conflicts import OutagePeriod

if TYPE_CHECKING:
    from procedure.journal import Recorded


@dataclass(frozen=True, slots=True)
class OutageDeclared:
    """A person says that this is an outage; `begun` is when it began, as far as known (UTC).

    `lending` tells whether C1 is in force. `suspected` is the diagnosis that stood then.
    """

    KIND: ClassVar[str] = "outage_declared"

    id: UUID
    at: datetime
    title: str
    begun: datetime
    lending: bool = True
    planned: bool = False
    suspected: str = ""
    workstation: str = ""
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class OutageNews:
    """The coordination's message to every desk, and when the next one may be expected."""

    KIND: ClassVar[str] = "outage_news"

    id: UUID
    at: datetime
    outage: UUID
    message: str
    next_news: datetime | None = None
    lending: bool | None = None
    workstation: str = ""
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class OutageNote:
    """A note for the record, or a contact made (`contact` is then its key in the handbook)."""

    KIND: ClassVar[str] = "outage_noted"

    id: UUID
    at: datetime
    outage: UUID
    text: str
    contact: str | None = None
    workstation: str = ""
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class OutageEnded:
    """A person confirms that it is over; `ended` is when it was, as far as known (UTC)."""

    KIND: ClassVar[str] = "outage_ended"

    id: UUID
    at: datetime
    outage: UUID
    ended: datetime
    workstation: str = ""
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class OutageRecord:
    """One declared outage with all that was said of it, in order."""

    declared: OutageDeclared
    news: tuple[OutageNews, ...] = ()
    notes: tuple[OutageNote, ...] = ()
    over: OutageEnded | None = None

    @property
    def lending(self) -> bool:
        """Whether C1 is in force: as last said, and never once the outage is over."""
        said = [one.lending for one in self.news if one.lending is not None]
        return self.over is None and (said[-1] if said else self.declared.lending)

    @property
    def message(self) -> OutageNews | None:
        """The newest message with words in it."""
        return next((one for one in reversed(self.news) if one.message), None)

    @property
    def next_news(self) -> datetime | None:
        """When more may be expected, as last said (UTC)."""
        return self.news[-1].next_news if self.news else None


@dataclass(slots=True)
class OutageLog:
    """Every declared outage, in the order of declaration: a fold over the journal."""

    KINDS: ClassVar[tuple[str, ...]] = (
        "outage_declared",
        "outage_news",
        "outage_noted",
        "outage_ended",
    )
    _declared: dict[UUID, OutageDeclared] = field(default_factory=dict[UUID, OutageDeclared])
    _news: list[OutageNews] = field(default_factory=list[OutageNews])
    _notes: list[OutageNote] = field(default_factory=list[OutageNote])
    _ended: dict[UUID, OutageEnded] = field(default_factory=dict[UUID, OutageEnded])

    def extend(self, recorded: Iterable[Recorded]) -> bool:
        """Take what was committed, in order; tell whether any of it concerns an outage."""
        taken = [self._take(one.entry) for one in recorded]
        return any(taken)

    def records(self) -> tuple[OutageRecord, ...]:
        """Tell every outage, oldest first."""
        return tuple(self._record(one) for one in self._declared.values())

    def record(self, outage: UUID) -> OutageRecord | None:
        """Tell one outage, None when nobody declared it."""
        declared = self._declared.get(outage)
        return None if declared is None else self._record(declared)

    def standing(self) -> OutageRecord | None:
        """Tell the newest outage that is not over."""
        return next((one for one in reversed(self.records()) if one.over is None), None)

    def newest_period(self) -> OutagePeriod | None:
        """Return when the outage was that was declared last, None when nobody declared one."""
        if not self._declared:
            return None
        newest = self._record(next(reversed(self._declared.values())))
        return OutagePeriod(newest.declared.begun, newest.over and newest.over.ended)

    def _record(self, declared: OutageDeclared) -> OutageRecord:
        return OutageRecord(
            declared,
            tuple(one for one in self._news if one.outage == declared.id),
            tuple(one for one in self._notes if one.outage == declared.id),
            self._ended.get(declared.id),
        )

    def _take(self, entry: object) -> bool:
        match entry:
            case OutageDeclared():
                self._declared[entry.id] = entry
            case OutageNews():
                self._news.append(entry)
            case OutageNote():
                self._notes.append(entry)
            case OutageEnded():
                # Ended twice: the first confirmation stands.
                self._ended.setdefault(entry.outage, entry)
            case _:
                return False
        return True

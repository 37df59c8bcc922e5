"""Outages as people declare, update and end them; none of this happens automatically.

A diagnosis may suggest an outage, but only a person declares one and puts the lending step (C1) in
force. An `OutageLog` collects the journal's entries about outages.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, TypeVar, get_args
from uuid import UUID

from procedure.circulation.imports.conflicts import OutagePeriod
from procedure.errors import OutageNotFound
from procedure.journal import Act, Recorded
from procedure.local_time import local
from procedure.outages.follow_up import OutageLed, TaskAdded, TaskDone


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageDeclared(Act):
    """A person's declaration of an outage; `begun` is when it began, as far as is known (UTC).

    `lending` says whether C1 is in force. `suspected` is the diagnosis at the time of the
    declaration. Declarations that are not `internal` come from an earlier version of Relais, which
    published titles and messages immediately.
    """

    KIND: ClassVar[str] = "outage_declared"

    title: str
    begun: datetime
    lending: bool = True
    planned: bool = False
    suspected: str = ""
    internal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageNews(Act):
    """A message from the coordinators to every desk, and when to expect the next message.

    If the message was written in several languages, `words` maps each language to its text.
    `lending` says whether C1 is in force after the message, or is None if the message does not
    change this. For `internal`, see `OutageDeclared`.
    """

    KIND: ClassVar[str] = "outage_news"

    outage: UUID
    message: str
    next_news: datetime | None = None
    lending: bool | None = None
    internal: bool = False
    words: dict[str, str] = field(default_factory=dict[str, str])

    def text_in(self, language: str) -> str:
        """Return the message in a language, or `message` if there is no text in that language."""
        return self.words.get(language) or self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageNote(Act):
    """A note for the record; if a contact was reached, `contact` is the contact's handbook key."""

    KIND: ClassVar[str] = "outage_noted"

    outage: UUID
    text: str
    contact: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageEnded(Act):
    """A person's statement that an outage ended at `ended` (UTC), as far as is known."""

    KIND: ClassVar[str] = "outage_ended"

    outage: UUID
    ended: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageReviewed(Act):
    """The review of an outage, with all three texts; it replaces any earlier review."""

    KIND: ClassVar[str] = "outage_reviewed"

    outage: UUID
    happened: str = ""
    noticed: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageWithdrawn(Act):
    """The withdrawal of a declaration made by mistake, with the reason.

    After the withdrawal, C1 is no longer in force, and the outage's messages are withdrawn. Counts
    and lists leave out the outage, but it stays in the journal.
    """

    KIND: ClassVar[str] = "outage_withdrawn"

    outage: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class OutageRecord:
    """A declared outage and everything recorded about it, in order.

    `leaders`, `tasks` and `tasks_done` come from versions before 1.0.0.
    """

    declared: OutageDeclared
    news: tuple[OutageNews, ...] = ()
    notes: tuple[OutageNote, ...] = ()
    over: OutageEnded | None = None
    reviews: tuple[OutageReviewed, ...] = ()
    leaders: tuple[OutageLed, ...] = ()
    tasks: tuple[TaskAdded, ...] = ()
    tasks_done: tuple[TaskDone, ...] = ()
    withdrawn: OutageWithdrawn | None = None

    @property
    def lending(self) -> bool:
        """Whether C1 is in force, as last stated; never after the outage's end or withdrawal."""
        stated = [news.lending for news in self.news if news.lending is not None]
        stands = self.over is None and self.withdrawn is None
        return stands and (stated[-1] if stated else self.declared.lending)

    @property
    def message(self) -> OutageNews | None:
        """The newest message that contains text, or None if there is none."""
        return next((news for news in reversed(self.news) if news.message), None)

    @property
    def next_news(self) -> datetime | None:
        """When the next message is expected (UTC), as last stated, or None."""
        return self.news[-1].next_news if self.news else None

    @property
    def review(self) -> OutageReviewed | None:
        """The newest review, or None before the first."""
        return self.reviews[-1] if self.reviews else None


_AboutOutage = (
    OutageNews
    | OutageNote
    | OutageEnded
    | OutageReviewed
    | OutageWithdrawn
    | OutageLed
    | TaskAdded
    | TaskDone
)
_Kind = TypeVar("_Kind", bound=_AboutOutage)


@dataclass(slots=True)
class OutageLog:
    """All declared outages in order of declaration, built from the journal."""

    KINDS: ClassVar[tuple[str, ...]] = tuple(
        kind.KIND for kind in (OutageDeclared, *get_args(_AboutOutage))
    )
    _declared: dict[UUID, OutageDeclared] = field(default_factory=dict[UUID, OutageDeclared])
    _entries: list[_AboutOutage] = field(default_factory=list[_AboutOutage])

    def declared_between(self, start: datetime, end: datetime) -> OutageRecord | None:
        """Return the last declared outage that overlaps a span (UTC), or None if none does."""
        reaching = (
            record
            for record in reversed(self.records())
            if record.declared.begun < end and (record.over is None or record.over.ended > start)
        )
        return next(reaching, None)

    def extend(self, recorded: Iterable[Recorded]) -> bool:
        """Add committed entries, in order; return whether any of them concerns an outage."""
        added = [self._add(record.entry) for record in recorded]
        return any(added)

    def records(self) -> tuple[OutageRecord, ...]:
        """Return the outages that have not been withdrawn, oldest first."""
        return tuple(record for record in self.every() if record.withdrawn is None)

    def every(self) -> tuple[OutageRecord, ...]:
        """Return all declared outages, withdrawn or not, oldest first."""
        return tuple(self._record(declared) for declared in self._declared.values())

    def record(self, outage: UUID) -> OutageRecord | None:
        """Return an outage, withdrawn or not, or None if it was not declared."""
        declared = self._declared.get(outage)
        return None if declared is None else self._record(declared)

    def current(self) -> OutageRecord | None:
        """Return the newest outage that has not ended, or None if all have ended."""
        return next((outage for outage in reversed(self.records()) if outage.over is None), None)

    def newest(self) -> OutageRecord | None:
        """Return the newest outage that has not ended, or else the newest outage, or None."""
        return self.current() or next(iter(reversed(self.records())), None)

    def newest_period(self) -> OutagePeriod | None:
        """Return the period of the outage declared last, or None if there is none."""
        newest = next(reversed(self.records()), None)
        if newest is None:
            return None
        return OutagePeriod(newest.declared.begun, newest.over and newest.over.ended)

    def _record(self, declared: OutageDeclared) -> OutageRecord:
        entries = [entry for entry in self._entries if entry.outage == declared.id]

        def of(kind: type[_Kind]) -> tuple[_Kind, ...]:
            return tuple(entry for entry in entries if isinstance(entry, kind))

        return OutageRecord(
            declared,
            news=of(OutageNews),
            notes=of(OutageNote),
            over=next(iter(of(OutageEnded)), None),  # only the first counts
            reviews=of(OutageReviewed),
            leaders=of(OutageLed),
            tasks=of(TaskAdded),
            tasks_done=of(TaskDone),
            withdrawn=next(iter(of(OutageWithdrawn)), None),
        )

    def _add(self, entry: object) -> bool:
        if isinstance(entry, OutageDeclared):
            self._declared[entry.id] = entry
        elif isinstance(entry, _AboutOutage):
            self._entries.append(entry)
        else:
            return False
        return True


def find_outage(records: Sequence[OutageRecord], outage: str) -> OutageRecord:
    """Return the outage with this id or id prefix, or the newest if `outage` is `last`.

    Raises:
        OutageNotFound: no outage matches, or several do; the message lists the possible outages.
    """
    if outage == "last" and records:
        return records[-1]
    matches = [record for record in records if str(record.declared.id).startswith(outage.lower())]
    if len(matches) == 1 and outage:
        return matches[0]
    known = matches or records
    if not known:
        raise OutageNotFound("no outage has been declared")
    why = "matches several outages" if matches else "is not the id of a declared outage"
    listed = "\n".join(_line(record) for record in known)
    raise OutageNotFound(f"{outage or 'An empty id'} {why}:\n{listed}")


def _line(record: OutageRecord) -> str:
    begun = local(record.declared.begun)
    return f"  {record.declared.id}  {begun:%Y-%m-%d %H:%M}  {record.declared.title}"

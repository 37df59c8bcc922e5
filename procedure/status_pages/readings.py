"""The status of a page as it was read: by whom, and until when it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

from procedure.journal import Recorded
from procedure.status_pages.maintenance import MaintenanceWindow, person
from procedure.status_pages.status import PageReport, PageStatus, UnreadReason

PERSON_HOLDS = timedelta(minutes=15)
FEED_HOLDS = 3  # intervals


@dataclass(frozen=True, slots=True)
class PageStatusReadByStaff:
    """What a person read on a status page, recorded in one click; `word` is never `unknown`."""

    KIND: ClassVar[str] = "reading"

    id: UUID
    at: datetime
    target: str
    word: PageStatus
    workstation: str = ""
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class PageStatusChanged:
    """A status page's feed says another word than before: kept, so that a dossier can tell it.

    `source` is `feed:<format>`; `summary` is the vendor's own text; `changed_at` its own time.
    """

    KIND: ClassVar[str] = "official"

    id: UUID
    at: datetime
    target: str
    word: PageStatus
    source: str = ""
    summary: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A status page read once, at an aware UTC instant, and until when that counts as known.

    `source` is `feed:<format>` or `person:<workstation>`. `reason` says why the word is unknown.
    The other fields are those of `PageReport`.
    """

    target: str
    at: datetime
    until: datetime
    source: str
    word: PageStatus
    summary: str = ""
    components: tuple[str, ...] = ()
    windows: tuple[MaintenanceWindow, ...] = ()
    changed_at: datetime | None = None
    reason: UnreadReason | None = None

    @property
    def by_person(self) -> bool:
        """Tell whether a person read it."""
        return self.source.startswith(person(""))

    @property
    def by_eye(self) -> bool:
        """Tell whether the page was reached and is to be read by eye."""
        return self.word is PageStatus.UNKNOWN and self.reason is not UnreadReason.UNREACHABLE


@dataclass(frozen=True, slots=True)
class CurrentStatus:
    """What is known of one page now: the reading that counts, and the newest of each kind.

    `person` and `feed` are fresh, or None. `last_known` is the newest reading that told anything,
    fresh or not: it dates "not read since".
    """

    counts: Reading | None = None
    person: Reading | None = None
    feed: Reading | None = None
    last_known: Reading | None = None


def from_feed(
    target: str, format_name: str, said: PageReport, *, at: datetime, interval: timedelta
) -> Reading:
    """Return what a feed said, which holds for three of its intervals."""
    return _reading(target, said, f"feed:{format_name}", at, at + FEED_HOLDS * interval)


def from_person(taken: PageStatusReadByStaff, *, holds: timedelta = PERSON_HOLDS) -> Reading:
    """Return what a person read, which holds for a quarter of an hour unless set otherwise."""
    source = person(taken.workstation)
    return _reading(taken.target, PageReport(taken.word), source, taken.at, taken.at + holds)


def is_fresh(reading: Reading, now: datetime) -> bool:
    """Tell whether the reading still counts; one dated after `now` does not."""
    return reading.at <= now < reading.until


def current_status(readings: Iterable[Reading], now: datetime) -> CurrentStatus:
    """Weigh the readings of one target: the newest fresh one counts.

    One that tells nothing counts only when no fresh one tells anything: a feed that cannot be
    read must not wipe out, a minute later, what a person has just read.
    """
    found = sorted((one for one in readings if one.at <= now), key=_weight)
    alive = [one for one in found if is_fresh(one, now)]
    telling = [one for one in alive if one.word is not PageStatus.UNKNOWN]
    return CurrentStatus(
        counts=next(reversed(telling or alive), None),
        person=next((one for one in reversed(alive) if one.by_person), None),
        feed=next((one for one in reversed(alive) if not one.by_person), None),
        last_known=next(
            (one for one in reversed(found) if one.word is not PageStatus.UNKNOWN), None
        ),
    )


def _reading(target: str, said: PageReport, source: str, at: datetime, until: datetime) -> Reading:
    return Reading(
        target=target,
        at=at,
        until=until,
        source=source,
        word=said.word,
        summary=said.summary,
        components=said.components,
        windows=said.windows,
        changed_at=said.changed_at,
        reason=said.reason,
    )


def _weight(reading: Reading) -> tuple[datetime, bool, str]:
    # At the same instant a person's word weighs more; the source makes the order total.
    return reading.at, reading.by_person, reading.source


class LastPageStatus:
    """A fold over the journal: what was kept of each page last."""

    def __init__(self) -> None:
        self._last: dict[str, PageStatus] = {}

    def extend(self, recorded: Iterable[Recorded]) -> None:
        """Take what was committed, in order."""
        for one in recorded:
            if isinstance(one.entry, PageStatusChanged):
                self._last[one.entry.target] = one.entry.word

    def changed(
        self, latest: Mapping[str, Reading], now: datetime, new_id: Callable[[], UUID] = uuid4
    ) -> tuple[PageStatusChanged, ...]:
        """Give the entries for the readings that say another word than the last one kept.

        A page that could not be read has said nothing; all being well to begin with is no news.
        """
        return tuple(
            _entry(one, now, new_id())
            for one in latest.values()
            if one.word not in (PageStatus.UNKNOWN, self._last.get(one.target, PageStatus.OK))
        )


def _entry(one: Reading, now: datetime, entry: UUID) -> PageStatusChanged:
    return PageStatusChanged(
        id=entry,
        at=min(one.at, now),
        target=one.target,
        word=one.word,
        source=one.source,
        summary=one.summary,
        changed_at=one.changed_at,
    )

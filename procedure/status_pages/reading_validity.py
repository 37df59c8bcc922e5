"""Readings of status pages, by feeds and by staff: their validity, and their changes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import ClassVar
from uuid import UUID, uuid4

from procedure.journal import Act, Recorded
from procedure.status_pages.maintenance import PlannedWork, person_source
from procedure.status_pages.status import PageReport, PageStatus, UnreadReason

STAFF_READING_HOLDS = timedelta(minutes=15)
FEED_HOLDS_INTERVALS = 3  # polling intervals


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStatusReadByStaff(Act):
    """A person's reading of a status page, recorded with one click; `word` is never `unknown`."""

    KIND: ClassVar[str] = "reading"

    target: str
    word: PageStatus


@dataclass(frozen=True, slots=True)
class PageStatusChanged:
    """A change in a page's status according to its feed, recorded for the dossier.

    `source` is `feed:<format>`, `summary` is the vendor's own text, and `changed_at` is the time of
    the change according to the vendor. If `word` is `unknown`, `summary` is a new line that a
    person has to read.
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
    """A reading of a status page, its time (aware UTC), and the time at which it expires.

    `source` is `feed:<format>` or `person:<workstation>`. `reason` is why the status is unknown.
    The other fields are as in `PageReport`.
    """

    target: str
    at: datetime
    until: datetime
    source: str
    status: PageStatus
    summary: str = ""
    components: tuple[str, ...] = ()
    planned_work: tuple[PlannedWork, ...] = ()
    changed_at: datetime | None = None
    reason: UnreadReason | None = None

    @property
    def by_person(self) -> bool:
        return self.source.startswith(person_source(""))

    @property
    def quote(self) -> str:
        """The line that a person has to read, if the page was written for people."""
        to_read = self.status is PageStatus.UNKNOWN and self.reason is UnreadReason.UNCLEAR
        return self.summary if to_read else ""


@dataclass(frozen=True, slots=True)
class CurrentStatus:
    """A page's current status, taken from the reading in `counts`.

    `person` and `feed` are the newest valid readings by staff and by the feed, or None.
    `last_known` is the newest reading with a known status, valid or not; it supplies the time shown
    in "not read since".
    """

    counts: Reading | None = None
    person: Reading | None = None
    feed: Reading | None = None
    last_known: Reading | None = None


def feed_reading(
    target: str, format_name: str, report: PageReport, *, at: datetime, interval: timedelta
) -> Reading:
    """Return a feed's reading, valid for three polling intervals."""
    return _reading(target, report, f"feed:{format_name}", at, at + FEED_HOLDS_INTERVALS * interval)


def person_reading(
    entry: PageStatusReadByStaff, *, holds: timedelta = STAFF_READING_HOLDS
) -> Reading:
    """Return a person's reading, by default valid for a quarter of an hour."""
    source = person_source(entry.workstation)
    return _reading(entry.target, PageReport(entry.word), source, entry.at, entry.at + holds)


def is_fresh(reading: Reading, now: datetime) -> bool:
    """Return whether the reading is valid at `now`; a reading made after `now` is not."""
    return reading.at <= now < reading.until


def current_status(readings: Iterable[Reading], now: datetime) -> CurrentStatus:
    """Return the current status of one target, taken from the newest valid reading.

    A reading with an unknown status is used only if no valid reading has a known status, so an
    unreadable feed does not replace a person's recent reading.
    """
    # Of readings at the same time, a person's comes last. The source makes the order unambiguous.
    by_time = attrgetter("at", "by_person", "source")
    past = sorted((reading for reading in readings if reading.at <= now), key=by_time)
    fresh = [reading for reading in past if is_fresh(reading, now)]
    known = list(filter(_is_known, fresh))
    return CurrentStatus(
        counts=next(reversed(known or fresh), None),
        person=next((reading for reading in reversed(fresh) if reading.by_person), None),
        feed=next((reading for reading in reversed(fresh) if not reading.by_person), None),
        last_known=next(filter(_is_known, reversed(past)), None),
    )


def _is_known(reading: Reading) -> bool:
    return reading.status is not PageStatus.UNKNOWN


def _reading(
    target: str, report: PageReport, source: str, at: datetime, until: datetime
) -> Reading:
    return Reading(
        target=target,
        at=at,
        until=until,
        source=source,
        status=report.status,
        summary=report.summary,
        components=report.components,
        planned_work=report.planned_work,
        changed_at=report.changed_at,
        reason=report.reason,
    )


class LastPageStatus:
    """The last recorded status of each page, and the line quoted from it, from the journal."""

    KINDS = (PageStatusChanged.KIND,)

    def __init__(self) -> None:
        self._last: dict[str, tuple[PageStatus, str]] = {}

    def extend(self, recorded: Iterable[Recorded]) -> None:
        for record in recorded:
            if isinstance(entry := record.entry, PageStatusChanged):
                quote = entry.summary if entry.word is PageStatus.UNKNOWN else ""
                self._last[entry.target] = entry.word, quote

    def changes(
        self, latest: Mapping[str, Reading], now: datetime, new_id: Callable[[], UUID] = uuid4
    ) -> tuple[PageStatusChanged, ...]:
        """Return entries for the readings whose status or quote differs from the last recorded.

        Readings without a status and a quote are ignored, and so is a first reading that is `ok`.
        """
        return tuple(
            _change_entry(reading, now, new_id())
            for reading in latest.values()
            if (_is_known(reading) or reading.quote)
            and (reading.status, reading.quote)
            != self._last.get(reading.target, (PageStatus.OK, ""))
        )


def _change_entry(reading: Reading, now: datetime, entry_id: UUID) -> PageStatusChanged:
    return PageStatusChanged(
        id=entry_id,
        at=min(reading.at, now),
        target=reading.target,
        word=reading.status,
        source=reading.source,
        summary=reading.summary,
        changed_at=reading.changed_at,
    )

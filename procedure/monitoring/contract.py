"""The availability that the vendor's contract promises, and the hours to which it applies."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from procedure.local_time import library_zone, local_day
from procedure.time_spans import Span, Spans, intersection, union

FILE = "contract.toml"


@dataclass(frozen=True, slots=True)
class Contract:
    """The commitment for one service, from the handbook's `contract.toml`.

    - `service`: the key of the service's step in the handbook.
    - `percent`: the promised availability as a percentage of the counted time, or None.
    - `pages`: the status pages on which the vendor makes announcements; empty means all.
    - `notice_days`: planned work is excluded if it was announced at least this many days before it
      began.
    - `weekdays` (ISO numbers), `opens`, `closes` (local times): the hours to which the commitment
      applies; by default, all hours of every day.
    """

    service: str
    percent: float | None = None
    pages: tuple[str, ...] = ()
    notice_days: int = 0
    weekdays: tuple[int, ...] = ()
    opens: str | None = None
    closes: str | None = None

    @property
    def is_always(self) -> bool:
        return not self.weekdays and self.opens is None and self.closes is None

    @property
    def notice(self) -> timedelta:
        """How long in advance planned work must be announced to be excluded."""
        return timedelta(days=self.notice_days)

    def hours(self, since: datetime, until: datetime) -> Spans:
        """Return the parts of `since <= t < until` (aware UTC) to which the commitment applies."""
        if self.is_always:
            return union([(since, until)])
        days = range((local_day(until) - local_day(since)).days + 1)
        counted = (self._day(local_day(since) + timedelta(days=ahead)) for ahead in days)
        return intersection(union(day for day in counted if day), ((since, until),))

    def _day(self, day: date) -> Span | None:
        if self.weekdays and day.isoweekday() not in self.weekdays:
            return None
        end = _instant(day, self.closes) if self.closes else _instant(day + timedelta(days=1))
        return _instant(day, self.opens or "00:00"), end


def _instant(day: date, clock: str = "00:00") -> datetime:
    wall_time = datetime.combine(day, time.fromisoformat(clock), tzinfo=library_zone())
    return wall_time.astimezone(UTC)

"""The span of time that the history shows, and its words in the page's address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from dashboard.translations import Language
from procedure.local_time import library_zone, local
from procedure.outages.ninety_days import QUARTER, WEEK

DAY = timedelta(days=1)
SPANS = {"day": DAY, "week": WEEK, "quarter": QUARTER}
RANGE = "range"  # a span between two instants, beside those that end now
SHORTEST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ShownSpan:
    """One of `SPANS`, which ends now, or a range between two instants (aware UTC)."""

    key: str = "day"
    since: datetime | None = None
    until: datetime | None = None

    def bounds(self, now: datetime) -> tuple[datetime, datetime]:
        """Return the first instant and the end, which is never after `now`."""
        if self.since is None or self.until is None:
            return now - SPANS[self.key], now
        return self.since, min(self.until, now)

    @property
    def query(self) -> str:
        """The span in an address: `span=week`, or `from=` and `to=` with local times."""
        if self.since is None or self.until is None:
            return "" if self.key == "day" else urlencode({"span": self.key})
        return urlencode({"from": _minute(self.since), "to": _minute(self.until)})


def range_between(since: datetime, until: datetime, now: datetime) -> ShownSpan | None:
    """Return the range between two instants, cut to the ninety days; None if nothing is left."""
    since, until = max(since, now - QUARTER), min(until, now)
    return ShownSpan(RANGE, since, until) if until - since >= SHORTEST else None


def range_of_days(first: str, last: str, now: datetime) -> ShownSpan | None:
    """Return the range of whole local days, both included (`2026-11-20`); None if it is none."""
    try:
        days = sorted((date.fromisoformat(first), date.fromisoformat(last)))
    except ValueError:
        return None
    since = datetime.combine(days[0], time(), library_zone())
    until = datetime.combine(days[1] + DAY, time(), library_zone())
    return range_between(since.astimezone(UTC), until.astimezone(UTC), now)


def span_of_query(values: Mapping[str, str], now: datetime) -> ShownSpan:
    """Return the span that an address asks for; that of a day if it asks for none."""
    if values.get("span") in SPANS:
        return ShownSpan(values["span"])
    try:
        ends = [datetime.fromisoformat(values[key]) for key in ("from", "to")]
    except (KeyError, ValueError):
        return ShownSpan()
    since, until = (end.replace(tzinfo=library_zone()).astimezone(UTC) for end in ends)
    return range_between(since, until, now) or ShownSpan()


def range_title(between: ShownSpan, language: Language) -> str:
    """Return a range in words: `24 nov., 09:12 – 11:00`, `20 nov. – 22 nov.` with whole days."""
    since, until = between.since, between.until
    assert since is not None
    assert until is not None
    last = until - SHORTEST
    if _is_midnight(since) and _is_midnight(until):
        days = dict.fromkeys(language.day(day, short=True) for day in (since, last))
        return " – ".join(days)
    begin = language.moment(since, since - DAY, short=True)
    return f"{begin} – {language.moment(until, since, short=True)}"


def _is_midnight(at: datetime) -> bool:
    return local(at).time() == time()


def _minute(at: datetime) -> str:
    return f"{local(at):%Y-%m-%dT%H:%M}"

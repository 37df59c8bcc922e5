"""Draws 90 days of each address as a lane: a thin line with marks for trouble, work and gaps."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.history.history_text import percent
from dashboard.translations import Language
from procedure.local_time import at_noon, local_day
from procedure.monitoring.downtime import StatusInterval, clip
from procedure.monitoring.model import Status
from procedure.outages.announcements import Announcement
from procedure.outages.ninety_days import QUARTER, NinetyDays

WIDTH = 900.0  # the width of a lane, in the units of the drawing
LEAST = 6.0  # the minimum width of a mark: a one-minute outage must be visible in ninety days
HEIGHTS = {"slow": 12, "down": 20, "plan": 20, "none": 12}
# Shorter states get no mark, because they are hardly failures: a restart, or one late response.
SHORT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class LaneMark:
    """A mark on a lane for trouble, planned work or a gap: its kind, position and text."""

    kind: str
    x: float
    width: float
    height: int
    text: str


@dataclass(frozen=True, slots=True)
class Lane:
    """The ninety days of an address, or of several addresses without marks.

    `share` is the availability in percent; for several addresses, it is the lowest among them.
    """

    name: str
    marks: tuple[LaneMark, ...]
    share: str


def lanes(
    read: NinetyDays,
    names: Mapping[str, str],
    spoken_of: Iterable[str],
    language: Language,
) -> list[Lane]:
    """Return the targets' lanes in the order of `names`; targets without marks share a lane.

    `spoken_of` are the targets affected by planned work.
    """
    planned = dict.fromkeys(spoken_of, read.announced)
    every = {
        key: tuple(_marks(read.states[key], planned.get(key, ()), read.until, language))
        for key in names
    }
    shares = {key: read.availability[key].whole for key in names}
    marked = [
        Lane(names[key], marks, percent(shares[key], language))
        for key, marks in every.items()
        if marks
    ]
    quiet = [key for key, marks in every.items() if not marks]
    if len(quiet) > 1:
        others = language.plural("{count} autre", "Les {count} autres", len(quiet))
        least = min(quiet, key=lambda key: shares[key].ratio or 0.0)
        return [*marked, Lane(others, (), percent(shares[least], language))]
    return [*marked, *(Lane(names[key], (), percent(shares[key], language)) for key in quiet)]


def days_below(until: datetime, language: Language) -> list[str]:
    """Return the days to show below the lanes: the first, and every thirtieth up to the last."""
    days = [until - QUARTER + timedelta(days=30 * n) for n in range(4)]
    return [language.day(at_noon(local_day(day)), short=True) for day in days]


def _marks(
    states: Sequence[StatusInterval],
    planned: Sequence[Announcement],
    until: datetime,
    language: Language,
) -> Iterator[LaneMark]:
    since = until - QUARTER
    kinds = {Status.DOWN: "down", Status.SLOW: "slow", Status.UNKNOWN: "none", None: "none"}
    for work in planned:
        start, end = max(work.start, since), min(work.end or until, until)
        yield _mark("plan", start, end, since, language)
    own = clip(states[0].target, list(states), since, until) if states else []
    for state in own:
        kind = kinds.get(state.status)
        if kind == "none" and state.lasted < timedelta(days=1):
            continue
        if kind is not None and state.lasted >= SHORT:
            yield _mark(kind, state.start, state.end, since, language)


def _mark(
    kind: str, start: datetime, end: datetime, since: datetime, language: Language
) -> LaneMark:
    say, lasted = language.say, language.between(start, end)
    words = {
        "down": say("échoue"),
        "slow": say("lent"),
        "plan": say("travaux annoncés"),
        "none": say("pas relevé"),
    }
    scale = WIDTH / QUARTER.total_seconds()
    x = min((start - since).total_seconds() * scale, WIDTH - LEAST)
    width = max((end - start).total_seconds() * scale, LEAST)
    at = language.day(start, short=True) + ", " + language.clock(start)
    return LaneMark(
        kind, round(x, 1), round(width, 1), HEIGHTS[kind], f"{at}, {words[kind]}, {lasted}"
    )

"""The chart of a dossier: a lane for each target, and one for the loans.

In a target's lane, the height and colour of the bars show its status. All lengths are in the units
of the SVG.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.translations import Language
from procedure.local_time import local, start_of_hour
from procedure.monitoring.downtime import StatusInterval
from procedure.monitoring.model import Status
from procedure.outages.dossier import Dossier
from procedure.outages.timeline import LOAN_INTERVAL, HourlyLoans

LEFT, RIGHT = 150.0, 10.0
WIDTH, NARROW = (
    640.0,
    198.0,
)  # width of the lanes beside the names; NARROW is for phones
TOP, LANE = 26.0, 22.0
HEIGHTS = {Status.UP: 4.0, Status.SLOW: 9.0, Status.DOWN: 16.0, Status.UNKNOWN: 9.0}
STEPS = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 15, 30, 60, 120, 240, 480, 1440))
TICK_EVERY = 70.0  # minimum distance between ticks


@dataclass(frozen=True, slots=True)
class ChartBar:
    """A bar in a lane."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class ChartLane:
    """A lane: its name, the position of the name, and its bars."""

    name: str
    y: float
    bars: tuple[ChartBar, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """The lanes, the ticks as (x, text), and the x of the marks at the declared start and end."""

    width: float
    height: float
    lanes: tuple[ChartLane, ...]
    ticks: tuple[tuple[float, str], ...]
    marks: tuple[float, ...]


def chart(
    dossier: Dossier, names: Mapping[str, str], language: Language, width: float = WIDTH
) -> Chart:
    """Return the chart, with the targets' lanes in the order of `names`, and the loans last."""
    scale = _Scale(dossier.since, dossier.until, width)
    known = [key for key in names if key in dossier.lanes]
    lanes = [
        _lane(names[key], dossier.lanes[key], TOP + LANE * row, scale)
        for row, key in enumerate(known)
    ]
    bottom = TOP + LANE * len(lanes)
    loans = tuple(_loans(dossier, bottom, scale))
    lanes += [ChartLane(language.say("Prêts"), bottom + LANE / 2, loans)] if loans else []
    over = dossier.outage.over
    ends = [dossier.begun]
    if over:
        ends.append(over.ended)
    return Chart(
        width=LEFT + width + RIGHT,
        height=TOP + LANE * len(lanes) + 6,
        lanes=tuple(lanes),
        ticks=tuple((scale.x(at), language.clock(at)) for at in _ticks(scale)),
        marks=tuple(scale.x(at) for at in ends),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    since: datetime
    until: datetime
    width: float

    def x(self, at: datetime) -> float:
        whole = max((self.until - self.since).total_seconds(), 1.0)
        part = (at - self.since).total_seconds() / whole
        return round(LEFT + self.width * min(max(part, 0.0), 1.0), 1)


def _lane(name: str, states: tuple[StatusInterval, ...], top: float, scale: _Scale) -> ChartLane:
    return ChartLane(name, top + LANE / 2, tuple(_bar(state, top, scale) for state in states))


def _bar(state: StatusInterval, top: float, scale: _Scale) -> ChartBar:
    status = state.status or Status.UNKNOWN
    height = HEIGHTS[status]
    x = scale.x(state.start)
    kind = "gap" if state.status is None else status.value
    return ChartBar(kind, x, top + (LANE - height) / 2, max(scale.x(state.end) - x, 1.0), height)


def _loans(dossier: Dossier, top: float, scale: _Scale) -> Iterator[ChartBar]:
    hours: dict[datetime, tuple[datetime, int]] = {}
    for event in dossier.events:
        if isinstance(event.what, HourlyLoans):
            until = start_of_hour(event.at) + LOAN_INTERVAL
            first, count = hours.get(until, (event.at, 0))
            hours[until] = min(first, event.at), count + event.count
    for until, (first, count) in sorted(hours.items()):
        x = scale.x(first)
        yield ChartBar("loans", x, top + 2, max(scale.x(until) - x - 1, 1.0), LANE - 4, str(count))


def _ticks(scale: _Scale) -> Iterator[datetime]:
    """Yield round local times, far enough apart for their labels."""
    most = (scale.until - scale.since) / (scale.width // TICK_EVERY)
    step = next((step for step in STEPS if step >= most), STEPS[-1])
    midnight = local(scale.since).replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight.astimezone(scale.since.tzinfo)
    while at < scale.until:
        if at >= scale.since:
            yield at
        at += step

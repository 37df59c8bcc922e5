"""The line in a cell: a target's last hour, scaled to its own latencies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from procedure.monitoring.downtime import READING_HOLDS
from procedure.monitoring.model import Outcome, Status
from procedure.monitoring.site_history import HOUR

WIDTH = 120.0
FLOOR, ROOF = 11.0, 1.0  # y of the lowest and the highest latency; the box is 14 high
GROUND = 12.5  # y of failures, below the latencies
SHORTEST = 2.0
FEWEST = 10
LEAST = timedelta(minutes=8)  # a shorter line would be a mere speck at the right edge
KINDS = {Status.UP: "", Status.SLOW: "late", Status.DOWN: "bad", Status.UNKNOWN: "none"}


# A path: its class (`late`, `bad` or empty) and its data.
Stroke = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Point:
    """An outcome as a point; `joined` if there is no gap before it."""

    x: float
    y: float
    kind: str
    joined: bool

    def __str__(self) -> str:
        return f"{self.x:.1f},{self.y:.1f}"


def sparkline(
    hour: Sequence[Outcome],
    interval: timedelta,
    now: datetime,
    *,
    fewest: int = FEWEST,
    least: timedelta = LEAST,
) -> tuple[Stroke, ...]:
    """Draw the readings from the hour before `now` in a box of 120 by 14.

    The line is higher where the latency is higher, failures are drawn at the bottom, and gaps stay
    empty. Nothing is drawn if there are fewer than `fewest` readings, or if they span less than
    `least`.
    """
    readings = [outcome for outcome in hour if outcome.at > now - HOUR]
    shows_course = len(readings) >= max(fewest, 1) and readings[-1].at - readings[0].at >= least
    runs = _runs(_points(readings, interval, now)) if shows_course else []
    neighbours = zip([None, *runs], runs, [*runs[1:], None], strict=False)
    return tuple(
        _failed(run, after) if run[0].kind == "bad" else _answered(run, before)
        for before, run, after in neighbours
        if run[0].kind != "none"
    )


def _points(hour: Sequence[Outcome], interval: timedelta, now: datetime) -> list[_Point]:
    known = [
        outcome.latency_ms
        for outcome in hour
        if outcome.latency_ms and outcome.status is not Status.DOWN
    ]
    # The top of the box is at least twice the median, so a steady target's line runs along the
    # middle.
    most = max(*known, 2 * median(known)) if known else 1.0
    reach = READING_HOLDS * interval
    earlier = [None, *(outcome.at for outcome in hour)]
    return [
        _Point(
            x=WIDTH * (1 - (now - outcome.at) / HOUR),
            y=FLOOR - (FLOOR - ROOF) * min(1.0, (outcome.latency_ms or 0.0) / most),
            kind=KINDS[outcome.status],
            joined=before is not None and outcome.at - before <= reach,
        )
        for before, outcome in zip(earlier, hour, strict=False)
    ]


def _runs(points: Sequence[_Point]) -> list[list[_Point]]:
    runs: list[list[_Point]] = []
    for point in points:
        if point.joined and runs[-1][-1].kind == point.kind:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def _answered(run: list[_Point], before: list[_Point] | None) -> Stroke:
    first = run[0]
    lead = before[-1:] if before and first.joined and before[-1].kind in {"", "late"} else []
    along = [*lead, *run]
    single = f" h{SHORTEST:g}" if len(along) == 1 else ""
    return first.kind, "M" + " ".join(map(str, along)) + single


def _failed(run: list[_Point], after: list[_Point] | None) -> Stroke:
    end = after[0].x if after and after[0].joined else run[-1].x + SHORTEST
    end = max(end, run[0].x + SHORTEST)
    return "bad", f"M{run[0].x:.1f},{GROUND}H{min(end, WIDTH):.1f}"

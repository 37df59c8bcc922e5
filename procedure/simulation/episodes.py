"""Disturbances of a generated history: when a target failed, was slow, or was not read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from procedure.local_time import library_zone
from procedure.monitoring.model import FailureCause, Phase, Status

DAY = timedelta(days=1)
ALMA = ("alma-saml", "alma-secours")


@dataclass(frozen=True, slots=True)
class Episode:
    """A disturbance of some targets, all of them if none is named, `begins <= t < ends` (UTC).

    `status` is the status, None where latencies are only `slower` by that factor. `unread` means
    that nothing was probed, `blind` that the server itself was cut off.
    """

    begins: datetime
    ends: datetime
    targets: tuple[str, ...] = ()
    status: Status | None = None
    cause: FailureCause | None = None
    phase: Phase | None = None
    http_status: int | None = None
    slower: float = 1
    unread: bool = False
    blind: bool = False

    def concerns(self, target: str, since: datetime, until: datetime) -> bool:
        """Return whether it disturbed a target within a span."""
        return (not self.targets or target in self.targets) and (
            self.begins < until and self.ends > since
        )


def at(day: date, clock: time) -> datetime:
    """Return the instant of a local time, in UTC."""
    return datetime.combine(day, clock, library_zone()).astimezone(UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


# Day of a cycle of five, local begin, minutes, then as in `Episode`.
_DOWN, _FIRST_BYTE = Status.DOWN, Phase.FIRST_BYTE
# fmt: off
_USUAL: tuple[tuple[int, time, int, dict[str, Any]], ...] = (
    (0, time(4, 50), 7, {"targets": ("etats-unige",), "status": _DOWN,
     "cause": FailureCause.DNS, "phase": Phase.DNS}),
    (0, time(7, 40), 31, {"targets": ("alma-secours",), "status": _DOWN,
     "cause": FailureCause.RESET, "phase": _FIRST_BYTE}),
    (1, time(9, 55), 150, {"targets": ("exlibris-status",), "status": Status.SLOW}),
    (2, time(6, 0), 150, {"targets": ("offline-utility",), "status": _DOWN,
     "cause": FailureCause.STATUS, "phase": _FIRST_BYTE, "http_status": 404}),
    (2, time(14, 30), 14, {"status": Status.UNKNOWN, "cause": FailureCause.NETWORK,
     "phase": Phase.CONNECT, "blind": True}),
    (3, time(8, 45), 40, {"targets": ("alma-saml",), "status": Status.SLOW}),
    (3, time(22, 0), 230, {"unread": True}),
    (4, time(3, 15), 18, {"targets": ("tickets",), "status": _DOWN,
     "cause": FailureCause.TLS, "phase": Phase.TLS}),
    (4, time(16, 20), 22, {"targets": ("slsp-psi",), "status": _DOWN,
     "cause": FailureCause.TIMEOUT, "phase": Phase.CONNECT}),
)
# fmt: on
CYCLE = 5  # days
RARE = 30  # days ago from which each happens one time in three


def usual_episodes(until: datetime, days: int, chance: Random) -> Iterator[Episode]:
    """Yield the small disturbances of every day, shifted and stretched at random."""
    for ago in range(days + 2):
        day = (until - ago * DAY).astimezone(library_zone()).date()
        for number, clock, length, kind in _USUAL:
            shift, stretch = chance.uniform(0, 8), chance.uniform(0.9, 1.2)
            happens = chance.random()
            if number != ago % CYCLE or (ago >= RARE and happens > 1 / 3):
                continue
            begins = at(day, clock) + minutes(shift)
            yield Episode(begins, begins + minutes(length * stretch), **kind)


def flapping(begins: datetime, chance: Random) -> Iterator[Episode]:
    """Yield forty minutes in which the usual way into Alma fails again and again."""
    for number in range(8):
        start = begins + minutes(5 * number)
        ends = start + minutes(chance.uniform(1.5, 3))
        yield Episode(
            start, ends, ALMA[:1], _DOWN, FailureCause.STATUS, _FIRST_BYTE, http_status=502
        )


def slow_week(ends: datetime) -> Iterator[Episode]:
    """Yield a week before an instant in which Alma answers more slowly day by day."""
    for ago, slower in enumerate((14, 11, 8, 6, 4, 3, 2)):
        yield Episode(ends - (ago + 1) * DAY, ends - ago * DAY, ALMA, slower=slower)

"""The disturbances in a generated history: when targets failed, were slow, or were not probed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from procedure.local_time import library_zone
from procedure.monitoring.model import FailureCause, Phase, Status

DAY = timedelta(days=1)
ALMA = ("alma-saml", "alma-secours")


@dataclass(frozen=True, slots=True)
class Episode:
    """A disturbance of some targets, or of all if none is named, for `begins <= t < ends` (UTC).

    If `status` is None, targets answer, but take `slower` times as long. `unread` means that no
    target was probed, and `blind` that the server itself had no network.
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
        """Return whether the episode disturbed a target between these times."""
        return (not self.targets or target in self.targets) and (
            self.begins < until and self.ends > since
        )


def at(day: date, clock: time) -> datetime:
    """Return a local time as UTC."""
    return datetime.combine(day, clock, library_zone()).astimezone(UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@dataclass(frozen=True, slots=True)
class _Usual:
    """A recurring disturbance: its day in the cycle, local start time and length in minutes.

    The other fields are as in `Episode`.
    """

    day: int
    clock: time
    minutes: int
    targets: tuple[str, ...] = ()
    status: Status | None = None
    cause: FailureCause | None = None
    phase: Phase | None = None
    http_status: int | None = None
    unread: bool = False
    blind: bool = False

    def episode(self, begins: datetime, length: timedelta) -> Episode:
        return Episode(
            begins,
            begins + length,
            targets=self.targets,
            status=self.status,
            cause=self.cause,
            phase=self.phase,
            http_status=self.http_status,
            unread=self.unread,
            blind=self.blind,
        )


_USUAL = (
    _Usual(
        0,
        time(4, 50),
        7,
        targets=("etats-unige",),
        status=Status.DOWN,
        cause=FailureCause.DNS,
        phase=Phase.DNS,
    ),
    _Usual(
        0,
        time(7, 40),
        31,
        targets=("alma-secours",),
        status=Status.DOWN,
        cause=FailureCause.RESET,
        phase=Phase.FIRST_BYTE,
    ),
    _Usual(1, time(9, 55), 150, targets=("exlibris-status",), status=Status.SLOW),
    _Usual(
        2,
        time(6, 0),
        150,
        targets=("offline-utility",),
        status=Status.DOWN,
        cause=FailureCause.STATUS,
        phase=Phase.FIRST_BYTE,
        http_status=404,
    ),
    _Usual(
        2,
        time(14, 30),
        14,
        status=Status.UNKNOWN,
        cause=FailureCause.NETWORK,
        phase=Phase.CONNECT,
        blind=True,
    ),
    _Usual(3, time(8, 45), 40, targets=("alma-saml",), status=Status.SLOW),
    _Usual(3, time(22, 0), 230, unread=True),
    _Usual(
        4,
        time(3, 15),
        18,
        targets=("tickets",),
        status=Status.DOWN,
        cause=FailureCause.TLS,
        phase=Phase.TLS,
    ),
    _Usual(
        4,
        time(16, 20),
        22,
        targets=("slsp-psi",),
        status=Status.DOWN,
        cause=FailureCause.TIMEOUT,
        phase=Phase.CONNECT,
    ),
)
CYCLE = 5  # days
RARE = 30  # days ago; of the disturbances before then, only one in three happens


def usual_episodes(until: datetime, days: int, chance: Random) -> Iterator[Episode]:
    """Yield the small disturbances of each day, shifted and stretched at random."""
    for ago in range(days + 2):
        day = (until - ago * DAY).astimezone(library_zone()).date()
        for usual in _USUAL:
            shift, stretch = chance.uniform(0, 8), chance.uniform(0.9, 1.2)
            happens = chance.random()
            if usual.day != ago % CYCLE or (ago >= RARE and happens > 1 / 3):
                continue
            begins = at(day, usual.clock) + minutes(shift)
            yield usual.episode(begins, minutes(usual.minutes * stretch))


def flapping(begins: datetime, chance: Random) -> Iterator[Episode]:
    """Yield the failures of the usual way into Alma, which fails repeatedly for forty minutes."""
    for number in range(8):
        start = begins + minutes(5 * number)
        ends = start + minutes(chance.uniform(1.5, 3))
        yield Episode(
            start,
            ends,
            targets=ALMA[:1],
            status=Status.DOWN,
            cause=FailureCause.STATUS,
            phase=Phase.FIRST_BYTE,
            http_status=502,
        )


def slow_week(ends: datetime) -> Iterator[Episode]:
    """Yield the days of a week that ends at `ends`, in which Alma gets slower every day."""
    for ago, slower in enumerate((14, 11, 8, 6, 4, 3, 2)):
        yield Episode(ends - (ago + 1) * DAY, ends - ago * DAY, ALMA, slower=slower)

"""Generates a history from a seed: probes, outages of several causes, and their loans.

Identifiers have the shapes that scanners read, with random numbers: they belong to nobody. The
same seed, targets, desks and end give the same history.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random

from procedure.journal import Entry
from procedure.monitoring.model import SERVER, FailureCause, Outcome, Phase, Phases, Status, Target
from procedure.simulation.loans import outage_entries, seeded_random

CYCLE = 5  # days after which the episodes repeat
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Episode:
    """A disturbance: its day of the cycle, its begin (UTC) and its length.

    No `targets` means all of them. No `verdict` means that nothing was probed. `lending` marks an
    outage that is long enough for desks to record loans.
    """

    day: int
    begins: time
    lasts: timedelta
    targets: tuple[str, ...] = ()
    verdict: Status | None = None
    cause: FailureCause | None = None
    phase: Phase | None = None
    http_status: int | None = None
    lending: bool = False

    def concerns(self, target: Target) -> bool:
        """Return whether the target is one of those it befell."""
        return not self.targets or target.key in self.targets


@dataclass(frozen=True, slots=True)
class Sample:
    """A generated history: outcomes by instant, and the journal's entries in order."""

    outcomes: tuple[Outcome, ...]
    entries: tuple[Entry, ...]


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


_UP, _SLOW, _DOWN, _UNKNOWN = Status.UP, Status.SLOW, Status.DOWN, Status.UNKNOWN
_ALMA = ("alma-saml", "alma-secours")
_FIRST_BYTE = Phase.FIRST_BYTE
# fmt: off
EPISODES = (
    Episode(0, time(3, 50), _minutes(7), ("etats-unige",), _DOWN, FailureCause.DNS, Phase.DNS),
    Episode(0, time(6, 40), _minutes(31), ("alma-secours",), _DOWN, FailureCause.RESET,
            _FIRST_BYTE),
    Episode(1, time(8, 55), _minutes(150), ("exlibris-status",), _SLOW),
    Episode(1, time(9, 10), _minutes(12), ("alma-saml",), _DOWN, FailureCause.TIMEOUT,
            _FIRST_BYTE),
    Episode(1, time(9, 10), _minutes(95), _ALMA, _DOWN, FailureCause.STATUS, _FIRST_BYTE, 503,
            lending=True),
    Episode(1, time(10, 45), _minutes(20), _ALMA, _SLOW),
    Episode(2, time(5, 0), _minutes(150), ("offline-utility",), _DOWN, FailureCause.STATUS,
            _FIRST_BYTE, 404),
    Episode(2, time(13, 30), _minutes(14), (), _UNKNOWN, FailureCause.NETWORK, Phase.CONNECT),
    Episode(3, time(7, 45), _minutes(40), ("alma-saml",), _SLOW),
    Episode(3, time(21, 0), _minutes(230)),
    Episode(4, time(2, 15), _minutes(18), ("tickets",), _DOWN, FailureCause.TLS, Phase.TLS),
    Episode(4, time(15, 20), _minutes(22), ("slsp-psi",), _DOWN, FailureCause.TIMEOUT,
            Phase.CONNECT),
)
# fmt: on


def sample(
    targets: Sequence[Target],
    desks: Sequence[str],
    *,
    until: datetime,
    days: int = CYCLE,
    seed: int = 0,
) -> Sample:
    """Return a history of the `days` before `until` (aware UTC).

    At the first two `desks` loans are recorded while Alma is down; the first exports its own.
    Episodes of targets that are not given are left out.
    """
    since = until - days * DAY
    episodes = _place_episodes(since, until, seed)
    outcomes = [
        outcome
        for target in targets
        for outcome in _outcomes(target, episodes, since, until, seeded_random(seed, target.key))
    ]
    outcomes.sort(key=lambda outcome: (outcome.at, outcome.target))
    entries = [
        entry
        for begins, ends, episode in episodes
        if episode.lending and since <= begins
        for entry in outage_entries(begins, ends, desks[:2], outcomes, targets, seed=seed)
        if entry.at < until
    ]
    return Sample(tuple(outcomes), tuple(sorted(entries, key=lambda entry: entry.at)))


# Begin, end and episode.
_Placed = list[tuple[datetime, datetime, Episode]]


def _place_episodes(since: datetime, until: datetime, seed: int) -> _Placed:
    """Return the episodes of every day, shifted and stretched at random."""
    chance = seeded_random(seed, "episodes")
    placed: _Placed = []
    for ago in range((until - since).days + 2):
        midnight = datetime.combine((until - ago * DAY).date(), time(), UTC)
        for episode in EPISODES:
            shift, stretch = chance.uniform(0, 8), chance.uniform(0.9, 1.2)
            if episode.day != ago % CYCLE:
                continue
            opening = timedelta(hours=episode.begins.hour, minutes=episode.begins.minute + shift)
            begins = midnight + opening
            placed.append((begins, begins + episode.lasts * stretch, episode))
    return placed


def _outcomes(
    target: Target, episodes: _Placed, since: datetime, until: datetime, chance: Random
) -> Iterator[Outcome]:
    own = [placed for placed in episodes if placed[2].concerns(target)]
    usual_ms = chance.uniform(40, 350)
    at = since + target.interval * chance.random()
    while at < until:
        jittered = at + timedelta(milliseconds=chance.randrange(400))
        current = [episode for begins, ends, episode in own if begins <= jittered < ends]
        if all(episode.verdict is not None for episode in current):
            yield _outcome(target, jittered, current[0] if current else None, usual_ms, chance)
        at += target.interval


def _outcome(
    target: Target, at: datetime, episode: Episode | None, usual_ms: float, chance: Random
) -> Outcome:
    verdict = _UP if episode is None or episode.verdict is None else episode.verdict
    latency = usual_ms * chance.lognormvariate(0, 0.25)
    if verdict is _SLOW:
        latency += target.slow_after / timedelta(milliseconds=1) * chance.uniform(1.05, 1.9)
    reached = Phase.BODY if episode is None or episode.phase is None else episode.phase
    if episode is not None and episode.cause is FailureCause.TIMEOUT:
        latency = 10_000 + chance.random()
    answered = verdict in (_UP, _SLOW)
    return Outcome(
        *(target.key, target.url, SERVER.key, at, verdict),
        cause=episode and episode.cause,
        phase=episode and episode.phase,
        http_status=200 if answered else episode and episode.http_status,
        final_url=target.url.partition("?")[0] if answered else None,
        latency_ms=round(latency, 1),
        phases=_phases(latency, reached, chance),
        reserved=answered and target.reserved,
    )


def _phases(latency: float, reached: Phase, chance: Random) -> Phases:
    """Return a latency divided over the phases; those not completed are None."""
    order = list(Phase)
    passed = order[: order.index(reached)]
    shares = {
        Phase.DNS: chance.uniform(0.01, 0.05),
        Phase.CONNECT: chance.uniform(0.05, 0.12),
        Phase.TLS: chance.uniform(0.08, 0.2),
        Phase.FIRST_BYTE: chance.uniform(0.4, 0.6),
    }
    known = {phase: round(latency * share, 1) for phase, share in shares.items() if phase in passed}
    return Phases(**{phase.value: spent for phase, spent in known.items()})

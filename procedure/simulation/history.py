"""A made-up past from a seed: probes, outages of several causes, and the loans made meanwhile.

Identifiers have the forms that scanners read, and numbers that chance gives: they stand for
nobody. The same seed, targets, desks and end give the same past.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random

from procedure.journal import Entry
from procedure.monitoring.model import SERVER, FailureCause, Outcome, Phase, Phases, Status, Target
from procedure.simulation.loans import chance_from, lending

CYCLE = 5  # days after which the episodes come again
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Episode:
    """Something that went wrong: on which day of the cycle, from when (UTC), for how long.

    No `targets` means all of them. No `verdict` means that nothing was read. `lending` marks an
    outage long enough for desks to record loans.
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
        """Tell whether the target is one of those it befell."""
        return not self.targets or target.key in self.targets


@dataclass(frozen=True, slots=True)
class Sample:
    """A made-up past: outcomes by instant, and the journal's entries in their order."""

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
    _FIRST_BYTE), Episode(1, time(8, 55), _minutes(150), ("exlibris-status",), _SLOW), Episode(1,
    time(9, 10), _minutes(12), ("alma-saml",), _DOWN, FailureCause.TIMEOUT, _FIRST_BYTE), Episode(1,
    time(9, 10), _minutes(95), _ALMA, _DOWN, FailureCause.STATUS, _FIRST_BYTE, 503,
            lending=True),
    Episode(1, time(10, 45), _minutes(20), _ALMA, _SLOW),
    Episode(2, time(5, 0), _minutes(150), ("offline-utility",), _DOWN, FailureCause.STATUS,
    _FIRST_BYTE,
            404),
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
    """Make up the `days` before `until` (aware UTC): the same arguments give the same past.

    At the first two `desks` loans are recorded while Alma is down; the first exports its own.
    Episodes of targets that are not given are left out.
    """
    since = until - days * DAY
    befell = _befell(since, until, seed)
    seen = [
        outcome
        for target in targets
        for outcome in _outcomes(target, befell, since, until, chance_from(seed, target.key))
    ]
    seen.sort(key=lambda outcome: (outcome.at, outcome.target))
    lent = [
        entry
        for begins, ends, episode in befell
        if episode.lending and since <= begins
        for entry in lending(begins, ends, desks[:2], seen, targets, seed=seed)
        if entry.at < until
    ]
    return Sample(tuple(seen), tuple(sorted(lent, key=lambda entry: entry.at)))


_Befell = list[tuple[datetime, datetime, Episode]]


def _befell(since: datetime, until: datetime, seed: int) -> _Befell:
    """Place the episodes of every day: some minutes off, somewhat longer or shorter."""
    chance = chance_from(seed, "episodes")
    placed: _Befell = []
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
    target: Target, befell: _Befell, since: datetime, until: datetime, chance: Random
) -> Iterator[Outcome]:
    mine = [episode for episode in befell if episode[2].concerns(target)]
    usual_ms = chance.uniform(40, 350)
    at = since + target.interval * chance.random()
    while at < until:
        jittered = at + timedelta(milliseconds=chance.randrange(400))
        now = [episode for begins, ends, episode in mine if begins <= jittered < ends]
        if all(episode.verdict is not None for episode in now):
            yield _outcome(target, jittered, now[0] if now else None, usual_ms, chance)
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
    """Share a latency out over the phases; those from where the attempt ended are not known."""
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

"""Generates the outcomes of a target's probes, day by day, from a seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from random import Random

from procedure.monitoring.model import SERVER, FailureCause, Outcome, Phase, Phases, Status, Target
from procedure.simulation.episodes import Episode

# Latencies and phases are drawn once and reused in turn, because a year needs a million of them.
_DRAWN = 1009
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One answer: its delay after the scheduled time, its latency, and its phases."""

    jitter: timedelta
    latency: float
    phases: Phases


class OutcomeSampler:
    """Generates the outcomes of one target; the same seed of `chance` gives the same outcomes."""

    def __init__(self, target: Target, chance: Random) -> None:
        self._target = target
        self._chance = chance
        self._number = count()
        usual = chance.uniform(40, 350)
        self._drawn = [self._draw(usual * chance.lognormvariate(0, 0.25)) for _ in range(_DRAWN)]
        self._final_url = target.url.partition("?")[0]

    def between(
        self, since: datetime, until: datetime, interval: timedelta, episodes: Sequence[Episode]
    ) -> Iterator[Outcome]:
        """Yield one outcome per interval, except while nothing was probed."""
        own = [episode for episode in episodes if episode.concerns(self._target.key, since, until)]
        at = since + interval * (self._chance.random() / 2)
        while at < until:
            drawn = self._next()
            jittered = at + drawn.jitter
            current = _current(own, jittered)
            if current is None or not current.unread:
                yield self._outcome(jittered, drawn, current)
            at += interval

    def attempt(self, at: datetime, episodes: Sequence[Episode]) -> Outcome:
        own = [
            episode
            for episode in episodes
            if episode.concerns(self._target.key, at, at + _MILLISECOND)
        ]
        return self._outcome(at, self._next(), _current(own, at))

    def _next(self) -> _Drawn:
        return self._drawn[next(self._number) % _DRAWN]

    def _outcome(self, at: datetime, drawn: _Drawn, current: Episode | None) -> Outcome:
        if current is None:
            return self._answered(at, drawn.latency, drawn.phases)
        return self._disturbed(at, drawn, current)

    def _disturbed(self, at: datetime, drawn: _Drawn, episode: Episode) -> Outcome:
        latency = round(drawn.latency * episode.slower, 1)
        if episode.status is Status.SLOW:
            latency += self._slow_ms * self._chance.uniform(1.05, 1.9)
        if episode.status is None or episode.status is Status.SLOW:
            return self._answered(at, round(latency, 1), self._phases(latency, Phase.BODY))
        if episode.cause is FailureCause.TIMEOUT:
            latency = 10_000 + round(self._chance.random(), 1)
        return Outcome(
            target=self._target.key,
            url=self._target.url,
            vantage=SERVER.key,
            at=at,
            status=episode.status,
            cause=episode.cause,
            phase=episode.phase,
            http_status=episode.http_status,
            latency_ms=latency,
            phases=self._phases(latency, episode.phase or Phase.BODY),
        )

    def _answered(self, at: datetime, latency: float, phases: Phases) -> Outcome:
        target = self._target
        status = Status.SLOW if latency > self._slow_ms else Status.UP
        return Outcome(
            target=target.key,
            url=target.url,
            vantage=SERVER.key,
            at=at,
            status=status,
            http_status=200,
            final_url=self._final_url,
            latency_ms=latency,
            phases=phases,
            reserved=target.reserved,
        )

    @property
    def _slow_ms(self) -> float:
        return self._target.slow_after / _MILLISECOND

    def _draw(self, latency: float) -> _Drawn:
        jitter = timedelta(milliseconds=self._chance.randrange(400))
        return _Drawn(jitter, round(latency, 1), self._phases(latency, Phase.BODY))

    def _phases(self, latency: float, reached: Phase) -> Phases:
        """Divide a latency among the phases; phases that were not completed are None."""
        order = list(Phase)
        passed = order[: order.index(reached)]
        shares = {
            Phase.DNS: self._chance.uniform(0.01, 0.05),
            Phase.CONNECT: self._chance.uniform(0.05, 0.12),
            Phase.TLS: self._chance.uniform(0.08, 0.2),
            Phase.FIRST_BYTE: self._chance.uniform(0.4, 0.6),
        }
        known = {
            phase: round(latency * share, 1) for phase, share in shares.items() if phase in passed
        }
        return Phases(**{phase.value: spent for phase, spent in known.items()})


def _current(episodes: Sequence[Episode], at: datetime) -> Episode | None:
    """Return the first episode under way at a given time, or None."""
    return next((episode for episode in episodes if episode.begins <= at < episode.ends), None)

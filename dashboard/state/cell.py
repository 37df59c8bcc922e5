"""One cell of the grid: how a target looks from a vantage, and how much that is worth by now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from procedure.monitoring import Cause, Outcome, Target, Verdict
from procedure.outages import READING_HOLDS, Seen, State, states


@dataclass(frozen=True, slots=True)
class Cell:
    """A target seen from a vantage.

    `verdict` is the one to show: `unknown` before the first reading and once the newest one is
    `stale`, that is older than three intervals. `since` is when the verdict began to hold; for a
    stale cell, when it was last read. `newest` is the raw outcome of the last attempt, None before
    the first; `hour` are those of the last hour. All instants are aware UTC.
    """

    target: str
    vantage: str
    verdict: Verdict = Verdict.UNKNOWN
    cause: Cause | None = None
    since: datetime | None = None
    newest: Outcome | None = None
    stale: bool = False
    fresh_until: datetime | None = None
    hour: tuple[Outcome, ...] = ()

    @property
    def key(self) -> str:
        """Name the cell within the page: `alma-saml/server`."""
        return f"{self.target}/{self.vantage}"

    @property
    def unread(self) -> bool:
        """Whether nothing was read yet."""
        return self.newest is None


def judged(target: Target, hour: Sequence[Outcome]) -> Sequence[Seen]:
    """Judge the readings of an hour: as yet each attempt speaks for itself."""
    del target
    return hour


def cell(
    target: Target,
    vantage: str,
    hour: tuple[Outcome, ...],
    *,
    before: Iterable[State],
    now: datetime,
) -> Cell:
    """Tell how a target looks now, from the readings of the hour and the states before them."""
    if not hour:
        return Cell(target.key, vantage)
    newest, seen = hour[-1], judged(target, hour)
    fresh_until = newest.at + READING_HOLDS * target.interval
    if now > fresh_until:
        return Cell(
            target.key, vantage, since=newest.at, newest=newest, stale=True, hour=tuple(hour)
        )
    told = states(target.key, seen, interval=target.interval, until=fresh_until)
    return Cell(
        target.key,
        vantage,
        verdict=seen[-1].verdict,
        cause=seen[-1].cause,
        since=held_since(seen[-1].verdict, [*before, *told]),
        newest=newest,
        fresh_until=fresh_until,
        hour=tuple(hour),
    )


def held_since(verdict: Verdict, told: Sequence[State]) -> datetime | None:
    """Find when the last verdict of a row of states began to hold; None when none of them has it.

    A gap or an unknown does not end an outage: nobody saw the target answer meanwhile.
    """
    since: datetime | None = None
    for state in reversed(told):
        if state.verdict is verdict:
            since = state.start
        elif verdict is not Verdict.DOWN or state.verdict in {Verdict.UP, Verdict.SLOW}:
            break
    return since

"""Judgement over time: a pure fold over the raw outcomes of one vantage.

One failed attempt is not an outage, and one answer is not a recovery. The live watch and any
replay fold the same way, and the raw outcomes stay what they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.confirmation import Confirmation, confirm
from procedure.monitoring.connectivity import Reachability, cut_off_since, reached, record_answer
from procedure.monitoring.downtime import READING_HOLDS
from procedure.monitoring.model import FailureCause, Hop, Outcome, Status, Target


@dataclass(frozen=True, slots=True)
class TargetStatus:
    """A target as judged at a reading; all instants are aware UTC.

    `since` is the first reading of the row that led to the verdict. `doubtful` says that the
    newest attempt is not borne out yet: quick retries will tell. `flapping` says that the
    target answers by fits and starts, and counts as down until it holds. `cut_off` says that the
    watching machine reached nobody: nothing is known. `stale` says that the newest reading is
    older than three intervals, and `since` is then that reading.
    """

    target: str
    at: datetime
    verdict: Status
    cause: FailureCause | None
    since: datetime
    outcome: Outcome
    doubtful: bool = False
    flapping: bool = False
    cut_off: bool = False
    stale: bool = False

    @property
    def failing_hop(self) -> Hop | None:
        """The leg on which the newest attempt failed, None when it did not."""
        return self.outcome.failing_hop


@dataclass(frozen=True, slots=True)
class StatusBoard:
    """Every target of one vantage as judged so far; `cut_off` is since when the machine is.

    `silent` is the first reading since the last one that anybody answered, None while they do.
    `cuts` are the stretches in which the machine was found cut off, oldest first.
    """

    standings: Mapping[str, Confirmation] = field(default_factory=dict[str, Confirmation])
    newest: Mapping[str, TargetStatus] = field(default_factory=dict[str, TargetStatus])
    reach: Mapping[str, Reachability] = field(default_factory=dict[str, Reachability])
    cut_off: datetime | None = None
    silent: datetime | None = None
    cuts: tuple[BlindPeriod, ...] = ()


def take(board: StatusBoard, outcome: Outcome, targets: Mapping[str, Target]) -> StatusBoard:
    """Add one outcome of a target that is watched, later than all before it of that target."""
    key = outcome.target
    reach = record_answer(board.reach, outcome)
    cut_off = cut_off_since(reach, targets)
    standing = board.standings.get(key, Confirmation())
    if cut_off is None and outcome.verdict is not Status.UNKNOWN:
        standing = confirm(standing, outcome, targets[key])
        judged = _voiced(standing, outcome)
    else:
        judged = _unknown(board.newest.get(key), outcome, cut_off)
    silent = None if reached(outcome) else board.silent or outcome.at
    return StatusBoard(
        standings={**board.standings, key: standing},
        newest={**board.newest, key: judged},
        reach=reach,
        cut_off=cut_off,
        silent=silent,
        cuts=_cuts(board, outcome.at, cut_off, silent),
    )


def add_all(
    outcomes: Iterable[Outcome], targets: Mapping[str, Target], board: StatusBoard | None = None
) -> StatusBoard:
    """Add many outcomes; those of targets that are no longer watched are left out."""
    board = board or StatusBoard()
    for outcome in outcomes:
        if outcome.target in targets:
            board = take(board, outcome, targets)
    return board


def judge(outcomes: Iterable[Outcome], targets: Mapping[str, Target]) -> Iterator[TargetStatus]:
    """Judge each outcome at its own instant, as the live watch did."""
    board = StatusBoard()
    for outcome in outcomes:
        if outcome.target in targets:
            board = take(board, outcome, targets)
            yield board.newest[outcome.target]


def with_hindsight(row: Sequence[TargetStatus]) -> list[TargetStatus]:
    """Give the readings of one target the verdict that they led to.

    An outage begins at its first failed attempt, not at the one that confirmed it.
    """
    known: list[TargetStatus] = []
    for judged in row:
        if known and known[-1].verdict is not judged.verdict:
            _see_again(known, judged)
        known.append(judged)
    return known


def judged_row(target: Target, outcomes: Iterable[Outcome]) -> list[TargetStatus]:
    """Judge the outcomes of one target by themselves, with hindsight."""
    return with_hindsight(list(judge(outcomes, {target.key: target})))


def reading(board: StatusBoard, target: Target, now: datetime) -> TargetStatus | None:
    """Tell how a target is to be shown now, None before its first reading.

    A reading holds for three intervals; after that the target is unknown since that reading.
    While the machine is cut off, every target is unknown.
    """
    judged = board.newest.get(target.key)
    if judged is None:
        return None
    if now - judged.at > READING_HOLDS * target.interval:
        return replace(judged, verdict=Status.UNKNOWN, cause=None, since=judged.at, stale=True)
    if board.cut_off is not None and not judged.cut_off:
        return _unknown(judged, judged.outcome, board.cut_off)
    return judged


def _cuts(
    board: StatusBoard, at: datetime, cut_off: datetime | None, silent: datetime | None
) -> tuple[BlindPeriod, ...]:
    """Begin, lengthen or end the stretch in which the machine is cut off."""
    if board.cut_off is not None:
        *before, last = board.cuts
        return (*before, BlindPeriod(last.start, max(last.end, at)))
    if cut_off is not None:
        return (*board.cuts, BlindPeriod(min(silent or cut_off, cut_off), at))
    return board.cuts


def _see_again(known: list[TargetStatus], judged: TargetStatus) -> None:
    if judged.verdict is Status.UNKNOWN:
        return
    for place in range(len(known) - 1, -1, -1):
        earlier = known[place]
        if earlier.at < judged.since:
            return
        if earlier.verdict is not Status.UNKNOWN:
            cause = judged.cause and (earlier.outcome.cause or judged.cause)
            known[place] = replace(judged, at=earlier.at, cause=cause, outcome=earlier.outcome)


def _voiced(standing: Confirmation, outcome: Outcome) -> TargetStatus:
    assert standing.works is not None
    assert standing.level is not None
    verdict = standing.settled or standing.level.says
    return TargetStatus(
        target=outcome.target,
        at=outcome.at,
        verdict=verdict,
        cause=standing.cause if verdict is Status.DOWN else None,
        since=standing.since or standing.works.since,
        outcome=outcome,
        doubtful=standing.doubtful,
        flapping=standing.flapping,
    )


def _unknown(
    before: TargetStatus | None, outcome: Outcome, cut_off: datetime | None
) -> TargetStatus:
    """Tell that nothing is known, for want of a network here or for a fault of our own."""
    since = cut_off
    if since is None:
        unknown = before is not None and before.verdict is Status.UNKNOWN
        since = before.since if before is not None and unknown else outcome.at
    return TargetStatus(
        target=outcome.target,
        at=outcome.at,
        verdict=Status.UNKNOWN,
        cause=FailureCause.NETWORK,
        since=since,
        outcome=outcome,
        cut_off=cut_off is not None,
    )

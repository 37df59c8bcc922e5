"""The status of every target, computed from one vantage's raw outcomes.

A status changes only when the change is confirmed; see `procedure.monitoring.confirmed_status`. The
live scheduler and replays share this code, and raw outcomes are never changed.

The watching machine counts as cut off if both of these conditions are met:

- Every control target (`Target.control`) has stopped answering.
- Enough other targets have been probed since then (see `WITNESSES`), and none of them has answered.

Every HTTP response, even a 503, counts as an answer, unless it comes from a captive portal.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.confirmed_status import Confirmation, confirm_status
from procedure.monitoring.downtime import READING_HOLDS
from procedure.monitoring.model import FailureCause, Outcome, Status, Target

WITNESSES = 2  # other targets that must also fail, in case only the control target is down


@dataclass(frozen=True, slots=True)
class Reachability:
    """Whether a target was reached at its newest reading (`at`); times are aware UTC.

    `since` is the time of the first of the consecutive readings that had this result.
    """

    reached: bool
    since: datetime
    at: datetime


def is_answer(outcome: Outcome) -> bool:
    """Return whether the target answered, even with an error; a captive portal does not count."""
    return outcome.http_status is not None and outcome.cause is not FailureCause.PORTAL


def record_answer(known: Mapping[str, Reachability], outcome: Outcome) -> dict[str, Reachability]:
    """Return the reachability of every target after another outcome."""
    before = known.get(outcome.target)
    answers = is_answer(outcome)
    since = before.since if before and before.reached == answers else outcome.at
    return {**known, outcome.target: Reachability(answers, since, outcome.at)}


def cut_off_since(
    known: Mapping[str, Reachability], targets: Mapping[str, Target]
) -> datetime | None:
    """Return when the machine was cut off (UTC), or None if it is not cut off.

    The result is also None if there is no control target, because only a control target can show
    that the machine is cut off.
    """
    controls = [key for key, target in targets.items() if target.control]
    silent = [known[key] for key in controls if key in known and not known[key].reached]
    if not controls or len(silent) < len(controls):
        return None
    since = max(reach.since for reach in silent)
    others = [reach for key, reach in known.items() if key not in controls and reach.at >= since]
    needed = min(WITNESSES, len(targets) - len(controls))
    if not needed or len(others) < needed or any(reach.reached for reach in others):
        return None
    return since


def reference_targets(targets: Mapping[str, Target], doubted: str) -> tuple[str, ...]:
    """Return the targets to probe immediately if `doubted` fails, to detect a local fault."""
    controls = tuple(key for key, target in targets.items() if target.control and key != doubted)
    if not targets[doubted].control:
        return controls
    others = sorted(
        (key for key, target in targets.items() if not target.control),
        key=lambda key: targets[key].interval,
    )
    return (*controls, *others[:WITNESSES])


_V = TypeVar("_V")


@dataclass(frozen=True, slots=True)
class TargetStatus:
    """The status of a target after a reading; times are aware UTC.

    - `since`: the time of the first reading of the streak that led to the status.
    - `doubtful`: the newest reading is not confirmed yet.
    - `flapping`: the target fails intermittently, and counts as down until it is steady.
    - `cut_off`: the watching machine could not reach any target.
    - `stale`: the newest reading is no longer valid (see `target_status`), and `since` is the time
      of that reading.
    """

    target: str
    at: datetime
    status: Status
    cause: FailureCause | None
    since: datetime
    outcome: Outcome
    doubtful: bool = False
    flapping: bool = False
    cut_off: bool = False
    stale: bool = False


@dataclass(frozen=True, slots=True)
class StatusBoard:
    """The status of every target from one vantage.

    - `cut_off`: when the machine was cut off, or None if it is not cut off.
    - `silent_since`: the time of the first reading after the last answer from any target, or None
      if the newest reading is an answer.
    - `blind_periods`: the periods in which the machine was cut off, oldest first.
    """

    confirmations: Mapping[str, Confirmation] = field(default_factory=dict[str, Confirmation])
    newest: Mapping[str, TargetStatus] = field(default_factory=dict[str, TargetStatus])
    reach: Mapping[str, Reachability] = field(default_factory=dict[str, Reachability])
    cut_off: datetime | None = None
    silent_since: datetime | None = None
    blind_periods: tuple[BlindPeriod, ...] = ()


def add_outcome(board: StatusBoard, outcome: Outcome, targets: Mapping[str, Target]) -> StatusBoard:
    """Return the board after another outcome, the latest for its target."""
    key = outcome.target
    reach = record_answer(board.reach, outcome)
    cut_off = cut_off_since(reach, targets)
    confirmation = board.confirmations.get(key, Confirmation())
    if cut_off is None and outcome.status is not Status.UNKNOWN:
        confirmation = confirm_status(confirmation, outcome, targets[key])
        judged = _known_status(confirmation, outcome)
    else:
        judged = _unknown(board.newest.get(key), outcome, cut_off)
    silent = None if is_answer(outcome) else board.silent_since or outcome.at
    return StatusBoard(
        confirmations={**board.confirmations, key: confirmation},
        newest={**board.newest, key: judged},
        reach=reach,
        cut_off=cut_off,
        silent_since=silent,
        blind_periods=_updated_blind_periods(board, outcome.at, cut_off, silent),
    )


def add_all(
    outcomes: Iterable[Outcome], targets: Mapping[str, Target], board: StatusBoard | None = None
) -> StatusBoard:
    """Return the board with these outcomes added, ignoring targets that are not watched."""
    board = board or StatusBoard()
    for outcome in outcomes:
        if outcome.target in targets:
            board = add_outcome(board, outcome, targets)
    return board


def keep_targets(
    board: StatusBoard, kept: Collection[str], targets: Mapping[str, Target]
) -> StatusBoard:
    """Return the board with only the readings from the targets in `kept`.

    `targets` holds the targets that will be probed.
    """

    def of_kept(values: Mapping[str, _V]) -> dict[str, _V]:
        return {key: value for key, value in values.items() if key in kept}

    reach = of_kept(board.reach)
    return replace(
        board,
        confirmations=of_kept(board.confirmations),
        newest=of_kept(board.newest),
        reach=reach,
        cut_off=cut_off_since(reach, targets),
    )


def target_status(board: StatusBoard, target: Target, now: datetime) -> TargetStatus | None:
    """Return the status of a target as of `now`, or None before its first reading.

    - A reading is valid for three intervals. After that, the status counts as unknown since the
      time of the reading.
    - The status is also unknown if the reading is more than three intervals in the future, because
      the clock must have been set back.
    - While the machine is cut off, every status is unknown.
    """
    judged = board.newest.get(target.key)
    if judged is None:
        return None
    if abs(now - judged.at) > READING_HOLDS * target.interval:
        return replace(judged, status=Status.UNKNOWN, cause=None, since=judged.at, stale=True)
    if board.cut_off is not None and not judged.cut_off:
        return _unknown(judged, judged.outcome, board.cut_off)
    return judged


def _updated_blind_periods(
    board: StatusBoard, at: datetime, cut_off: datetime | None, silent: datetime | None
) -> tuple[BlindPeriod, ...]:
    """Return the blind periods after a reading at `at`, which may begin or extend a period."""
    if board.cut_off is not None:
        *before, last = board.blind_periods
        return (*before, BlindPeriod(last.start, max(last.end, at)))
    if cut_off is not None:
        return (*board.blind_periods, BlindPeriod(min(silent or cut_off, cut_off), at))
    return board.blind_periods


def _known_status(confirmation: Confirmation, outcome: Outcome) -> TargetStatus:
    assert confirmation.working_streak is not None
    assert confirmation.status_streak is not None
    status = confirmation.confirmed or confirmation.status_streak.status
    return TargetStatus(
        target=outcome.target,
        at=outcome.at,
        status=status,
        cause=confirmation.cause if status is Status.DOWN else None,
        since=confirmation.since or confirmation.working_streak.since,
        outcome=outcome,
        doubtful=confirmation.doubtful,
        flapping=confirmation.flapping,
    )


def _unknown(
    before: TargetStatus | None, outcome: Outcome, cut_off: datetime | None
) -> TargetStatus:
    """Return an unknown status, for when the machine is cut off or the probe itself went wrong."""
    since = cut_off
    if since is None:
        unknown = before is not None and before.status is Status.UNKNOWN
        since = before.since if before is not None and unknown else outcome.at
    return TargetStatus(
        target=outcome.target,
        at=outcome.at,
        status=Status.UNKNOWN,
        cause=FailureCause.NETWORK,
        since=since,
        outcome=outcome,
        cut_off=cut_off is not None,
    )

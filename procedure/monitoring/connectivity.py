"""Am I connected? Whether the watching machine itself is cut off.

It is taken to be cut off when every control target has stopped answering and nobody else has
answered since. Any HTTP answer is an answer, a 503 too; a captive portal's is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from procedure.monitoring.model import FailureCause, Outcome, Target

WITNESSES = 2  # other targets that must have failed too, so that one control's fault is its own


@dataclass(frozen=True, slots=True)
class Reachability:
    """Whether a target was reached at its newest reading, and since when that is so (UTC)."""

    reached: bool
    since: datetime
    at: datetime


def reached(outcome: Outcome) -> bool:
    """Whether somebody answered for the target, be it with an error."""
    return outcome.http_status is not None and outcome.cause is not FailureCause.PORTAL


def record_answer(known: Mapping[str, Reachability], outcome: Outcome) -> dict[str, Reachability]:
    """Add a reading to what is known of every target's reach."""
    before = known.get(outcome.target)
    answers = reached(outcome)
    since = before.since if before and before.reached == answers else outcome.at
    return {**known, outcome.target: Reachability(answers, since, outcome.at)}


def cut_off_since(
    known: Mapping[str, Reachability], targets: Mapping[str, Target]
) -> datetime | None:
    """Return the instant since which the machine is cut off (UTC), None while it is connected.

    Without a control target nothing can be told, and the machine counts as connected.
    """
    controls = [key for key, target in targets.items() if target.control]
    silent = [known[key] for key in controls if key in known and not known[key].reached]
    if not controls or len(silent) < len(controls):
        return None
    since = max(one.since for one in silent)
    others = [one for key, one in known.items() if key not in controls and one.at >= since]
    needed = min(WITNESSES, len(targets) - len(controls))
    if not needed or len(others) < needed or any(one.reached for one in others):
        return None
    return since


def reference_targets(targets: Mapping[str, Target], doubted: str) -> tuple[str, ...]:
    """Name the targets to look at at once when one fails, to learn whether it is we who fail."""
    controls = tuple(key for key, target in targets.items() if target.control and key != doubted)
    if not targets[doubted].control:
        return controls
    others = sorted(
        (key for key, target in targets.items() if not target.control),
        key=lambda key: targets[key].interval,
    )
    return (*controls, *others[:WITNESSES])

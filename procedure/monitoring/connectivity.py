"""Whether the watching machine itself is cut off from the network.

It is, when every control target has stopped answering and no other target has answered since. Any
HTTP response is an answer, also a 503, except that of a captive portal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from procedure.monitoring.model import FailureCause, Outcome, Target

WITNESSES = 2  # other targets that must also fail, in case only the control target is down


@dataclass(frozen=True, slots=True)
class Reachability:
    """Whether a target was reached at its newest reading, and since when (UTC)."""

    reached: bool
    since: datetime
    at: datetime


def is_answer(outcome: Outcome) -> bool:
    """Return whether the target answered, be it with an error."""
    return outcome.http_status is not None and outcome.cause is not FailureCause.PORTAL


def record_answer(known: Mapping[str, Reachability], outcome: Outcome) -> dict[str, Reachability]:
    """Return the reachability of every target with one more outcome."""
    before = known.get(outcome.target)
    answers = is_answer(outcome)
    since = before.since if before and before.reached == answers else outcome.at
    return {**known, outcome.target: Reachability(answers, since, outcome.at)}


def cut_off_since(
    known: Mapping[str, Reachability], targets: Mapping[str, Target]
) -> datetime | None:
    """Return the instant since which the machine is cut off (UTC), or None.

    Without a control target this cannot be known, and None is returned.
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
    """Return the targets to probe at once when `doubted` fails, to tell a local fault."""
    controls = tuple(key for key, target in targets.items() if target.control and key != doubted)
    if not targets[doubted].control:
        return controls
    others = sorted(
        (key for key, target in targets.items() if not target.control),
        key=lambda key: targets[key].interval,
    )
    return (*controls, *others[:WITNESSES])

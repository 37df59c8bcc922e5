"""What a call or a ticket must say: what fails, since when, seen from where, what was checked.

Only observations go in: addresses, causes, counts of workstations and names of sites. Nothing here
knows a user or a loan, nor whose initials stand under an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from procedure.monitoring import SERVER, Outcome, Verdict
from procedure.readings import Share


@dataclass(frozen=True, slots=True)
class Look:
    """A target as one vantage sees it: the verdict shown, since when (UTC), the newest outcome."""

    vantage: str
    site: str
    verdict: Verdict
    outcome: Outcome
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A target that fails: its outcome and since when, and who sees it fail.

    The outcome and `since` are the server's where the server sees it fail, else those of a
    workstation, which knows no `since`. `workstations` counts those at which it fails.
    """

    outcome: Outcome
    since: datetime | None
    by_server: bool
    workstations: Share


@dataclass(frozen=True, slots=True)
class CallText:
    """The facts for a call at an instant (UTC), in the order in which they are asked for.

    `sites` are those of the workstations at which something fails; `answering` are targets that
    fail nowhere. `checked` are the answers given, as (step, answer).
    """

    at: datetime
    failures: tuple[Failure, ...]
    answering: tuple[str, ...]
    sites: tuple[str, ...]
    checked: tuple[tuple[str, str], ...]

    @property
    def since(self) -> datetime | None:
        """Since when anything fails, as far as it is known."""
        return min((one.since for one in self.failures if one.since is not None), default=None)


def call_text(
    looks: Iterable[Look], checked: Sequence[tuple[str, str]], *, at: datetime
) -> CallText:
    """Gather the facts from every look that is known, targets in the order of the looks."""
    by_target: dict[str, list[Look]] = {}
    for look in looks:
        if look.verdict is not Verdict.UNKNOWN:
            by_target.setdefault(look.outcome.target, []).append(look)
    failing = {key: found for key, found in by_target.items() if any(map(_fails, found))}
    away = {one.site for found in failing.values() for one in found if _fails(one) and one.site}
    return CallText(
        at=at,
        failures=tuple(_failure(found) for found in failing.values()),
        answering=tuple(key for key in by_target if key not in failing),
        sites=tuple(sorted(away)),
        checked=tuple(checked),
    )


def _failure(found: Sequence[Look]) -> Failure:
    failing = [one for one in found if _fails(one)]
    server = next((one for one in failing if _is_server(one)), None)
    told = server or failing[0]
    return Failure(
        outcome=told.outcome,
        since=told.since,
        by_server=server is not None,
        workstations=Share(
            sum(not _is_server(one) for one in failing), sum(not _is_server(one) for one in found)
        ),
    )


def _fails(look: Look) -> bool:
    return look.verdict is Verdict.DOWN


def _is_server(look: Look) -> bool:
    return look.vantage == SERVER.key

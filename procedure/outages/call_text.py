"""What a call or a ticket must say: what fails, since when, seen from where, what was checked.

Where nothing was read, it says that nothing was tested: no failure seen is no answer seen. Only
observations go in: addresses, causes, counts of workstations and names of sites. Nothing here knows
a user or a loan, nor whose initials stand under an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from procedure.diagnosis.disagreement import Share
from procedure.monitoring.model import SERVER, Outcome, Status


class SeenFrom(StrEnum):
    """What the server sees of a target; `unsure` when its newest attempt failed, unconfirmed."""

    FAILS = "fails"
    ANSWERS = "answers"
    UNSURE = "unsure"
    NOT_TESTED = "not_tested"


class WhoTested(StrEnum):
    """Who has tested a target that fails nowhere; `unsure` as in `SeenFrom`."""

    BOTH = "both"
    SERVER = "server"
    WORKSTATIONS = "workstations"
    UNSURE = "unsure"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Observation:
    """A target as one vantage sees it: the verdict shown, since when (UTC), the newest outcome.

    A verdict that is unknown, be it unread, too old or cut off, is no look at all.
    """

    vantage: str
    site: str
    verdict: Status
    outcome: Outcome
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class FailingTarget:
    """A target that fails: its outcome and since when, and who sees it fail.

    The outcome and `since` are the server's where the server sees it fail, else those of a
    workstation, which knows no `since`. `workstations` counts those at which it fails, of those
    that have tested it.
    """

    outcome: Outcome
    since: datetime | None
    server: SeenFrom
    workstations: Share


@dataclass(frozen=True, slots=True)
class CallFacts:
    """The facts for a call at an instant (UTC), in the order in which they are asked for.

    `sites` are those of the workstations at which something fails; `others` are the targets that
    fail nowhere, by who has tested them. `checked` are the answers given, as (step, answer).
    """

    at: datetime
    failures: tuple[FailingTarget, ...]
    others: Mapping[WhoTested, tuple[str, ...]]
    sites: tuple[str, ...]
    checked: tuple[tuple[str, str], ...]

    @property
    def since(self) -> datetime | None:
        """Since when anything fails, as far as it is known."""
        return min((one.since for one in self.failures if one.since is not None), default=None)

    @property
    def is_empty(self) -> bool:
        """Whether nobody has tested or answered anything."""
        return not (self.failures or self.checked or {*self.others} - {WhoTested.NOBODY})


def call_facts(
    looks: Iterable[Observation],
    checked: Sequence[tuple[str, str]],
    *,
    at: datetime,
    targets: Iterable[str] = (),
) -> CallFacts:
    """Gather the facts from every look that is known, in the order of `targets`, all there are."""
    by_target: dict[str, list[Observation]] = {key: [] for key in targets}
    for look in looks:
        if look.verdict is not Status.UNKNOWN:
            by_target.setdefault(look.outcome.target, []).append(look)
    failing = {key: found for key, found in by_target.items() if any(map(_fails, found))}
    away = {one.site for found in failing.values() for one in found if _fails(one) and one.site}
    return CallFacts(
        at=at,
        failures=tuple(_failure(found) for found in failing.values()),
        others=_others({key: one for key, one in by_target.items() if key not in failing}),
        sites=tuple(sorted(away)),
        checked=tuple(checked),
    )


def _failure(found: Sequence[Observation]) -> FailingTarget:
    failing = [one for one in found if _fails(one)]
    server = next((one for one in failing if _is_server(one)), None)
    told = server or failing[0]
    return FailingTarget(
        outcome=told.outcome,
        since=told.since,
        server=_seen_by_server(found),
        workstations=Share(
            sum(not _is_server(one) for one in failing), sum(not _is_server(one) for one in found)
        ),
    )


def _others(found: Mapping[str, Sequence[Observation]]) -> dict[WhoTested, tuple[str, ...]]:
    by_tested = {key: _tested(looks) for key, looks in found.items()}
    groups = {one: tuple(key for key in found if by_tested[key] is one) for one in WhoTested}
    return {one: keys for one, keys in groups.items() if keys}


def _tested(looks: Sequence[Observation]) -> WhoTested:
    server, away = _seen_by_server(looks), any(not _is_server(one) for one in looks)
    if server is SeenFrom.UNSURE:
        return WhoTested.UNSURE
    if server is SeenFrom.NOT_TESTED:
        return WhoTested.WORKSTATIONS if away else WhoTested.NOBODY
    return WhoTested.BOTH if away else WhoTested.SERVER


def _seen_by_server(looks: Sequence[Observation]) -> SeenFrom:
    look = next((one for one in looks if _is_server(one)), None)
    if look is None:
        return SeenFrom.NOT_TESTED
    if _fails(look):
        return SeenFrom.FAILS
    return SeenFrom.UNSURE if look.outcome.verdict is Status.DOWN else SeenFrom.ANSWERS


def _fails(look: Observation) -> bool:
    return look.verdict is Status.DOWN


def _is_server(look: Observation) -> bool:
    return look.vantage == SERVER.key

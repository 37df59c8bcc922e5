"""The facts for a call or a ticket: what fails, since when, from where, and what was checked.

What was not read is listed as not tested. Only observations are included: addresses, causes,
counts of workstations and names of sites, never a user, a loan or initials.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from procedure.diagnosis.disagreement import Share
from procedure.monitoring.model import SERVER, Outcome, Status


class SeenFrom(StrEnum):
    """The server's view of a target; `unsure` when its newest attempt failed, unconfirmed."""

    FAILS = "fails"
    ANSWERS = "answers"
    UNSURE = "unsure"
    NOT_TESTED = "not_tested"


class WhoTested(StrEnum):
    """Who tested a target that fails nowhere; `unsure` as in `SeenFrom`."""

    BOTH = "both"
    SERVER = "server"
    WORKSTATIONS = "workstations"
    UNSURE = "unsure"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Observation:
    """A target as seen from one vantage: the status shown, since when (UTC), the newest outcome.

    A status that is unknown, stale or cut off does not count as an observation.
    """

    vantage: str
    site: str
    status: Status
    outcome: Outcome
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class FailingTarget:
    """A target that fails: its outcome and since when, and where it fails.

    The outcome and `since` are the server's if it fails there, otherwise a workstation's, without
    `since`. `workstations` counts those at which it fails, of those that tested it.
    """

    outcome: Outcome
    since: datetime | None
    server: SeenFrom
    workstations: Share


@dataclass(frozen=True, slots=True)
class CallFacts:
    """The facts for a call at an instant (UTC), in the order in which they are asked for.

    `sites` are those of the workstations at which something fails; `others` are the targets that
    fail nowhere, by who tested them. `checked` are the answers given, as (step, answer).
    """

    at: datetime
    failures: tuple[FailingTarget, ...]
    others: Mapping[WhoTested, tuple[str, ...]]
    sites: tuple[str, ...]
    checked: tuple[tuple[str, str], ...]

    @property
    def since(self) -> datetime | None:
        """Since when anything fails, as far as known (UTC)."""
        return min(
            (failure.since for failure in self.failures if failure.since is not None), default=None
        )

    @property
    def is_empty(self) -> bool:
        """Whether nobody has tested or answered anything."""
        return not (self.failures or self.checked or {*self.others} - {WhoTested.NOBODY})


def call_facts(
    observations: Iterable[Observation],
    checked: Sequence[tuple[str, str]],
    *,
    at: datetime,
    targets: Iterable[str] = (),
) -> CallFacts:
    """Return the facts of all known observations, by target in the order of `targets`."""
    by_target: dict[str, list[Observation]] = {key: [] for key in targets}
    for observation in observations:
        if observation.status is not Status.UNKNOWN:
            by_target.setdefault(observation.outcome.target, []).append(observation)
    failing = {key: seen for key, seen in by_target.items() if any(map(_fails, seen))}
    failing_sites = {
        item.site for seen in failing.values() for item in seen if _fails(item) and item.site
    }
    return CallFacts(
        at=at,
        failures=tuple(_failure(seen) for seen in failing.values()),
        others=_others({key: item for key, item in by_target.items() if key not in failing}),
        sites=tuple(sorted(failing_sites)),
        checked=tuple(checked),
    )


def _failure(observations: Sequence[Observation]) -> FailingTarget:
    failing = [observation for observation in observations if _fails(observation)]
    shown = next(filter(_is_server, failing), failing[0])
    return FailingTarget(
        outcome=shown.outcome,
        since=shown.since,
        server=_server_view(observations),
        workstations=Share(
            len(failing) - sum(map(_is_server, failing)),
            len(observations) - sum(map(_is_server, observations)),
        ),
    )


def _others(by_target: Mapping[str, Sequence[Observation]]) -> dict[WhoTested, tuple[str, ...]]:
    by_tested = {key: _tested_by(observations) for key, observations in by_target.items()}
    groups = {
        tested: tuple(key for key in by_target if by_tested[key] is tested) for tested in WhoTested
    }
    return {tested: keys for tested, keys in groups.items() if keys}


def _tested_by(observations: Sequence[Observation]) -> WhoTested:
    server, by_workstation = _server_view(observations), not all(map(_is_server, observations))
    if server is SeenFrom.UNSURE:
        return WhoTested.UNSURE
    if server is SeenFrom.NOT_TESTED:
        return WhoTested.WORKSTATIONS if by_workstation else WhoTested.NOBODY
    return WhoTested.BOTH if by_workstation else WhoTested.SERVER


def _server_view(observations: Sequence[Observation]) -> SeenFrom:
    observation = next(filter(_is_server, observations), None)
    if observation is None:
        return SeenFrom.NOT_TESTED
    if _fails(observation):
        return SeenFrom.FAILS
    return SeenFrom.UNSURE if observation.outcome.status is Status.DOWN else SeenFrom.ANSWERS


def _fails(observation: Observation) -> bool:
    return observation.status is Status.DOWN


def _is_server(observation: Observation) -> bool:
    return observation.vantage == SERVER.key

"""Observations made by the server's probes and by workstations, or read on status pages."""

from dataclasses import dataclass, field
from datetime import datetime

from dashboard.core.probe_watch import FeedWatch, NoFeeds, ProbeWatch
from procedure.diagnosis.rules import FaultLocation
from procedure.diagnosis.suspected_outage import ConditionSince, update_condition
from procedure.monitoring.recent import RecentStates
from procedure.monitoring.workstation_registry import WorkstationRegistry
from procedure.outages.ninety_days import NinetyDays


class RecentPast:
    """Results computed from past observations, which all pages share.

    states: the states of each target over the last few days.
    ninety_days: the newest figures for the last ninety days, or None until they are computed.
    condition: whether the diagnosis shows trouble, and since when (UTC); None before the first
        diagnosis.
    """

    def __init__(self, states: RecentStates) -> None:
        self.states = states
        self.ninety_days: NinetyDays | None = None
        self.condition: ConditionSince | None = None

    def note_fault(self, fault: FaultLocation, now: datetime) -> None:
        """Update the condition after a diagnosis."""
        self.condition = update_condition(self.condition, fault, now)


@dataclass(frozen=True, slots=True)
class Watches:
    """The sources of observations.

    probes: the outcomes of the server's probes.
    recent: the results computed from past observations.
    workstations: the workstations that have a page open, and the newest outcomes of each.
    pages: the readings of status pages.
    """

    probes: ProbeWatch
    recent: RecentPast
    workstations: WorkstationRegistry
    pages: FeedWatch = field(default_factory=NoFeeds)

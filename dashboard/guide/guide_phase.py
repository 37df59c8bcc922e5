"""The phase of the guide: asking questions, still lending, looking back, or calm."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import param

from dashboard.core.change_counters import ChangeCounters
from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.state import State, keep_failure, needs
from dashboard.guide.guide import Guide
from dashboard.guide.suggested_path import SuggestedPath
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.grid import ProbeGrid
from dashboard.outage.lately import LATELY
from dashboard.outage.outage import OutageState
from procedure.diagnosis.evidence import roles_of
from procedure.monitoring.downtime import WORKING, Downtime


class GuideMode(StrEnum):
    """The phases of the guide at a desk, from most to least urgent."""

    ASK = "ask"  # something fails, or somebody opened the procedure
    LEND_ON = "lend_on"  # Alma answers, but nobody has ended the declared outage
    LENT = "lent"  # after an undeclared outage, with loans or returns since it began
    CALM = "calm"


@dataclass(frozen=True, slots=True)
class Lent:
    """The numbers of loans and returns since an outage began."""

    loans: int = 0
    returns: int = 0


class GuidePhase(State):
    """The phase of the guide on a page, and the loans since the outage began.

    A desk sees only its own loans; a coordinator sees the loans of all desks.
    """

    suggested_path = needs(SuggestedPath)
    outage = needs(OutageState)
    # The two states above also hold these parts, but Param must watch each part separately.
    guide = needs(Guide)
    grid = needs(ProbeGrid)
    diagnosis = needs(DiagnosisState)
    session = needs(Session)
    updates = needs(ChangeCounters)
    phase = param.Selector(
        default=GuideMode.CALM, objects=list(GuideMode), doc="The phase of the guide."
    )
    since = param.ClassSelector(
        class_=datetime, doc="The time (UTC) at which Alma began to answer again, or None."
    )
    downtime = param.ClassSelector(
        class_=Downtime,
        doc="Alma's last downtime, if it ended recently and nobody declared an outage.",
    )
    lent = param.ClassSelector(
        default=Lent(),
        class_=Lent,
        doc="The loans and returns since the outage or downtime began; none until Alma answers.",
    )

    def __init__(self, *, suggested_path: SuggestedPath, outage: OutageState, **_: object) -> None:
        guide = suggested_path.guide
        super().__init__(
            suggested_path=suggested_path,
            outage=outage,
            guide=guide,
            grid=guide.grid,
            diagnosis=suggested_path.diagnosis,
            session=guide.session,
            updates=guide.updates,
        )
        self._set_phase()

    @property
    def context(self) -> AppContext:
        return self.suggested_path.context

    @property
    def sees_all_desks(self) -> bool:
        """Whether the person sees the loans of every desk."""
        return self.outage.coordinates

    @param.depends(
        "grid.state",
        "grid.last_outage",
        "guide.is_open",
        "updates.journal",
        "diagnosis.result",
        "session.desk",
        "outage.record",
        "outage.over",
        "outage.to_bring",
        "outage.well_since",
        watch=True,
    )
    @keep_failure
    def _set_phase(self) -> None:
        downtime, record = self._undeclared(), self.outage.record
        begun = record.declared.begun if record else downtime and downtime.start
        lent = self._lent_since(begun) if begun and self._answers else Lent()
        self.set(
            phase=self._phase(lent if downtime else Lent()),
            since=downtime.end if downtime else self.outage.well_since or self._answers_since(),
            downtime=downtime,
            lent=lent,
        )

    def _phase(self, lent: Lent) -> GuideMode:
        if self.outage.record is not None and self._answers:
            return GuideMode.LEND_ON
        is_transferred = self.outage.to_bring == 0
        if self._answers and lent != Lent() and not is_transferred and not self._is_opened:
            return GuideMode.LENT
        is_quiet = self.suggested_path.is_quiet
        return GuideMode.ASK if self._is_opened or not is_quiet else GuideMode.CALM

    @property
    def _answers(self) -> bool:
        """Whether Alma answers, even if a status page still announces an incident."""
        is_announced = self.diagnosis.result.rule == "announced_unseen"
        return self.suggested_path.is_quiet or (self.guide.all_well and is_announced)

    @property
    def _is_opened(self) -> bool:
        """Whether somebody has opened the procedure since Alma began to answer again."""
        last = self.grid.last_outage
        answers_since = last.end if last else None
        is_new = answers_since is None or self.guide.moved_at > answers_since
        return self.guide.is_open and is_new

    def _undeclared(self) -> Downtime | None:
        """Return Alma's last downtime, if it ended recently and no outage was declared."""
        downtime, now = self.grid.last_outage, self.context.clock.now()
        if downtime is None or downtime.end is None or now - downtime.end > LATELY:
            return None
        for record in self.context.folds.outages.records():
            ended = record.over.ended if record.over else now
            if record.declared.begun <= downtime.end and downtime.start <= ended:
                return None
        return downtime

    def _answers_since(self) -> datetime | None:
        """Return the time since which every way into Alma that works now has worked, or None."""
        ways_in = roles_of(self.context.handbook.current.targets.values()).ways_in
        cells = [
            cell for cell in self.grid.cells if cell.target in ways_in and cell.status in WORKING
        ]
        return max((cell.since for cell in cells if cell.since), default=None)

    def _lent_since(self, begun: datetime) -> Lent:
        log, desk = self.context.folds.loan_log, self.session.desk
        loans = log.count_lent(begun, desk=None if self.sees_all_desks else desk)
        returns = [
            returned
            for returned in log.returns()
            if returned.at >= begun and (self.sees_all_desks or returned.desk == desk)
        ]
        return Lent(loans, len(returns))

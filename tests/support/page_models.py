"""Models of a page over a context, as one workstation has them."""

from __future__ import annotations

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.grid import ProbeGrid
from dashboard.monitoring.workstations import Workstations
from dashboard.outage.outage import OutageState


def outage_of(context: AppContext, session: Session) -> OutageState:
    diagnosis = DiagnosisState(context=context, session=session, grid=ProbeGrid(context=context))
    return OutageState(context=context, session=session, diagnosis=diagnosis)


def workstations_of(
    context: AppContext, workstation: str = "pc-1", desk: str = "MAIL", *, vdi: bool = False
) -> Workstations:
    session, grid = Session(workstation=workstation, desk=desk, vdi=vdi), ProbeGrid(context=context)
    diagnosis = DiagnosisState(context=context, session=session, grid=grid)
    return Workstations(grid=grid, diagnosis=diagnosis)


def record_round(diagnosis: DiagnosisState, *, alma: bool) -> None:
    """Record that this workstation's browser asked Alma and, with success, another page."""
    results = [{"target": key, "answered": alma, "ms": 50} for key in ("alma-saml", "alma-secours")]
    diagnosis.record_round([*results, {"target": "switch", "answered": True, "ms": 20}], 0)

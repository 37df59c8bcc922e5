"""Models of one workstation's page."""

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.guide.calm_view import CalmView
from dashboard.guide.guide import Guide
from dashboard.guide.guide_phase import GuidePhase
from dashboard.guide.status_bar import StatusBar
from dashboard.guide.suggested_path import SuggestedPath
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.grid import ProbeGrid
from dashboard.monitoring.workstations import Workstations
from dashboard.outage.outage import OutageState
from dashboard.translations import language


def outage_of(context: AppContext, session: Session) -> OutageState:
    session.name_signer(session.signer or "LM")
    diagnosis = DiagnosisState(context=context, session=session, grid=ProbeGrid(context=context))
    return OutageState(context=context, session=session, diagnosis=diagnosis)


def workstations_of(
    context: AppContext, workstation: str = "pc-1", desk: str = "MAIL", *, vdi: bool = False
) -> Workstations:
    session, grid = Session(workstation=workstation, desk=desk, vdi=vdi), ProbeGrid(context=context)
    diagnosis = DiagnosisState(context=context, session=session, grid=grid)
    return Workstations(grid=grid, diagnosis=diagnosis)


def guide_phase(workstations: Workstations, guide: Guide) -> GuidePhase:
    diagnosis = workstations.diagnosis
    session = diagnosis.session
    outage = OutageState(context=workstations.context, session=session, diagnosis=diagnosis)
    path = SuggestedPath(guide=guide, diagnosis=diagnosis)
    return GuidePhase(suggested_path=path, outage=outage)


def calm_view(workstations: Workstations, guide: Guide, code: str = "fr") -> CalmView:
    phase = guide_phase(workstations, guide)
    return CalmView(guide_phase=phase, workstations=workstations, language=language(code))


def status_bar(workstations: Workstations, guide: Guide, code: str = "fr") -> StatusBar:
    return StatusBar(guide_phase=guide_phase(workstations, guide), language=language(code))


def record_round(diagnosis: DiagnosisState, *, alma: bool) -> None:
    """Record a round of a browser's probes: "switch" answers; Alma's targets answer if `alma`."""
    results = [{"target": key, "answered": alma, "ms": 50} for key in ("alma-saml", "alma-secours")]
    diagnosis.record_round([*results, {"target": "switch", "answered": True, "ms": 20}], 0)

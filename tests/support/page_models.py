"""Models of a page over a context, as one workstation has them."""

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.guide.all_clear_view import AllClearView
from dashboard.guide.guide import Guide
from dashboard.guide.status_bar import StatusBar
from dashboard.guide.suggested_path import SuggestedPath
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.grid import ProbeGrid
from dashboard.monitoring.workstations import Workstations
from dashboard.outage.outage import OutageState
from dashboard.outage.planned_work import PlannedWork
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


def all_clear(workstations: Workstations, guide: Guide, code: str = "fr") -> AllClearView:
    work = PlannedWork(diagnosis=workstations.diagnosis)
    return AllClearView(
        workstations=workstations, planned_work=work, guide=guide, language=language(code)
    )


def status_bar(workstations: Workstations, guide: Guide, code: str = "fr") -> StatusBar:
    diagnosis = workstations.diagnosis
    session = diagnosis.session
    outage = OutageState(context=workstations.context, session=session, diagnosis=diagnosis)
    path = SuggestedPath(guide=guide, diagnosis=diagnosis)
    return StatusBar(suggested_path=path, outage=outage, language=language(code))


def record_round(diagnosis: DiagnosisState, *, alma: bool) -> None:
    """Record that this workstation's browser asked Alma and, with success, another page."""
    results = [{"target": key, "answered": alma, "ms": 50} for key in ("alma-saml", "alma-secours")]
    diagnosis.record_round([*results, {"target": "switch", "answered": True, "ms": 20}], 0)

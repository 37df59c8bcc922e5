"""Staff record what the status pages say, all at once or page by page."""

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.grid import ProbeGrid
from dashboard.monitoring.status_pages_text import record_nothing_announced, record_status
from procedure.status_pages.reading_validity import PageStatusReadByStaff


def readings(context: AppContext) -> list[tuple[str, str]]:
    entries = (record.entry for record in context.store.journal.since())
    return [
        (entry.target, entry.word) for entry in entries if isinstance(entry, PageStatusReadByStaff)
    ]


def test_record_nothing_announced_for_each_unread_page(
    context: AppContext,
) -> None:
    diagnosis = DiagnosisState(
        context=context, session=Session(workstation="pc-1"), grid=ProbeGrid(context=context)
    )
    record_status(diagnosis, "slsp-psi/incident")
    record_nothing_announced(diagnosis, "etats-unige slsp-psi exlibris-status alma-saml unknown")
    assert readings(context) == [
        ("slsp-psi", "incident"),
        ("etats-unige", "ok"),
        ("exlibris-status", "ok"),
    ]
    record_nothing_announced(diagnosis, "etats-unige")
    assert len(readings(context)) == 3

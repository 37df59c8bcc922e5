"""The values of « Et chez vous ? »: its two buttons, and this workstation's report."""

from collections.abc import Mapping
from typing import Any

from dashboard.monitoring.workstations import Workstations


def report_values(workstations: Workstations) -> dict[str, Any]:
    """Return the template's values: the report made here, and how many others report a failure."""
    report = workstations.diagnosis.reported_here
    return {
        "said": report,
        "denied": sum(not other.works for other in workstations.reports if other != report),
    }


def add_word(workstations: Workstations, fields: Mapping[str, str]) -> None:
    """Repeat this workstation's report, with a few words on the failure."""
    report = workstations.diagnosis.reported_here
    if report is not None:
        workstations.diagnosis.report(works=report.works, about=fields.get("about", ""))

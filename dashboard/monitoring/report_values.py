"""The values for the panel « Et chez vous ? »: reports from this workstation and from others."""

from collections.abc import Mapping
from typing import Any

from dashboard.monitoring.workstations import Workstations


def report_values(workstations: Workstations) -> dict[str, Any]:
    """Return this workstation's report, and the number of failures reported elsewhere."""
    report = workstations.diagnosis.reported_here
    return {
        "said": report,
        "denied": sum(not other.works for other in workstations.reports if other != report),
    }


def add_word(workstations: Workstations, fields: Mapping[str, str]) -> None:
    """Repeat this workstation's report, adding a description of the failure."""
    report = workstations.diagnosis.reported_here
    if report is not None:
        workstations.diagnosis.report(works=report.works, about=fields.get("about", ""))

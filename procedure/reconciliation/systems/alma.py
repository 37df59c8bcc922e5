"""Ex Libris Alma: offline circulation file, job report, REST API."""

from __future__ import annotations

from procedure.circulation.offline_files.alma_file import AlmaFile
from procedure.circulation.offline_files.alma_layout import Layout
from procedure.reconciliation.checklist import POINTS
from procedure.reconciliation.job_report import read_job_report
from procedure.reconciliation.systems.library_system import LibrarySystem


def alma(layout: Layout) -> LibrarySystem:
    """Return Alma, with the layout of the library's offline file."""
    return LibrarySystem(
        "alma", AlmaFile(layout), POINTS, read_report=read_job_report, has_api=True
    )

"""Alma's job reports: parsed, matched with their files, then recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import param

from dashboard.core.state import needs
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from procedure.circulation.transactions import Export
from procedure.reconciliation.job_report import (
    JobReport,
    MatchedReport,
    match_report,
    names_another,
    read_job_report,
    report_entry,
)


@dataclass(frozen=True, slots=True)
class PendingReport:
    """A parsed report that is not recorded yet; `export` is the file it probably belongs to."""

    text: str
    report: JobReport
    export: Export | None = None
    matched: MatchedReport | None = None

    @property
    def is_complete(self) -> bool:
        """Whether the report is matched with a file and agrees with that file."""
        return self.matched is not None and not self.matched.missing

    @property
    def is_ready(self) -> bool:
        """Whether the report can be recorded: it is matched, and belongs to no other file."""
        return self.matched is not None and not self.matched.is_of_another


class JobReports(param.Parameterized):
    """The parsed reports, which are recorded only on confirmation."""

    progress = needs(ReconciliationProgress)
    pending = param.ClassSelector(
        class_=tuple,
        default=tuple[PendingReport, ...](),
        doc="A `PendingReport` for each report that has not been recorded yet.",
    )
    recorded = param.Integer(
        default=0, doc="The number of reports recorded since the page was opened."
    )

    def read(self, texts: Sequence[str]) -> None:
        """Parse reports, and match each with its file if that is possible."""
        if self.progress.require().handbook.library_system.read_report is None:
            return
        self.progress.ledger.extend()
        pending: list[PendingReport] = []
        for text in texts:
            if text.strip():
                assigned = {report.export.id for report in pending if report.export is not None}
                pending.append(self._pending(text, assigned))
        self.pending = tuple(pending)

    def assign(self, number: int, export: UUID | None) -> None:
        if 0 <= number < len(self.pending):
            report = self.pending[number]
            file = self._files().get(export) if export else None
            assigned = (
                self._match(report, file) if file else PendingReport(report.text, report.report)
            )
            self.pending = (*self.pending[:number], assigned, *self.pending[number + 1 :])

    def record(self) -> int:
        """Record the reports that are ready, and return how many there were.

        Raises:
            JournalUnwritable, NotAllowed: no report was recorded.
        """
        context = self.progress.require()
        by = {"at": context.clock.now(), **self.progress.recorded_by}
        entries = [
            report_entry(report.text, report.report, report.matched, report.export, **by)
            for report in self.pending
            if report.is_ready and report.export and report.matched
        ]
        if entries:
            context.store.journal.append(*entries)
        left = tuple(report for report in self.pending if not report.is_ready)
        self.param.update(pending=left, recorded=self.recorded + len(entries))
        self.progress.update()
        return len(entries)

    def discard(self) -> None:
        self.pending = ()

    @property
    def awaited(self) -> list[Export]:
        """The files that have no recorded report, in the order in which they were written."""
        reports = self.progress.ledger.reconciled.reports
        return [file for file in self._files().values() if file.id not in reports]

    def _files(self) -> dict[UUID, Export]:
        return {export.id: export for export in self.progress.ledger.reconciled.log.exports}

    def _pending(self, text: str, assigned: set[UUID]) -> PendingReport:
        read = self.progress.context.handbook.library_system.read_report or read_job_report
        pending = PendingReport(text, read(text))
        by_name = [file for file in self._files().values() if file.name in text]
        if len(by_name) == 1:
            return self._match(pending, by_name[0])
        matches = [self._match(pending, file) for file in self.awaited if file.id not in assigned]
        # Reports without failures look alike: assume that they are in the order of the files.
        if complete := [match for match in matches if match.is_complete]:
            return complete[0]
        possible = [match for match in matches if match.is_ready]
        return possible[0] if len(possible) == 1 else pending

    def _match(self, pending: PendingReport, export: Export) -> PendingReport:
        lines = self.progress.ledger.reconciled.log.lines_of(export)
        matched = match_report(pending.report, lines)
        if names_another(pending.text, export, self._files().values()):
            matched = replace(matched, is_of_another=True)
        return PendingReport(pending.text, pending.report, export, matched)

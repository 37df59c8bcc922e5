"""Uploads a drill's files to its stand-ins for the library system."""

from dataclasses import dataclass

from dashboard.core.context import AppContext
from procedure.circulation.transactions import Export
from procedure.reconciliation.corrections import EntryFields, mark_uploaded
from procedure.reconciliation.job_report import match_report, report_entry
from procedure.reconciliation.offline_file_export import rewritten
from procedure.reconciliation.reconciliation_log import KINDS, ReconciliationLog
from procedure.reconciliation.systems.screen_report import refused_on_screen
from procedure.simulation.alma.server import FakeAlma
from procedure.simulation.koha import FakeKoha


@dataclass(frozen=True, slots=True)
class DrillUpload:
    """Uploads files to the stand-ins of a drill, as `operator`."""

    context: AppContext
    alma: FakeAlma
    koha: FakeKoha
    operator: str

    def upload(self, export: Export) -> None:
        """Upload a file; record the system's report or, without one, the refusals on its screen."""
        if self.context.handbook.library_system.read_report is None:
            self._process(export)
        else:
            self._read_report(export)

    def _read_report(self, export: Export) -> None:
        context, log = self.context, self._log()
        read = context.handbook.library_system.read_report
        assert read is not None
        text = self.alma.upload(export.desk, rewritten(log.log, export), export.name)
        job = read(text)
        matched = match_report(job, log.log.lines_of(export))
        by = {"workstation": self.operator, "operator": self.operator}
        context.store.journal.append(
            report_entry(text, job, matched, export, at=context.clock.now(), **by)
        )

    def _process(self, export: Export) -> None:
        log = self._log()
        lines = self.koha.process(rewritten(log.log, export))
        refused = {(line.row.item, line.row.patron): line.refused for line in lines if line.refused}
        self.context.store.journal.append(mark_uploaded(export, **self._by()))
        for row in log.rows_of(export):
            reason = refused.get((row.corrected.item, row.corrected.patron))
            if reason is not None:
                entry = refused_on_screen(self._log(), row.loan.id, reason, **self._by())
                self.context.store.journal.append(entry)

    def _by(self) -> EntryFields:
        clock = self.context.clock
        return {"entry_id": clock.new_id(), "at": clock.now(), "operator": self.operator}

    def _log(self) -> ReconciliationLog:
        return ReconciliationLog(self.context.store.journal.since(kinds=KINDS))

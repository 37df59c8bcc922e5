"""The form where staff paste or drop Alma's job reports."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

import panel as pn
import param

from dashboard.core.state import needs
from dashboard.reconciliation.alma_actions import AlmaChecks
from dashboard.reconciliation.base_view import Actions, StepView
from dashboard.reconciliation.job_reports import JobReports, PendingReport
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.ui.file_drop import Dropped, drop_zone
from dashboard.ui.view import WIDE
from procedure.reconciliation.overview import ReconciliationOverview


class JobReportsView(StepView):
    """The form for job reports, and the parsed reports to confirm."""

    step = "send"

    reports = needs(JobReports)

    def __init__(self, *, progress: ReconciliationProgress, **params: object) -> None:
        super().__init__(progress=progress, **params)
        self._checks = AlmaChecks(progress=progress)
        drop = drop_zone(
            self._drop,
            self.language,
            self.language.say("… ou déposez les rapports enregistrés, plusieurs à la fois"),
            accept=".txt,.csv,.html,.log",
            multiple=True,
        )
        self._view = pn.Column(
            pn.Column(
                self._view,
                drop,
                css_classes=["panel", "panel--flush", "reconciliation-box"],
                **WIDE,
            ),
            visible=self._is_awaited,
            css_classes=["reconciliation-part"],
            **WIDE,
        )

    @param.depends("progress.overview", "progress.step")
    def _is_awaited(self) -> bool:
        overview = self.progress.overview
        return self._is_shown() and overview is not None and bool(overview.files)

    def _drop(self, files: Sequence[Dropped]) -> None:
        texts = [content.decode("utf-8", "replace") for _, content in files]
        self.attempt(lambda: self.reports.read(texts))

    @param.depends("reports.pending", "reports.recorded")
    def draw(self, overview: ReconciliationOverview) -> str:
        pending = self.reports.pending
        return self._render(
            "job_reports",
            awaited=self.reports.awaited,
            exports=[file.export for file in overview.files],
            drafts=pending,
            missing=[list(self._missing(report)) for report in pending],
            ready=sum(report.is_ready for report in pending),
            turn=self.reports.recorded,
        )

    def _missing(self, pending: PendingReport) -> Iterator[str]:
        say, plural = self.language.say, self.language.plural
        report, matched = pending.report, pending.matched
        if pending.export is None or matched is None:
            yield say("Choisissez le fichier de ce rapport.")
            return
        if matched.is_of_another:
            yield say("Ce rapport est celui d’un autre fichier : choisissez-le.")
        rows = len(pending.export.loans) + len(pending.export.returns)
        listed = len(report.complaints) + report.strange
        if report.succeeded is None or report.failed is None:
            yield say("Pas de comptes : copiez aussi les premières lignes du rapport.")
        elif report.succeeded + report.failed != rows:
            counts = {"counted": report.succeeded + report.failed, "rows": rows}
            yield say(
                "{counted} lignes au rapport, {rows} au fichier : est-ce le bon fichier ?", **counts
            )
        if report.failed is not None and report.failed != listed:
            counts = {"failed": report.failed, "listed": listed}
            yield say(
                "{failed} refus comptés, {listed} dans la liste : copiez-la en entier.", **counts
            )
        if matched.unplaced:
            yield plural(
                "{count} message ne va à aucune ligne du fichier.",
                "{count} messages ne vont à aucune ligne du fichier.",
                matched.unplaced,
            )
        if report.strange:
            yield plural(
                "{count} message inconnu : la preuve dira de quelle ligne il parle.",
                "{count} messages inconnus : la preuve dira de quelles lignes ils parlent.",
                report.strange,
            )

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        reports, export = self.reports, fields.get("export", "")
        return {
            "read": lambda: reports.read([fields.get("text", "")]),
            "assign": lambda: reports.assign(int(value), UUID(export) if export else None),
            "take": self._take,
            "drop": reports.discard,
        }

    def _take(self) -> None:
        """Record the reports, go to the next step and, if possible, start the verification."""
        self.reports.record()
        if self.progress.context.alma.reads:
            self._checks.verify()
        self.progress.go_on()

"""The check before the upload, which forecasts Alma's report."""

from collections.abc import Mapping

import param

from dashboard.core.state import needs
from dashboard.reconciliation.alma_actions import AlmaChecks
from dashboard.reconciliation.base_view import Actions, StepView
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.reconciliation_text import forecasts, stops
from dashboard.reconciliation.rows import RowFilter
from dashboard.translations import Language
from dashboard.ui.templating import render
from procedure.reconciliation.forecast import NOT_CHECKED, UNHINDERED, unasked
from procedure.reconciliation.overview import ReconciliationOverview

EASY = (*UNHINDERED, "due_at_risk")


class PreflightView(StepView):
    """The forecasts by kind; clicking a kind shows its rows."""

    step = "preflight"

    rows = needs(RowFilter)

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        self._checks = AlmaChecks(progress=self.progress)

    @param.depends("progress.job")
    def draw(self, overview: ReconciliationOverview) -> str:
        """Draw the kinds of forecast: the easy kinds, then the kinds that need attention.

        Rows that were not checked come last. Within each group, larger counts come first.
        """
        kinds, job, texts = overview.forecast, self.progress.job, forecasts(self.language)
        order = sorted(
            kinds, key=lambda kind: (kind not in EASY, kind == NOT_CHECKED, -kinds[kind])
        )
        return self._render(
            "preflight",
            total=overview.to_upload,
            unchecked=unasked(kinds),
            kinds=[(kind, texts[kind], kinds[kind], _chip(kind)) for kind in order],
            easy=UNHINDERED,
            asks=self.progress.context.alma.reads,
            running=job is not None and job.running,
            job=job_html(self.progress, "preflight", self.language),
        )

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        del fields
        return {
            "preflight": self._checks.preflight,
            "stop": self._checks.stop,
            "rows": lambda: self.rows.show(value),
        }


def _chip(kind: str) -> str:
    if kind == NOT_CHECKED:
        return "unknown"
    return "up" if kind in UNHINDERED else "slow"


def job_html(progress: ReconciliationProgress, kind: str, language: Language) -> str:
    """Return the HTML of the running job, or of the last job if it was of this kind."""
    job = progress.job
    visible_job = job if job is not None and (job.running or job.kind == kind) else None
    return render("reconciliation/job_progress", language, job=visible_job, stops=stops(language))

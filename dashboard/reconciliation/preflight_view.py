"""Before the upload: what Alma's report will say, asked of Alma in a job that may be stopped."""

from __future__ import annotations

import panel as pn
from panel.viewable import Viewer

from dashboard.reconciliation.alma_checks import AlmaChecks
from dashboard.reconciliation.alma_job import AlmaJob
from dashboard.reconciliation.feedback import try_reconciliation
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.rows import RowFilter
from dashboard.reconciliation.texts import forecasts, stops
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from procedure.reconciliation.forecast import NOT_CHECKED
from procedure.reconciliation.overview import EASY, ReconciliationOverview


class PreflightView(Viewer):
    """One line a kind of answer; the rows of a kind are one press away."""

    def __init__(self, way: ReconciliationProgress, rows: RowFilter, language: Language) -> None:
        super().__init__()
        self._way, self._rows, self._language = way, rows, language
        self._checks = AlmaChecks(way=way)
        self._words = forecasts(language)
        shown = way.param
        self._pane = LiveHTML(
            pn.bind(self._html, shown.now, shown.step, shown.job),
            self._act,
            css_classes=["way-part"],
            visible=way.param.step.rx().rx.pipe(lambda step: step == "preflight"),
        )

    def __panel__(self) -> LiveHTML:
        return self._pane

    def _html(self, now: ReconciliationOverview | None, step: str, job: AlmaJob | None) -> str:
        if now is None or step != "preflight":
            return ""
        kinds = now.forecast
        order = sorted(
            kinds, key=lambda kind: (kind not in EASY, kind == NOT_CHECKED, -kinds[kind])
        )
        return render(
            "reconciliation/preflight",
            self._language,
            total=now.to_upload,
            unchecked=kinds[NOT_CHECKED],
            kinds=[(kind, self._words[kind], kinds[kind], _look(kind)) for kind in order],
            easy=EASY[:2],
            asks=self._way.context.alma.reads,
            running=job is not None and job.running,
            job=job_html(self._way, "preflight", self._language),
        )

    def _act(self, act: str, value: str) -> None:
        if act == "preflight":
            try_reconciliation(self._checks.preflight, self._language)
        elif act == "stop":
            try_reconciliation(self._checks.stop, self._language)
        elif act == "rows":
            self._rows.show(value)


def _look(kind: str) -> str:
    if kind == NOT_CHECKED:
        return "unknown"
    return "up" if kind in EASY[:2] else "slow"


def job_html(way: ReconciliationProgress, kind: str, language: Language) -> str:
    """Show the job while it runs, whichever it is; afterwards only one of this kind."""
    job = way.job
    shown = job if job is not None and (job.running or job.kind == kind) else None
    return render("reconciliation/job_progress", language, job=shown, stops=stops(language))

"""The reconciliation: its steps on the left; on the right the sentence and one step."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache, partial
from typing import Any

import panel as pn
import param

from dashboard.loans.file_import import FileImport
from dashboard.loans.file_import_view import FileImportView
from dashboard.reconciliation.base_view import Actions, PartView, try_reconciliation
from dashboard.reconciliation.cart_returns_view import CartReturnsView
from dashboard.reconciliation.checklist_view import PointsView
from dashboard.reconciliation.job_reports_view import JobReportsView
from dashboard.reconciliation.offline_files_view import OfflineFilesView
from dashboard.reconciliation.preflight_view import PreflightView
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.row_groups_view import ScansToCheckView
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.reconciliation.row_repair_view import RowRepairView
from dashboard.reconciliation.rows import RowFilter
from dashboard.reconciliation.rows_view import RowsView
from dashboard.reconciliation.steps_view import StepsView, TallyView
from dashboard.reconciliation.verification_view import VerificationView
from dashboard.translations import Language, upper_first
from dashboard.translations.sentences import stage_names
from dashboard.ui.lazy_place import built
from dashboard.ui.part import WIDE, Part
from dashboard.ui.templating import render
from procedure.reconciliation.checklist import (
    BLOCK_BACK,
    BLOCK_OFF,
    CARTS_CLOSED,
    DESK_CHOSEN,
    FILE_PER_DESK,
    TRIAL_SEEN,
)
from procedure.reconciliation.overview import ReconciliationOverview


class ReconciliationPage(Part):
    """What a coordinator needs once Alma answers again; each part shows nothing out of its step."""

    progress: ReconciliationProgress = param.ClassSelector(
        class_=ReconciliationProgress, constant=True
    )

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        progress, language = self.progress, self.language
        here: dict[str, Any] = {"progress": progress, "language": language}
        rows, repair = RowFilter(progress=progress), RowRepair(progress=progress)
        step, system = progress.param.step.rx(), progress.context.system
        table = cache(partial(built, RowsView, rows=rows, repair=repair, language=language))
        files = OfflineFilesView(**here)
        points = partial(PointsView, **here)
        parts = pn.Column(
            _imports(progress, language),
            *([PreflightView(rows=rows, **here)] if system.has_api else []),
            points(step="send", points=(BLOCK_OFF, CARTS_CLOSED)),
            files,
            points(step="send", points=(DESK_CHOSEN, FILE_PER_DESK, TRIAL_SEEN), after_files=True),
            *([JobReportsView(reports=files.reports, **here)] if system.read_report else []),
            RowRepairView(repair=repair, **here),
            ScansToCheckView(repair=repair, **here),
            VerificationView(repair=repair, rows=rows, write=files.write_corrected, **here),
            CartReturnsView(**here),
            points(step="sign", points=(BLOCK_BACK,)),
            SignOffView(**here),
            # A table that gets its rows while it is hidden stays empty when it is shown.
            pn.Column(objects=step.rx.pipe(lambda one: [table()] if one == "rows" else []), **WIDE),
            css_classes=["reconciliation-main"],
            visible=progress.param.now.rx.is_not(None),
            **WIDE,
        )
        main = pn.Column(TallyView(**here), parts, css_classes=["reconciliation-main"], **WIDE)
        steps = StepsView(**here)
        self._view = pn.Column(steps, main, css_classes=["reconciliation-page"], **WIDE)


def _label(progress: ReconciliationProgress, language: Language) -> str:
    suffix = progress.context.system.offline_file.suffix
    if suffix == ".dat":
        return language.say("Déposez OffCirc.dat, un export de la page du poste, un CSV ou un XLSX")
    if not suffix:
        return language.say("Déposez un export de la page du poste, un CSV ou un XLSX")
    return language.say(
        "Déposez un fichier {suffix}, un export de la page du poste, un CSV ou un XLSX",
        suffix=suffix,
    )


def _imports(progress: ReconciliationProgress, language: Language) -> pn.Column:
    """Return the first step: files of any source are imported into the log."""
    view = FileImportView(
        intake=FileImport(
            context=progress.context,
            session=progress.session,
            person=lambda: progress.session.acting,
            taken=progress.update,
        ),
        language=language,
        head=render("loans/file_import_head", language),
        label=_label(progress, language),
        attempt=try_reconciliation,
    )
    return pn.Column(
        pn.Column(view, css_classes=["panel", "panel--flush", "reconciliation-box"], **WIDE),
        visible=progress.param.step.rx() == "import",
        css_classes=["reconciliation-part"],
        **WIDE,
    )


class SignOffView(PartView):
    """Nobody can sign while a row waits, and the button says how many do."""

    step = "sign"

    @param.depends("progress.ticks")
    def draw(self, now: ReconciliationOverview) -> str:
        """Return the counts and the form."""
        return self._render(
            "sign_off",
            counts=now.counts,
            days=[(day, asdict(day.counts)) for day in now.days],
            stages={key: upper_first(name) for key, name in stage_names(self.language).items()},
            signed=now.signed,
            to_put_back=self.progress.context.models.checklist.to_put_back,
            shifted=now.due_shifted,
            pending=now.pending,
        )

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        del value, fields
        return {"sign": self.progress.sign}

"""The reconciliation page: the list of steps, with the views of the current step below it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import TypeVar

import panel as pn
import param

from dashboard.core.state import needs
from dashboard.loans.file_import import FileImport
from dashboard.loans.file_import_view import FileImportView
from dashboard.reconciliation.base_view import Actions, StepView, try_reconciliation
from dashboard.reconciliation.cart_returns_view import CartReturnsView
from dashboard.reconciliation.job_reports_view import JobReportsView
from dashboard.reconciliation.offline_files_view import OfflineFilesView
from dashboard.reconciliation.preflight_view import PreflightView
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.reconciliation_text import TitleAndHint, points, waits
from dashboard.reconciliation.row_groups_view import ScansToCheckView
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.reconciliation.row_repair_view import RowRepairView
from dashboard.reconciliation.rows import RowFilter
from dashboard.reconciliation.rows_view import RowsView
from dashboard.reconciliation.sign_off_view import SignerView, SignOffView
from dashboard.reconciliation.step_band import StepBand
from dashboard.reconciliation.verification_view import VerificationView
from dashboard.translations import Language
from dashboard.ui.lazy_place import view_or_failure
from dashboard.ui.templating import render
from dashboard.ui.view import WIDE, View
from procedure.reconciliation.checklist import (
    BLOCK_OFF,
    CARTS_CLOSED,
    DESK_CHOSEN,
    FILE_PER_DESK,
    TRIAL_SEEN,
)
from procedure.reconciliation.journal_entries import ChecklistTicked
from procedure.reconciliation.overview import ReconciliationOverview

V = TypeVar("V", bound=View)


class ReconciliationPage(View):
    """The page where coordinators bring the loans into Alma once it is back."""

    progress = needs(ReconciliationProgress)

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        progress, language = self.progress, self.language

        def make(kind: type[V], **more: object) -> V:
            return kind(progress=progress, language=language, **more)

        rows, repair = RowFilter(progress=progress), RowRepair(progress=progress)
        step, system = progress.param.step.rx(), progress.context.handbook.library_system
        table = cache(
            partial(view_or_failure, RowsView, rows=rows, repair=repair, language=language)
        )
        files = make(OfflineFilesView)
        points = partial(make, PointsView)
        preflight = [make(PreflightView, rows=rows)] if system.has_api else []
        reports = [make(JobReportsView, reports=files.reports)] if system.read_report else []
        parts = pn.Column(
            make(SignerView),
            _imports(progress, language),
            *preflight,
            points(step="send", points=(BLOCK_OFF, CARTS_CLOSED)),
            files,
            points(step="send", points=(DESK_CHOSEN, FILE_PER_DESK, TRIAL_SEEN), after_files=True),
            *reports,
            make(RowRepairView, repair=repair),
            make(ScansToCheckView, repair=repair),
            make(VerificationView, repair=repair, rows=rows, write=files.write_corrected),
            make(CartReturnsView),
            make(SignOffView),
            # A table that receives its rows while hidden would stay empty when shown.
            pn.Column(
                objects=step.rx.pipe(lambda name: [table()] if name == "rows" else []), **WIDE
            ),
            css_classes=["reconciliation-main"],
            visible=progress.param.overview.rx.is_not(None),
            **WIDE,
        )
        self._view = pn.Column(make(StepBand), parts, css_classes=["reconciliation-page"], **WIDE)


def _label(progress: ReconciliationProgress, language: Language) -> str:
    suffix = progress.context.handbook.library_system.offline_file.suffix
    if suffix == ".dat":
        return language.say("Déposez OffCirc.dat, un export de la page du poste, un CSV ou un XLSX")
    if not suffix:
        return language.say("Déposez un export de la page du poste, un CSV ou un XLSX")
    return language.say(
        "Déposez un fichier {suffix}, un export de la page du poste, un CSV ou un XLSX",
        suffix=suffix,
    )


def _imports(progress: ReconciliationProgress, language: Language) -> pn.Column:
    """Return the view of the import step."""
    view = FileImportView(
        file_import=FileImport(
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


@dataclass(frozen=True, slots=True)
class Point:
    """A point on the checklist, who ticked it, and whether it can be ticked or reopened."""

    key: str
    text: TitleAndHint
    tick: ChecklistTicked | None
    can_tick: bool
    can_reopen: bool


class PointsView(StepView):
    """The checklist: staff tick its points until sign-off, and each tick names the person.

    If `after_files` is set, the view is empty until a file has been written.
    """

    points = param.ClassSelector(class_=tuple, default=tuple[str, ...](), constant=True)
    after_files = param.Boolean(default=False, constant=True)

    def __init__(self, *, step: str, **params: object) -> None:
        self.step = step
        super().__init__(**params)

    @param.depends("progress.ticks")
    def draw(self, overview: ReconciliationOverview) -> str:
        """Return the list as HTML, or an empty string if there is nothing to tick yet."""
        if not overview.rows or (self.after_files and not overview.files):
            return ""
        checklist = self.progress.context.folds.checklist
        has_report = self.progress.context.handbook.library_system.read_report is not None
        keys = [key for key in self.points if key in checklist.points and _applies(key, overview)]
        if not keys:
            return ""
        return self._render(
            "points",
            key=self.points[0],
            points=[self._point(key) for key in keys],
            waits={} if overview.signed else waits(self.language, has_report=has_report),
        )

    def _point(self, key: str) -> Point:
        progress, overview = self.progress, self.progress.overview
        checklist = progress.context.folds.checklist
        effective = checklist.as_signed() if overview is not None and overview.signed else checklist
        can = [progress.can_tick(key, done=done) for done in (True, False)]
        return Point(key, points(self.language)[key], effective.tick(key), *can)

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        del fields
        progress = self.progress
        return {
            "tick": lambda: progress.tick(value),
            "untick": lambda: progress.tick(value, done=False),
        }


def _applies(key: str, overview: ReconciliationOverview) -> bool:
    """Return whether a point applies; `TRIAL_SEEN` needs a trial file, or loans to put in one."""
    made = overview.is_trial_read or any(file.export.trial for file in overview.files)
    return key != TRIAL_SEEN or made or bool(overview.to_write)

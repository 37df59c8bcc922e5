"""The first step of the way back: files of any source are taken into the log."""

from __future__ import annotations

import panel as pn
from panel.viewable import Viewer

from dashboard.loans.file_import import FileImport
from dashboard.loans.file_import_view import WIDE, FileImportView
from dashboard.reconciliation.feedback import try_reconciliation
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.translations import Language
from dashboard.ui.templating import render


class ReconciliationImportView(Viewer):
    """Any source: the library's own utility, the desk page, a table."""

    def __init__(self, way: ReconciliationProgress, language: Language) -> None:
        super().__init__()
        intake = FileImport(
            context=way.context, session=way.session, person=lambda: way.person, taken=way.update
        )
        label = language.say(
            "Déposez OffCirc.dat, un export de la page du poste, un CSV ou un XLSX"
        )
        files = FileImportView(
            intake,
            language,
            head=render("loans/file_import_head", language),
            label=label,
            attempt=try_reconciliation,
        )
        self._layout = pn.Column(
            pn.Column(files, css_classes=["panel", "panel--flush", "way-box"], **WIDE),
            visible=way.param.step.rx().rx.pipe(lambda step: step == "import"),
            css_classes=["way-part"],
            **WIDE,
        )

    def __panel__(self) -> pn.Column:
        return self._layout

"""The summary for reconciliation: per day and desk, on the page and as CSV."""

from __future__ import annotations

import io
from typing import Any

import panel as pn
from panel.viewable import Viewer

from dashboard.loans.summary import LoanSummary
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import asset_url, render


class SummaryView(Viewer):
    """One line a day and desk, newest day first."""

    def __init__(self, files: LoanSummary, language: Language) -> None:
        super().__init__()
        self._files, self._language = files, language
        self._desks = {code: desk.name for code, desk in files.context.handbook.desks.items()}
        download = pn.widgets.FileDownload(
            callback=lambda: io.StringIO(files.summary_csv()),
            filename="relais-prets.csv",
            label=language.say("Récapitulatif en CSV"),
            stylesheets=[asset_url("relais.css")],
            css_classes=["plain-btn"],
            margin=0,
        )
        self._layout = pn.Column(
            LiveHTML(pn.bind(self._table, files.param.days)),
            download,
            css_classes=["inline-form"],
            stylesheets=[asset_url("relais.css")],
            sizing_mode="stretch_width",
            margin=0,
        )

    def __panel__(self) -> pn.Column:
        return self._layout

    def _table(self, days: tuple[dict[str, Any], ...]) -> str:
        return render("loans/summary", self._language, days=days, desks=self._desks)

"""What one user took today: the filtered log, and a slip to copy or to print."""

from __future__ import annotations

import panel as pn

from dashboard.loans.loans import LoansState
from dashboard.translations import Language, language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import WIDE, Part
from dashboard.ui.templating import asset_url, render


class PatronView(Part):
    """Nothing while nobody is chosen."""

    def __init__(self, lending: LoansState, language: Language) -> None:
        super().__init__()
        self._lending, self._language = lending, language
        shown = lending.lists.param
        pane = LiveHTML(
            pn.bind(self._html, shown.patron, shown.slip, shown.slip_language), self._act
        )
        self._view = pn.Column(
            pane,
            visible=shown.patron.rx().rx.pipe(bool),
            css_classes=["inline-form"],
            **WIDE,
        )

    def _html(self, patron: str, slip: str, slip_language: str) -> str:
        return render(
            "loans/patron",
            self._language,
            patron=patron,
            slip=slip,
            slip_language=slip_language,
            slip_languages={code: language(code).name for code in self._language.offered},
            printing=asset_url("loan_slip.js"),
        )

    def _act(self, act: str, value: str) -> None:
        lists = self._lending.lists
        if act == "close":
            self._lending.look_at("")
        elif act == "language" and value in lists.param.slip_language.objects:
            lists.slip_language = value

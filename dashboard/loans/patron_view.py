"""What one user took today: the filtered log, and a slip to copy or to print."""

from __future__ import annotations

from typing import Any

import panel as pn
import param

from dashboard.loans.loans import LoansState
from dashboard.translations import language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import WIDE, Part
from dashboard.ui.templating import asset_url, render


class PatronView(Part):
    """Nothing while nobody is chosen."""

    lending: LoansState = param.ClassSelector(class_=LoansState, constant=True)

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._view = pn.Column(
            LiveHTML(self._html, self._act),
            visible=self.lending.lists.param.patron.rx.bool(),
            css_classes=["inline-form"],
            **WIDE,
        )

    @param.depends("lending.lists.patron", "lending.lists.slip", "lending.lists.slip_language")
    def _html(self) -> str:
        lists = self.lending.lists
        return render(
            "loans/patron",
            self.language,
            patron=lists.patron,
            slip=lists.slip,
            slip_language=lists.slip_language,
            slip_languages={code: language(code).name for code in self.language.offered},
            printing=asset_url("loan_slip.js"),
        )

    def _act(self, act: str, value: str) -> None:
        lists = self.lending.lists
        if act == "close":
            self.lending.look_at("")
        elif act == "language" and value in lists.param.slip_language.objects:
            lists.slip_language = value

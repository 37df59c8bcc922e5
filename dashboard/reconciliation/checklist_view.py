"""The checklist of the way back: who saw to what in Alma, and when; printed with boxes."""

from __future__ import annotations

from collections.abc import Mapping

import panel as pn
import param
from panel.viewable import Viewer

from dashboard.reconciliation.checklist import ChecklistState
from dashboard.reconciliation.feedback import try_reconciliation
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.texts import points
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from procedure.reconciliation.checklist import BLOCK_BACK, POINTS


class ChecklistView(Viewer):
    """A press says that a point is done, with the name that stands above the list."""

    refusal = param.String(default="")

    def __init__(self, way: ReconciliationProgress, language: Language) -> None:
        super().__init__()
        self._way, self._language = way, language
        self._list = ChecklistState(way=way)
        shown = way.param
        html = pn.bind(self._html, shown.ticks, shown.now, shown.signer, self.param.refusal)
        self._pane = LiveHTML(html, on_form=self._form, css_classes=["way-flat"])

    def __panel__(self) -> LiveHTML:
        return self._pane

    def _html(self, *_: object) -> str:
        way, words = self._way, points(self._language)
        checks = way.context.checklist
        return render(
            "reconciliation/checklist",
            self._language,
            points=[(one, words[one], checks.tick(one), one == BLOCK_BACK) for one in POINTS],
            due=checks.to_put_back,
            known=way.session.person.name,
            person=way.signer,
            now=way.context.now(),
            refusal=self.refusal,
        )

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        does, _, point = act.partition(" ")
        if does in {"tick", "untick"}:
            name = fields.get("name", "")
            self.refusal = try_reconciliation(
                lambda: self._list.tick(point, name, done=does == "tick"), self._language
            )

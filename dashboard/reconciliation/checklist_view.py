"""The checklist of the way back: who saw to what in Alma, and when; printed with boxes."""

from __future__ import annotations

from collections.abc import Mapping

import panel as pn
import param
from panel.viewable import Viewer

from dashboard.reconciliation.checklist import TickList
from dashboard.reconciliation.feedback import attempt_back
from dashboard.reconciliation.reconciliation import WayBack
from dashboard.reconciliation.texts import points
from dashboard.translations import Language
from dashboard.ui.live_html import Pane
from dashboard.ui.templating import piece
from procedure.reconciliation.checklist import BLOCK_BACK, POINTS


class WayChecklist(Viewer):
    """A press says that a point is done, with the name that stands above the list."""

    refusal = param.String(default="")

    def __init__(self, way: WayBack, language: Language) -> None:
        super().__init__()
        self._way, self._language = way, language
        self._list = TickList(way=way)
        shown = way.param
        html = pn.bind(self._html, shown.ticks, shown.now, shown.signer, self.param.refusal)
        self._pane = Pane(html, on_form=self._form, css_classes=["way-flat"])

    def __panel__(self) -> Pane:
        return self._pane

    def _html(self, *_: object) -> str:
        way, words = self._way, points(self._language)
        checks = way.house.checklist
        return piece(
            "reconciliation/checklist",
            self._language,
            points=[(one, words[one], checks.tick(one), one == BLOCK_BACK) for one in POINTS],
            due=checks.to_put_back,
            known=way.visit.person.name,
            person=way.signer,
            now=way.house.now(),
            refusal=self.refusal,
        )

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        does, _, point = act.partition(" ")
        if does in {"tick", "untick"}:
            name = fields.get("name", "")
            self.refusal = attempt_back(
                lambda: self._list.tick(point, name, done=does == "tick"), self._language
            )

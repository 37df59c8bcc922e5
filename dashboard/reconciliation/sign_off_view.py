"""The end: every row counted by desk and day, the tables for the file, and the signature."""

from __future__ import annotations

from collections.abc import Mapping

import panel as pn
import param
from panel.viewable import Viewer

from dashboard.reconciliation.feedback import try_reconciliation
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.sign_off import SignOff
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from procedure.reconciliation.overview import ReconciliationOverview
from procedure.reconciliation.row_state import ReconciliationState

_UNDER_WAY = (
    ReconciliationState.RECORDED,
    ReconciliationState.EXPORTED,
    ReconciliationState.UPLOADED,
)


class SignOffView(Viewer):
    """Nobody can sign while a row waits, and the button says how many do."""

    refusal = param.String(default="")

    def __init__(self, way: ReconciliationProgress, language: Language) -> None:
        super().__init__()
        self._way, self._language = way, language
        self._sign = SignOff(way=way)
        self._desks = {code: desk.name for code, desk in way.context.handbook.desks.items()}
        shown = way.param
        here = shown.step.rx().rx.pipe(lambda step: step == "sign")
        html = pn.bind(self._html, shown.now, shown.step, shown.signer, self.param.refusal)
        self._pane = LiveHTML(html, on_form=self._form, css_classes=["way-part"], visible=here)

    def __panel__(self) -> LiveHTML:
        return self._pane

    def _html(self, now: ReconciliationOverview | None, step: str, *_: object) -> str:
        if now is None or step != "sign":
            return ""
        return render(
            "reconciliation/sign_off",
            self._language,
            rows=len(now.rows),
            left=now.unsettled.total(),
            days=[self._counted(one.states) | {"day": one} for one in now.days],
            signed=now.signed,
            shifted=now.due_shifted,
            known=self._way.session.person.name,
            person=self._way.signer,
            desks=self._desks,
            refusal=self.refusal,
            now=self._way.context.now(),
        )

    def _counted(self, states: Mapping[ReconciliationState, int]) -> dict[str, object]:
        return {
            "confirmed": states.get(ReconciliationState.CONFIRMED, 0),
            "resolved": states.get(ReconciliationState.RESOLVED, 0),
            "void": states.get(ReconciliationState.VOID, 0),
            "refused": states.get(ReconciliationState.REFUSED, 0),
            "under_way": sum(states.get(one, 0) for one in _UNDER_WAY),
        }

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        if act == "sign":
            name = fields.get("name", "")
            self.refusal = try_reconciliation(lambda: self._sign.sign(name), self._language)

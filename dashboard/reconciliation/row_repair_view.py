"""The repair desk: one row, what is known of it, and what a person may do; never in a dialog."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

import panel as pn
import param
from panel.viewable import Viewer

from dashboard.loans.reason_text import reason_texts as doubts
from dashboard.reconciliation.feedback import try_reconciliation
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.reconciliation.texts import TitleAndHint, forecasts, reasons, tellings
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from procedure.reconciliation.export import LENT_FROM_CART
from procedure.reconciliation.row_state import ReconciledLoan, ReconciliationState

GOOD = ("corrected", "confirmed", "voided", "settled", "handed_on", "fate_made", "looked")


class RowRepairView(Viewer):
    """Shown while a row lies on the desk, above the list it comes from."""

    refusal = param.String(default="")

    def __init__(self, desk: RowRepair, language: Language) -> None:
        super().__init__()
        self._desk, self._language = desk, language
        told, way = desk.param, desk.way
        html = pn.bind(
            self._html,
            *(told.row, told.asked, told.sending, told.told),
            *(self.param.refusal, way.param.signer, way.param.step),
        )
        here = told.row.rx().rx.pipe(lambda row: row is not None)
        self._pane = LiveHTML(
            html,
            self._act,
            self._form,
            css_classes=["way-part"],
            visible=here,
        )

    def __panel__(self) -> LiveHTML:
        return self._pane

    def _html(self, *_: object) -> str:
        desk, row = self._desk, self._desk.row
        way, words = desk.way, reasons(self._language)
        if row is None or way.step not in {"check", "proof", "rows"}:
            return ""
        names = {code: one.name for code, one in way.context.handbook.desks.items()}
        return render(
            "reconciliation/row_repair",
            self._language,
            row=row,
            named=words.get(row.reason)
            or TitleAndHint(row.reason or self._language.say("Cette ligne")),
            desk=names.get(row.loan.desk, row.loan.desk),
            refused=row.state is ReconciliationState.REFUSED,
            doubt=self._doubt(row),
            open_intent=row.trail.open_intent,
            candidates=desk.candidates if self._wrong_number() else (),
            foretold=forecasts(self._language).get(desk.foretold),
            reads=way.context.alma.reads,
            asked=desk.asked,
            note=row.trail.handed_on and row.trail.handed_on[1],
            notes={LENT_FROM_CART: self._language.say("reprêté depuis le chariot")},
            sending=desk.sending,
            told=tellings(self._language).get(desk.told, ""),
            good=desk.told in GOOD,
            writes=way.context.alma.writes,
            known=way.session.person.name,
            person=way.signer,
            refusal=self.refusal,
            now=way.context.now(),
        )

    def _doubt(self, row: ReconciledLoan) -> str:
        words = doubts(self._language)
        return words.get(row.doubt or "", words["other"]) if row.is_to_check else ""

    def _wrong_number(self) -> bool:
        row = self._desk.row
        if row is None or any(one.patron for _, one in row.trail.corrections):
            return False
        return "user_not_found" in {row.reason, self._desk.foretold} or (
            self._desk.foretold == "other_identifier"
        )

    def _act(self, act: str, value: str) -> None:
        desk = self._desk
        acts: dict[str, Callable[[], object]] = {
            "close": desk.close,
            "following": desk.first,
            "lend": desk.lend,
            "find-out": desk.find_out,
            "open": lambda: desk.open(UUID(value)),
        }
        if act in acts:
            self._try(acts[act])

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        desk = self._desk
        does, _, number = act.partition(" ")
        if does == "confirm":
            name = fields.get("name", "")
            self._try(lambda: desk.confirm(UUID(number), name))
        if does == "candidate" and number in desk.candidates:
            name = fields.get("name", "")
            self._try(lambda: desk.correct(patron=number, name=name, from_alma=True))
        acts: dict[str, Callable[[], object]] = {
            "ask-again": desk.ask_again,
            "ask": desk.ask,
            "correct": lambda: desk.correct(
                patron=fields.get("patron", ""),
                item=fields.get("item", ""),
                name=fields.get("name", ""),
            ),
            "void": lambda: desk.void(fields.get("how", ""), fields.get("name", "")),
            "hand-on": lambda: desk.hand_on(fields.get("how", ""), fields.get("name", "")),
            "settle": lambda: desk.settle(fields.get("how", ""), fields.get("name", "")),
        }
        if act in acts:
            self._try(acts[act])

    def _try(self, act: Callable[[], object]) -> None:
        self.refusal = try_reconciliation(act, self._language)

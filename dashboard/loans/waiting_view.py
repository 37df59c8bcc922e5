"""The loans that wait for a card, in plain view: completed with it, or taken back."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import panel as pn
import param

from dashboard.loans.reason_text import reason_texts, try_loan_action
from dashboard.loans.waiting_and_carts import WaitingAndCarts, WaitingLoan
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import Part
from dashboard.ui.templating import render


class WaitingLoansView(Part):
    """The waiting loans, empty without any; the last action's result is above them."""

    result = param.String(default="", doc="HTML of the last action's result.")

    def __init__(self, lists: WaitingAndCarts, language: Language) -> None:
        super().__init__()
        self._lists, self._language = lists, language
        self._why = reason_texts(language)
        html = pn.bind(self._html, lists.param.waiting, lists.param.in_box, self.param.result)
        self._view = LiveHTML(html, on_form=self._form, css_classes=["waits-part"])

    @property
    def _desks(self) -> dict[str, str]:
        desks = self._lists.context.handbook.desks
        return {code: desk.name for code, desk in desks.items()}

    def _html(
        self, waiting: tuple[WaitingLoan, ...], in_box: frozenset[str], message: object
    ) -> str:
        return render(
            "loans/waiting",
            self._language,
            rows=[row for row in waiting if str(row.waiting.id) not in in_box],
            result=message,
            why=self._why,
            desks=self._desks,
            now=self._lists.context.now(),
        )

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        try:
            waiting = UUID(fields.get("waiting", ""))
        except ValueError:
            return
        if act == "complete":
            self._complete(waiting, fields.get("patron", ""))
        elif act == "drop":
            reason = fields.get("reason", "")
            refused = try_loan_action(
                lambda: self._lists.take_back(waiting, reason), self._language
            )
            self._show_result(refused, self._language.say("Prêt sur carte oubliée annulé."))

    def _complete(self, waiting: UUID, patron: str) -> None:
        doubts: list[str | None] = []
        refused = try_loan_action(
            lambda: doubts.append(self._lists.complete(waiting, patron)), self._language
        )
        doubt = next((self._why.get(doubt, doubt) for doubt in doubts if doubt), "")
        done = self._language.say("Prêt complété, à l’heure où le document est parti.")
        self._show_result(refused, f"{done} {doubt}".rstrip())

    def _show_result(self, refused: str, done: str) -> None:
        name, words = ("ui/refusal", {"why": refused}) if refused else ("ui/done", {"what": done})
        self.result = render(name, self._language, **words)

"""The loans that wait for a card, in plain view: completed with it, or taken back."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import param

from dashboard.loans.reason_text import reason_texts, try_loan_action
from dashboard.loans.waiting_and_carts import WaitingAndCarts
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render


class WaitingLoansView(HtmlView):
    """The waiting loans, empty without any; the last action's result is above them."""

    lists: WaitingAndCarts = param.ClassSelector(class_=WaitingAndCarts, constant=True)
    result = param.String(default="", doc="HTML of the last action's result.")
    css_classes = ("waits-part",)

    @property
    def _desks(self) -> dict[str, str]:
        desks = self.lists.context.handbook.desks
        return {code: desk.name for code, desk in desks.items()}

    @param.depends("lists.waiting", "lists.in_box", "result")
    def _html(self) -> str:
        waiting, in_box = self.lists.waiting, self.lists.in_box
        return render(
            "loans/waiting",
            self.language,
            rows=[row for row in waiting if str(row.waiting.id) not in in_box],
            result=self.result,
            why=reason_texts(self.language),
            desks=self._desks,
            now=self.lists.context.now(),
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
            refused = try_loan_action(lambda: self.lists.take_back(waiting, reason), self.language)
            self._show_result(refused, self.language.say("Prêt sur carte oubliée annulé."))

    def _complete(self, waiting: UUID, patron: str) -> None:
        doubts: list[str | None] = []
        refused = try_loan_action(
            lambda: doubts.append(self.lists.complete(waiting, patron)), self.language
        )
        why = reason_texts(self.language)
        doubt = next((why.get(doubt, doubt) for doubt in doubts if doubt), "")
        done = self.language.say("Prêt complété, à l’heure où le document est parti.")
        self._show_result(refused, f"{done} {doubt}".rstrip())

    def _show_result(self, refused: str, done: str) -> None:
        name, words = ("ui/refusal", {"why": refused}) if refused else ("ui/done", {"what": done})
        self.result = render(name, self.language, **words)

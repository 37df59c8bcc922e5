"""The form that corrects a loan: taken back with a reason, or lent again; never in a dialog."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import param

from dashboard.core.users import Permission
from dashboard.loans.loans import LendingState
from dashboard.loans.reason_text import try_loan_action
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import STYLED, WIDE, Part
from dashboard.ui.templating import render
from procedure.circulation.loan_row import LoanRow


class VoidForm(Part):
    """Shown for the chosen row of the list, and names it: new rows may have moved it meanwhile.

    Typing Enter into it does nothing: a scanner that hits it takes nothing back.
    """

    lending: LendingState = param.ClassSelector(class_=LendingState, constant=True)

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        say, chosen = self.language.say, self.lending.listing.param.chosen
        self._told = LiveHTML(visible=False)
        self._own = pn.widgets.TextInput(
            label=say("Autre motif"), width=260, css_classes=["field-widget"], **STYLED
        )
        self._confirm = pn.widgets.Button(
            label=say("Annuler ce prêt"), css_classes=["plain-btn"], **STYLED
        )
        self._confirm.on_click(lambda _: self._void(self._own.value_input or self._own.value))
        self._form = pn.Column(
            LiveHTML(self._question, self._acted),
            pn.FlexBox(
                self._own,
                self._confirm,
                visible=chosen.rx.pipe(lambda row: row is not None and row.void is None),
                align_items="end",
                gap="12px",
                css_classes=["form-row"],
                **STYLED,
            ),
            visible=chosen.rx.is_not(None),
            css_classes=["inline-form"],
            **WIDE,
        )
        self._view = pn.Column(self._told, self._form, **WIDE)

    def choose(self, row: LoanRow) -> None:
        """Ask about this loan: the reason to take it back, or whether to lend it again."""
        self._own.value = ""
        require = self.lending.session.person.require
        refused = try_loan_action(lambda: require(Permission.VOID), self.language)
        self._show_refusal(refused)
        self.lending.listing.chosen = None if refused else row

    @param.depends("lending.listing.chosen")
    def _question(self) -> str:
        row = self.lending.listing.chosen
        if row is None:
            return ""
        log, clock = self.lending.context.models.loan_log, self.language.clock(row.loan.at)
        twin = any(one.repeats == row.loan.id for one in log.rows(item=row.loan.item))
        return render("loans/void_form", self.language, row=row, clock=clock, twin=twin)

    def _acted(self, act: str, value: str) -> None:
        row = self.lending.listing.chosen
        acts = {
            "reason": lambda: self._void(value),
            "restore": lambda: self._do(lambda: self.lending.restore(row)) if row else None,
            "keep": lambda: self.lending.listing.param.update(chosen=None),
        }
        acts[act]()

    def _void(self, reason: str) -> None:
        row = self.lending.listing.chosen
        if row is not None:
            self._do(lambda: self.lending.void(row.loan.id, reason))

    def _do(self, correction: Callable[[], None]) -> None:
        refused = try_loan_action(correction, self.language)
        self._show_refusal(refused)
        if not refused:
            self.lending.listing.chosen = None

    def _show_refusal(self, refused: str) -> None:
        shown = render("ui/refusal", self.language, why=refused) if refused else ""
        self._told.param.update(html=shown, visible=bool(refused))

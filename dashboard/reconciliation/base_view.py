"""The base class of the reconciliation's views."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from functools import partial

import param
from param.parameterized import ParameterizedABC

from dashboard.core.state import needs
from dashboard.loans.reason_text import reason_texts
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.reconciliation_text import refusals
from dashboard.translations import Language
from dashboard.ui.feedback import try_action
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render
from procedure.errors import TransactionRefused
from procedure.reconciliation.overview import ReconciliationOverview

NAME_MISSING = ("name_missing", "operator_missing")
Actions = Mapping[str, Callable[[], object]]


class StepView(HtmlView, ParameterizedABC):
    """A view that is redrawn when the overview, the step, or a dependency of `draw` changes.

    It appears only at the step `step`, or at every step if `step` is empty. The constructor draws
    it, so everything that `draw` reads must be set before `super().__init__` is called.
    """

    progress = needs(ReconciliationProgress)
    refusal = param.String(
        default="", doc="Why the last action was refused; empty if it succeeded."
    )
    step = ""
    css_classes = ("reconciliation-part",)

    @property
    def _desks(self) -> dict[str, str]:
        desks = self.progress.updates.handbook.desks
        return {code: desk.name for code, desk in desks.items()}

    @param.depends("progress.step")
    def _is_shown(self) -> bool:
        return self.step in ("", self.progress.step)

    @param.depends(
        "progress.overview",
        "progress.step",
        "progress.session.signer",
        "progress.updates.handbook",
        "refusal",
        "draw",
    )
    def _html(self) -> str:
        if self.progress.overview is None:
            return self.draw_nothing()
        return self.draw(self.progress.overview) if self._is_shown() else ""

    @abstractmethod
    @param.depends()
    def draw(self, overview: ReconciliationOverview) -> str:
        """Return the HTML for an overview; subclasses declare other inputs with `param.depends`."""

    def draw_nothing(self) -> str:
        """Return the HTML to show while there is no overview."""
        return ""

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        """Return the actions by button name, given the button's value and the form's fields."""
        del value, fields
        return {}

    def attempt(self, act: Callable[[], object]) -> None:
        """Perform an action and show any refusal; if a name is missing, ask for it first."""

        def unless_unnamed() -> None:
            try:
                act()
            except TransactionRefused as refusal:
                if refusal.reason not in NAME_MISSING:
                    raise
                self.progress.ask_name(partial(self.attempt, act))

        self.refusal = try_reconciliation(unless_unnamed, self.language)

    def _act(self, name: str, value: str) -> None:
        self._form(f"{name} {value}", {})

    def _form(self, name: str, fields: Mapping[str, str]) -> None:
        act_name, _, value = name.partition(" ")
        act = self.actions(value, fields).get(act_name)
        if act is not None:
            self.attempt(act)

    def _render(self, template: str, **values: object) -> str:
        shared = {
            "desks": self._desks,
            "alma": self.progress.context.handbook.current.words[self.language.code].alma,
            "refusal": self.refusal,
            "now": self.progress.context.clock.now(),
        }
        return render(f"reconciliation/{template}", self.language, **shared | values)


def try_reconciliation(act: Callable[[], object], language: Language) -> str:
    """Perform an action; return the sentence that explains its refusal, or an empty string."""
    return try_action(act, language, reason_texts(language) | refusals(language))

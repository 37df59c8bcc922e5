"""The answers that the evidence suggests, until a person confirms them."""

from datetime import timedelta

import param

from dashboard.core.context import AppContext
from dashboard.guide.guide import Guide
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.situation import LendIn, lend_in
from procedure.diagnosis.rules import FaultLocation
from procedure.diagnosis.suggestion import Suggestion

# While the server sees all well, only a fault with a known location opens the procedure.
QUIET = frozenset({FaultLocation.NOTHING, FaultLocation.UNKNOWN, FaultLocation.WATCHER})
Suggestions = tuple[Suggestion, ...]
FORGOTTEN = timedelta(minutes=15)


class SuggestedPath(param.Parameterized):
    """The suggested answers from the question on the screen on; a person confirms them.

    What is confirmed is named by what the screen showed: when the evidence has changed meanwhile,
    nothing is answered, and `changed` is set.
    """

    guide: Guide = param.ClassSelector(class_=Guide, precedence=-1)
    diagnosis: DiagnosisState = param.ClassSelector(class_=DiagnosisState, precedence=-1)
    one_by_one = param.Boolean(
        default=False, doc="Whether the person confirms each question by itself."
    )
    _was_declared = param.Boolean(default=False)
    changed = param.Boolean(default=False, doc="Whether the last press met another proposal.")

    @property
    def context(self) -> AppContext:
        return self.guide.context

    # Computed when read, never stored: a view that is drawn for a new step before the others must
    # not see the suggestions of the step before.
    @property
    def steps(self) -> Suggestions:
        """The suggestions from the question on the screen on, each with an answer."""
        return self._suggested_steps()[0]

    @property
    def open_question(self) -> Suggestion | None:
        """The suggestion without an answer that ends the path, None if it ends at no question."""
        return self._suggested_steps()[1]

    @property
    def end(self) -> str:
        """The step at the end of the path, opening hours considered; empty without a question."""
        return self._suggested_steps()[2]

    @property
    def is_complete(self) -> bool:
        """Whether every question of the path has a suggestion."""
        return bool(self.steps) and self.open_question is None

    @property
    def asks(self) -> bool:
        """Whether the procedure is shown: somebody opened it, or there is a reason to."""
        return self.guide.is_open or not self._is_calm

    @property
    def lends_first(self) -> bool:
        """Whether to lend comes before any question: an outage, and nobody has answered yet."""
        guide, fault = self.guide, self.diagnosis.result.fault
        where = lend_in(guide.grid.state, fault, declared=self._is_declared)
        asking = guide.step == guide.procedure.start and not guide.walk.answers
        return asking and where is LendIn.RELAIS

    @property
    def _is_calm(self) -> bool:
        """Whether all is well, and no outage is declared."""
        quiet = self.guide.all_well and self.diagnosis.result.fault in QUIET
        return quiet and not self._is_declared

    @property
    def _is_declared(self) -> bool:
        return self.context.models.outages.current() is not None

    @property
    def offered(self) -> Suggestions:
        """The suggestions that one press confirms: all, or that of the question on the screen."""
        return self.steps if self.is_complete and not self.one_by_one else self.steps[:1]

    @property
    def shown(self) -> str:
        """What one press confirms, as the button names it: `A1.no-A2.no`."""
        return "-".join(f"{suggestion.step}.{suggestion.answer}" for suggestion in self.offered)

    def answer(self, step: str, key: str) -> None:
        """Record a person's answer, with what was suggested."""
        self.changed = False
        self.guide.answer(step, key, suggested=suggested(self.diagnosis.suggestions.get(step)))

    def confirm(self, shown: str) -> None:
        """Answer what the pressed button showed, or set `changed` if it is another by now."""
        self.diagnosis.updates.refresh()
        if shown != self.shown or not shown:
            self.changed = True
            return
        # One change for the views and one place in the browser's history, whatever the length.
        with param.parameterized.batch_call_watchers(self.guide):
            for suggestion in self.offered:
                self.answer(suggestion.step, suggestion.answer or "")

    def go_one_by_one(self, *, one_by_one: bool = True) -> None:
        """Confirm the questions one by one, or all at once."""
        self.one_by_one = one_by_one

    @param.depends("guide.walk", watch=True)
    def _move_on(self) -> None:
        again = not self.guide.walk.answers
        self.param.update(changed=False, one_by_one=self.one_by_one and not again)

    @param.depends("guide.grid.updates.now", watch=True)
    def _close_forgotten(self) -> None:
        """Close a procedure that was left open once all is well, or that served its outage."""
        is_over = self._was_declared and not self._is_declared
        self._was_declared = self._is_declared
        served = is_over and self.guide.procedure.steps[self.guide.end].kind != "question"
        if self.guide.is_open and self._is_calm and (served or self.guide.idle_time > FORGOTTEN):
            self.guide.close()

    def _suggested_steps(self) -> tuple[Suggestions, Suggestion | None, str]:
        """Follow the suggestions from the question on the screen, if it is the one to answer."""
        guide = self.guide
        step_key = guide.end
        if guide.step != step_key:
            return (), None, ""
        steps: Suggestions = ()
        while (step := guide.procedure.steps[step_key]).kind == "question":
            suggestion = self.diagnosis.suggestions.get(step_key)
            # A later question may be answered already: the person's answer leads, not ours.
            key = guide.walk.answers.get(step_key) or (suggestion and suggestion.answer)
            next_step = key and step.next_step(key)
            if not suggestion or not next_step:
                return steps, suggestion, step_key
            if step_key not in guide.walk.answers:
                steps = (*steps, suggestion)
            step_key = next_step
        return steps, None, guide.applies_now(step_key)


def suggested(suggestion: Suggestion | None) -> tuple[str, ...]:
    """Return a suggestion for the journal: `suggested no: 0 of 4 other workstations reach Alma`."""
    if suggestion is None:
        return ()
    return (f"suggested {suggestion.answer or 'none'}: {suggestion.reason}",)

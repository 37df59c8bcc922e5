"""Answers suggested by the evidence, for staff to confirm."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import param

from dashboard.core.context import AppContext
from dashboard.core.state import needs
from dashboard.guide.guide import Guide
from dashboard.monitoring.diagnosis import DiagnosisState
from procedure.diagnosis.rules import FaultLocation
from procedure.diagnosis.suggestion import Suggestion
from procedure.status_pages.reading_validity import CurrentStatus

# While the server sees no failure, the procedure opens only for faults other than these.
QUIET = frozenset({FaultLocation.NOTHING, FaultLocation.UNKNOWN, FaultLocation.WATCHER})
Suggestions = tuple[Suggestion, ...]
FORGOTTEN = timedelta(minutes=15)


class Asking(StrEnum):
    """The state of a question."""

    ANSWERED = "answered"
    SUGGESTED = "suggested"
    ASKED = "asked"
    LATER = "later"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the procedure, its state, and the answer given or suggested, if any."""

    step: str
    asking: Asking
    answer: str = ""


class SuggestedPath(param.Parameterized):
    """The suggested answers, starting at the first open question.

    A confirmation states which answers the screen showed. If the suggestions have changed since,
    nothing is answered and `changed` is set.
    """

    guide = needs(Guide)
    diagnosis = needs(DiagnosisState)
    _was_declared = param.Boolean(default=False)
    changed = param.Boolean(
        default=False, doc="Whether the suggestions had changed before the last click."
    )

    @property
    def context(self) -> AppContext:
        return self.guide.context

    # Never store the suggestions: a view drawn early for a new step would see the previous step's.
    @property
    def steps(self) -> Suggestions:
        """The suggestions that one click confirms."""
        return self._suggested_steps()[0]

    @property
    def open_question(self) -> Suggestion | None:
        """The open question at which the path ends, as a suggestion without an answer, or None."""
        return self._suggested_steps()[1]

    @property
    def end(self) -> str:
        """The step that the answers and suggestions lead to, given the contacts' hours."""
        return self._suggested_steps()[2]

    @property
    def reached(self) -> str:
        """The step that the answers alone lead to; empty while a question is open."""
        return "" if self.steps or self.open_question else self.end

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question of the procedure, in the handbook's order."""
        return tuple(self._questions())

    @property
    def is_quiet(self) -> bool:
        """Whether the server sees no failure and no fault has been located."""
        return self.guide.all_well and self.diagnosis.result.fault in QUIET

    @property
    def _is_declared(self) -> bool:
        return self.context.folds.outages.current() is not None

    @property
    def proposal(self) -> str:
        """The suggestions that one click confirms, as the button's value, such as `A1.no-A2.no`."""
        return "-".join(f"{suggestion.step}.{suggestion.answer}" for suggestion in self.steps)

    def answer(self, step: str, key: str) -> None:
        """Record an answer together with the suggestion for its step."""
        self.changed = False
        evidence = (*suggested(self.diagnosis.suggestions.get(step)), *self._to_read(step))
        self.guide.answer(step, key, evidence=evidence)

    def _to_read(self, step: str) -> tuple[str, ...]:
        """Return the lines to read on the step's status pages, as text for the journal.

        For example, `slsp-psi to-read 2026-11-24T09:12:00Z Alma is down`, with the time of the
        page's last change, or of the reading if that is unknown.
        """
        question = self.guide.procedure.steps[step]
        pages = question.targets if question.evidence == "official" else ()
        feeds = (self.diagnosis.page_statuses.get(key, CurrentStatus()).feed for key in pages)
        return tuple(
            f"{feed.target} to-read {feed.changed_at or feed.at:%Y-%m-%dT%H:%M:%SZ} {feed.quote}"
            for feed in feeds
            if feed is not None and feed.quote
        )

    def confirm(self, proposal: str) -> None:
        """Record the answers that the button showed, or set `changed` if they are out of date."""
        self.diagnosis.updates.refresh()
        if proposal != self.proposal or not proposal:
            self.changed = True
            return
        # Batch the answers: views change once, and the browser's history gets one entry.
        with param.parameterized.batch_call_watchers(self.guide):
            for suggestion in self.steps:
                self.answer(suggestion.step, suggestion.answer or "")

    @param.depends("guide.walk", watch=True)
    def _move_on(self) -> None:
        self.changed = False

    @param.depends("guide.grid.updates.now", watch=True)
    def _close_forgotten(self) -> None:
        """Once all is well, close the procedure if the outage has ended or nobody is using it."""
        is_over = self._was_declared and not self._is_declared
        self._was_declared = self._is_declared
        served = is_over and self.guide.procedure.steps[self.guide.step].kind != "question"
        is_calm = self.is_quiet and not self._is_declared
        if self.guide.is_open and is_calm and (served or self.guide.idle_time > FORGOTTEN):
            self.guide.close()

    def _questions(self) -> Iterator[Question]:
        given = dict(self.guide.path)
        proposed = {suggestion.step: suggestion.answer or "" for suggestion in self.steps}
        left = self.open_question.step if self.open_question else ""
        for step in self.guide.procedure.steps.values():
            if step.kind != "question":
                continue
            if step.key in given:
                yield Question(step.key, Asking.ANSWERED, given[step.key])
            elif step.key in proposed:
                yield Question(step.key, Asking.SUGGESTED, proposed[step.key])
            elif step.key == left:
                yield Question(step.key, Asking.LATER if proposed else Asking.ASKED)
            else:
                yield Question(step.key, Asking.NOT_ASKED)

    def _suggested_steps(self) -> tuple[Suggestions, Suggestion | None, str]:
        """Follow the suggestions from the first question without an answer."""
        guide = self.guide
        step_key = guide.step
        steps: Suggestions = ()
        while (step := guide.procedure.steps[step_key]).kind == "question":
            suggestion = self.diagnosis.suggestions.get(step_key)
            # An answer that somebody has given to a later question takes precedence.
            key = guide.walk.answers.get(step_key) or (suggestion and suggestion.answer)
            next_step = key and step.next_step(key)
            if not suggestion or not next_step:
                return steps, suggestion, step_key
            if step_key not in guide.walk.answers:
                steps = (*steps, suggestion)
            step_key = next_step
        return steps, None, guide.applies_now(step_key)


def suggested(suggestion: Suggestion | None) -> tuple[str, ...]:
    """Return a suggestion as text for the journal; empty for None.

    For example, `suggested no: 0 of 4 other workstations reach Alma`.
    """
    if suggestion is None:
        return ()
    return (f"suggested {suggestion.answer or 'none'}: {suggestion.reason}",)

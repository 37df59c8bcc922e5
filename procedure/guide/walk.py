"""A walk through the procedure: the answers given, from which the current step is derived."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from procedure.guide.steps import ANSWER_KEY, STEP_KEY, Path, Procedure

_ANSWER = re.compile(rf"({STEP_KEY.pattern})\.({ANSWER_KEY.pattern})")


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """A person's answer to one question of the procedure, with the statuses shown at that time.

    `walk` groups the answers of one passage. `readings` are lines such as `alma-saml server down
    timeout 2026-11-24T09:12:00Z`, one per target of the step.
    """

    KIND: ClassVar[str] = "answer"

    id: UUID
    at: datetime
    walk: UUID
    step: str
    answer: str
    workstation: str = ""
    initials: str | None = None
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Walk:
    """One passage through the procedure: the latest answer to each step.

    Answers of steps that the path no longer passes are kept, so that going back and forward again
    restores them. `viewed` is an earlier step on the screen, None for the step that the answers
    lead to.
    """

    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    viewed: str | None = None

    def replay(self, procedure: Procedure) -> Path:
        """Return the path that the answers lead along from the start.

        It ends at a step whose answer is unknown to it, or would lead to a step passed before.
        """
        answers: tuple[tuple[str, str], ...] = ()
        current = procedure.start
        visited = {current}
        while (answer := self.answers.get(current)) is not None:
            next_step = procedure.steps[current].next_step(answer)
            if next_step is None or next_step not in procedure.steps or next_step in visited:
                break
            answers = (*answers, (current, answer))
            current = next_step
            visited.add(current)
        return Path(answers, current)

    def current(self, procedure: Procedure) -> str:
        """Return the key of the step on the screen: the viewed one, or the end of the path."""
        path = self.replay(procedure)
        if self.viewed is not None and self.viewed in path.steps:
            return self.viewed
        return path.end

    def answer(self, step: str, key: str) -> "Walk":
        """Return the walk with this answer to a step, viewing the step that the answers lead to."""
        return Walk({**self.answers, step: key})

    def view(self, step: str | None) -> "Walk":
        """Return the walk with another step of the path viewed; None for the end of the path."""
        return replace(self, viewed=step)

    def back(self, procedure: Procedure) -> "Walk":
        """Return the walk with the previous step viewed; at the start nothing changes."""
        steps = self.replay(procedure).steps
        before = steps.index(self.current(procedure)) - 1
        return self.view(steps[max(before, 0)])

    def to_address(self) -> str:
        """Return the walk as an address fragment: `A1.no-A2.yes`, then `-A1` if A1 is viewed."""
        parts = [f"{step}.{key}" for step, key in self.answers.items()]
        return "-".join(parts if self.viewed is None else [*parts, self.viewed])

    @classmethod
    def from_address(cls, text: str) -> "Walk":
        """Return the walk of an address fragment; invalid parts are ignored."""
        parts = text.split("-")
        answers = [match for part in parts if (match := _ANSWER.fullmatch(part))]
        viewed = [part for part in parts if STEP_KEY.fullmatch(part)]
        return cls({answer[1]: answer[2] for answer in answers}, viewed[-1] if viewed else None)

"""A walk through the procedure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from procedure.guide.steps import ANSWER_KEY, STEP_KEY, Path, Procedure

_ANSWER = re.compile(rf"({STEP_KEY.pattern})\.({ANSWER_KEY.pattern})")


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """An answer to a question in the procedure, with the statuses shown at that time.

    All answers in a walk have the same `walk`. `readings` holds lines such as `alma-saml server
    down timeout 2026-11-24T09:12:00Z` about the targets of the step, a line with the suggested
    answer, if any, and a line for each quote that the status pages left to a person.
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
    """The latest answer to each step.

    Answers to steps that are no longer on the path are kept, and apply again if an earlier answer
    is changed back.
    """

    answers: Mapping[str, str] = field(default_factory=dict[str, str])

    def replay(self, procedure: Procedure) -> Path:
        """Return the path along which the answers lead from the start.

        The path ends at the first step whose answer is missing or unknown, or leads back to an
        earlier step.
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

    def answer(self, step: str, key: str) -> "Walk":
        return Walk({**self.answers, step: key})

    def to_address(self) -> str:
        """Return the walk as a URL fragment, such as `A1.no-A2.yes`."""
        return "-".join(f"{step}.{key}" for step, key in self.answers.items())

    @classmethod
    def from_address(cls, text: str) -> "Walk":
        """Parse a URL fragment, ignoring invalid parts."""
        answers = [match for part in text.split("-") if (match := _ANSWER.fullmatch(part))]
        return cls({answer[1]: answer[2] for answer in answers})

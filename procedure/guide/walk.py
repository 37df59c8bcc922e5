"""Who answered what, and when; the current step is replayed from the answers, never stored."""

from __future__ import annotations

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
    """A person's answer to one question of the procedure, with what the screen showed then.

    `walk` groups the answers of one passage through the tree. `readings` are short lines such as
    `alma-saml server down timeout 2026-11-24T09:12:00Z`, one a target of the step.
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
    """One passage through the tree: an answer for each step that has had one.

    Answers are kept by the name of their step, also those that the present path does not pass:
    whoever goes back and comes forward again finds them. `looked_at` is an earlier step that is
    on the screen, None for the step that the answers lead to.
    """

    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    looked_at: str | None = None

    def replay(self, procedure: Procedure) -> Path:
        """Follow the answers from the start, as far as they lead.

        An answer that its step does not have is passed over; the path ends at that step.
        """
        given: tuple[tuple[str, str], ...] = ()
        here = procedure.start
        passed = {here}
        while (answer := self.answers.get(here)) is not None:
            to = procedure.steps[here].next_step(answer)
            if to is None or to not in procedure.steps or to in passed:
                break
            given = (*given, (here, answer))
            here = to
            passed.add(here)
        return Path(given, here)

    def current(self, procedure: Procedure) -> str:
        """Name the step on the screen: the one looked at if the path passes it, else its end."""
        path = self.replay(procedure)
        if self.looked_at is not None and self.looked_at in path.steps:
            return self.looked_at
        return path.end

    def answer(self, step: str, key: str) -> Walk:
        """Answer a step, anew or otherwise, and go on to where the answers now lead."""
        return Walk({**self.answers, step: key})

    def look(self, step: str | None) -> Walk:
        """Put a step of the path on the screen, or with None the one that the answers lead to."""
        return replace(self, looked_at=step)

    def back(self, procedure: Procedure) -> Walk:
        """Look at the step before; every answer is kept. At the start nothing changes."""
        steps = self.replay(procedure).steps
        before = steps.index(self.current(procedure)) - 1
        return self.look(steps[max(before, 0)])

    def forward(self, procedure: Procedure) -> Walk:
        """Look at the step after, as the kept answers lead; at the end nothing changes."""
        steps = self.replay(procedure).steps
        after = steps.index(self.current(procedure)) + 1
        return self.look(steps[after] if after < len(steps) - 1 else None)

    def restart(self) -> Walk:
        """Begin again, with no answer."""
        return Walk()

    def to_address(self) -> str:
        """Write the walk for an address: `A1.no-A2.yes`, and `-A1` when A1 is looked at."""
        parts = [f"{step}.{key}" for step, key in self.answers.items()]
        return "-".join(parts if self.looked_at is None else [*parts, self.looked_at])

    @classmethod
    def from_address(cls, text: str) -> Walk:
        """Read a walk from an address; whatever cannot be part of one is left out."""
        parts = text.split("-")
        answers = [found for part in parts if (found := _ANSWER.fullmatch(part))]
        looks = [part for part in parts if STEP_KEY.fullmatch(part)]
        return cls({one[1]: one[2] for one in answers}, looks[-1] if looks else None)

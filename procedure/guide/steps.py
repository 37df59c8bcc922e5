"""The procedure: its steps, the answers that lead from step to step, and contacts."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from procedure.opening_hours import OpeningHours

# The meanings of the answers that each rule in `procedure.diagnosis.suggestion.RULES` may suggest.
# Each text completes the error message for a step in which no answer has that meaning.
ANSWER_MEANINGS: dict[str, dict[str, str]] = {
    "official": {
        "announced": "that a status page announces the outage",
        "not-announced": "that no status page announces it",
    },
    "colleagues": {
        "works": "that the fault is at this workstation",
        "fails": "that the fault is general",
        "only-vdi": "that the fault is at the VDI workstations",
    },
    "reach": {
        "answers": "that an address answers from here",
        "silent": "that none answers from here",
    },
}
# Meanings that may be missing, because only some libraries have VDI workstations.
OPTIONAL_ANSWERS = frozenset({"only-vdi"})


StepKind = Literal["question", "contact", "lending"]

# Keys must not contain dots or hyphens, because dots and hyphens separate keys in URLs. A step's
# key must begin with a capital letter, because "end" is a Mermaid keyword.
STEP_KEY = re.compile(r"[A-Z][A-Za-z0-9_]*")
ANSWER_KEY = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a question: its key, the step it leads to, and its meaning.

    `means` is the conclusion that suggests this answer (see
    `procedure.diagnosis.suggestion.RULES`), or empty if no evidence suggests the answer.
    """

    key: str
    to: str
    means: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the procedure.

    - A `question` has `answers`. `evidence` names the rule that may suggest an answer (see
      `procedure.diagnosis.suggestion.RULES`).
    - A `contact` step has a `contact` to call. `when_closed` is the step to go to if the contact
      is closed.
    - Loans are recorded at the `lending` step.
    """

    key: str
    kind: StepKind
    answers: tuple[Answer, ...] = ()
    targets: tuple[str, ...] = ()
    contact: str | None = None
    when_closed: str | None = None
    evidence: str | None = None

    def next_step(self, answer: str) -> str | None:
        """Return the step that an answer leads to, or None if there is no such answer."""
        return next((choice.to for choice in self.answers if choice.key == answer), None)

    def answer_meaning(self, meaning: str | None) -> str | None:
        """Return the key of the answer with this meaning, or None."""
        return next((answer.key for answer in self.answers if answer.means == meaning), None)

    def transitions(self) -> Iterator[tuple[str, str]]:
        """Yield the key of each transition, such as `answers.yes`, and the step it leads to."""
        for answer in self.answers:
            yield f"answers.{answer.key}", answer.to
        if self.when_closed is not None:
            yield "when_closed", self.when_closed


@dataclass(frozen=True, slots=True)
class Telephone:
    """A telephone number, and who answers it.

    `shown` is the number as displayed, and `dialled` is the number in international format.
    `weekdays` holds the days on which somebody answers (ISO numbers), or is empty if no days are
    given.
    """

    shown: str
    dialled: str
    person: str = ""
    weekdays: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact(OpeningHours):
    """A contact, and the hours during which they can be reached.

    - `ticket`: the address of the ticket form.
    - `owner`: the person who keeps the entry up to date.
    - `reviewed`: the local date of the last review, or None.
    """

    key: str
    telephones: tuple[Telephone, ...] = ()
    ticket: str | None = None
    owner: str = ""
    reviewed: date | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """A path through the procedure: the (step, answer) pairs, and the step they lead to."""

    given: tuple[tuple[str, str], ...]
    end: str

    @property
    def steps(self) -> tuple[str, ...]:
        """All steps of the path, including the last."""
        return (*(step for step, _ in self.given), self.end)


@dataclass(frozen=True, slots=True)
class Procedure:
    """The procedure as a tree: the key of the first step, and all steps by key."""

    start: str
    steps: Mapping[str, Step]

    @property
    def lending(self) -> Step:
        """The step at which loans are recorded (C1 in the packaged handbook)."""
        return next(step for step in self.steps.values() if step.kind == "lending")

    @property
    def asks_about_vdi(self) -> bool:
        """Whether an answer blames VDI workstations, which means that the library has some."""
        return any(step.answer_meaning("only-vdi") for step in self.steps.values())

    def paths(self) -> tuple[Path, ...]:
        """Return all paths from the start to a step without answers.

        `when_closed` is not followed, because it is not an answer.
        """
        return tuple(self._onward(Path((), self.start)))

    def _onward(self, path: Path) -> Iterator[Path]:
        answers = self.steps[path.end].answers
        if not answers:
            yield path
        for answer in answers:
            if answer.to in self.steps and answer.to not in path.steps:
                yield from self._onward(Path((*path.given, (path.end, answer.key)), answer.to))

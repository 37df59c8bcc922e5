"""The procedure as data: steps, the answers that lead from step to step, and contacts to call."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from procedure.opening_hours import OpeningHours

# The answers that each rule may suggest, by meaning, and the message if an answer is missing.
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
# A library without VDI workstations has no such answer.
OPTIONAL_ANSWERS = frozenset({"only-vdi"})


StepKind = Literal["question", "contact", "lending"]

# Keys appear in URLs, scenarios and diagrams: they contain neither the dot nor the hyphen that
# separate them there, and a capital letter distinguishes a step from Mermaid's keyword "end".
STEP_KEY = re.compile(r"[A-Z][A-Za-z0-9_]*")
ANSWER_KEY = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a question: its key, the step it leads to, and its meaning.

    `means` is the conclusion that suggests this answer (`procedure.diagnosis.suggestion.RULES`),
    empty where no evidence suggests it.
    """

    key: str
    to: str
    means: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the procedure.

    A `question` has answers; a `contact` names whom to call and, with `when_closed`, the step
    that applies while nobody is there; `lending` is where loans are recorded. `evidence` names the
    rule that may suggest an answer (`procedure.diagnosis.suggestion.RULES`).
    """

    key: str
    kind: StepKind
    answers: tuple[Answer, ...] = ()
    targets: tuple[str, ...] = ()
    contact: str | None = None
    when_closed: str | None = None
    evidence: str | None = None

    def next_step(self, answer: str) -> str | None:
        """Return the step that an answer leads to, or None if the step has no such answer."""
        return next((choice.to for choice in self.answers if choice.key == answer), None)

    def answer_meaning(self, meaning: str | None) -> str | None:
        """Return the key of the answer with this meaning, or None."""
        return next((answer.key for answer in self.answers if answer.means == meaning), None)

    def transitions(self) -> Iterator[tuple[str, str]]:
        """Yield every way out: its key (`answers.yes`, `when_closed`) and the next step."""
        for answer in self.answers:
            yield f"answers.{answer.key}", answer.to
        if self.when_closed is not None:
            yield "when_closed", self.when_closed


@dataclass(frozen=True, slots=True)
class Telephone:
    """A telephone number as shown and as dialled from anywhere, and who answers it."""

    shown: str
    dialled: str
    person: str = ""
    weekdays: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact(OpeningHours):
    """A contact to call or write to, and the times at which they can be reached.

    - `ticket`: the address of the form.
    - `owner`: who keeps the entry up to date; `reviewed` is the local date of the last review, or
      None if there was none.
    """

    key: str
    telephones: tuple[Telephone, ...] = ()
    ticket: str | None = None
    owner: str = ""
    reviewed: date | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """A path through the tree: the answers given, as (step, answer), and the step they lead to."""

    given: tuple[tuple[str, str], ...]
    end: str

    @property
    def steps(self) -> tuple[str, ...]:
        """Every step of the path, including the last."""
        return (*(step for step, _ in self.given), self.end)


@dataclass(frozen=True, slots=True)
class Procedure:
    """The whole tree: its first step, and every step by key."""

    start: str
    steps: Mapping[str, Step]

    @property
    def lending(self) -> Step:
        """The step where loans are recorded (C1), one key press away from every other."""
        return next(step for step in self.steps.values() if step.kind == "lending")

    @property
    def asks_about_vdi(self) -> bool:
        """Whether an answer blames the VDI workstations, which means that the library has some."""
        return any(step.answer_meaning("only-vdi") for step in self.steps.values())

    def paths(self) -> tuple[Path, ...]:
        """Return every way that answers can lead from the start to a step without answers.

        The way out of a contact who is away is not an answer and is not followed here.
        """
        return tuple(self._onward(Path((), self.start)))

    def _onward(self, path: Path) -> Iterator[Path]:
        answers = self.steps[path.end].answers
        if not answers:
            yield path
        for answer in answers:
            if answer.to in self.steps and answer.to not in path.steps:
                yield from self._onward(Path((*path.given, (path.end, answer.key)), answer.to))

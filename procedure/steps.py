"""The procedure as data: steps, the answers that lead from one to the next, and whom to call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

StepKind = Literal["question", "contact", "lending"]


@dataclass(frozen=True, slots=True)
class Answer:
    """One way out of a question: its key (`yes`, `no`, `vdi`) and the step it leads to."""

    key: str
    to: str


@dataclass(frozen=True, slots=True)
class Step:
    """One box of the paper.

    A `question` has answers; a `contact` names whom to call and, with `when_closed`, the step
    that applies while nobody is there; `lending` is where loans are recorded.
    """

    key: str
    kind: StepKind
    answers: tuple[Answer, ...] = ()
    targets: tuple[str, ...] = ()
    contact: str | None = None
    when_closed: str | None = None


@dataclass(frozen=True, slots=True)
class Telephone:
    """A number as the paper prints it, as it is dialled from anywhere, and who answers it."""

    shown: str
    dialled: str
    person: str = ""
    weekdays: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to call or write to.

    `weekdays` are ISO numbers (Monday is 1) on which the paper says they can be reached; empty
    when the paper does not say. `opens` and `closes` are local times `HH:MM`, None when the paper
    gives none: unknown hours are said to be unknown.
    """

    key: str
    telephones: tuple[Telephone, ...] = ()
    ticket: str | None = None
    weekdays: tuple[int, ...] = ()
    hours_known: bool = False
    opens: str | None = None
    closes: str | None = None


@dataclass(frozen=True, slots=True)
class Procedure:
    """The whole tree: where it starts and every step by key."""

    start: str
    steps: Mapping[str, Step]

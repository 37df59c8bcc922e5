"""This library's papers, read: the procedure, its targets, contacts and desks, and their words.

The papers themselves are the TOML files in this folder; another library swaps the folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from procedure.circulation.scan_rules import ScanRules
from procedure.circulation.transactions import CirculationDesk
from procedure.guide.steps import Contact, Procedure
from procedure.monitoring.model import Target
from procedure.monitoring.neighbours import Neighbour

LANGUAGES = ("fr", "en")
_W = TypeVar("_W")


class NamedText(dict[str, _W]):
    """Words by key; `[key]` of a key without words gives words that show the key itself.

    Journal entries keep the keys of an earlier handbook: a contact renamed since, a step that is
    gone. `in` and `get` still tell that such a key is unknown.
    """

    def __init__(self, known: Mapping[str, _W], unknown: Callable[[str], _W]) -> None:
        super().__init__(known)
        self._unknown = unknown

    def __missing__(self, key: str) -> _W:
        return self._unknown(key)


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """What an answer's button says, and what follows from giving it."""

    label: str
    then: str


@dataclass(frozen=True, slots=True)
class StepWords:
    """A step in one language: a short name, the question or heading, a line of help, a remark.

    `doing` are the lines of what to do there. `when_closed` is said of the way out that a contact
    step has while nobody can be reached.
    """

    short: str
    title: str
    help: str = ""
    remark: str = ""
    doing: tuple[str, ...] = ()
    answers: Mapping[str, AnswerWords] | None = None
    when_closed: AnswerWords | None = None


@dataclass(frozen=True, slots=True)
class TargetWords:
    """A target in one language: the name in the grid, the host or place, a note for the detail."""

    name: str
    place: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ContactWords:
    """A contact in one language: full name, short name, when, how, and what to tell them."""

    name: str
    short: str
    when: str
    how: str
    tell: str


@dataclass(frozen=True, slots=True)
class Words:
    """Everything the papers say in one language."""

    language: str
    library: str
    steps: Mapping[str, StepWords]
    targets: Mapping[str, TargetWords]
    contacts: Mapping[str, ContactWords]


@dataclass(frozen=True, slots=True)
class Handbook:
    """The papers of one library: targets, contacts and desks by key, words by language.

    `scans` are the shapes of what is scanned there, and the days of its loans. `closures` are
    local dates on which the whole house is closed, beside public holidays. `neighbours` are other
    Relais servers to look at, by key.
    """

    procedure: Procedure
    targets: Mapping[str, Target]
    contacts: Mapping[str, Contact]
    desks: Mapping[str, CirculationDesk]
    words: Mapping[str, Words]
    scans: ScanRules = field(default_factory=ScanRules)
    closures: frozenset[date] = frozenset()
    neighbours: Mapping[str, Neighbour] = field(default_factory=dict[str, Neighbour])

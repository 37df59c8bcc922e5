"""A library's configuration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from procedure.circulation.list_advice import ListRules
from procedure.circulation.scan_rules import ScanRules
from procedure.circulation.transactions import CirculationDesk
from procedure.guide.contact_hours import coming_holidays
from procedure.guide.steps import Contact, Procedure
from procedure.handbook.library import LibrarySettings
from procedure.local_time import local
from procedure.monitoring.contract import Contract
from procedure.monitoring.model import Meaning, Target
from procedure.monitoring.service_states import Service

OF_THE_SYSTEM = {Meaning.WAY_IN, Meaning.OTHER_WAY_IN, Meaning.SYSTEM}

_W = TypeVar("_W")

# The required and the optional files, except those with the texts (see `words_file`).
FILES = ("library.toml", "steps.toml", "targets.toml", "contacts.toml", "desks.toml")
OPTIONAL = ("scans.toml", "lists.toml", "contract.toml")


class NamedText(dict[str, _W]):
    """Texts by key; for an unknown key, `texts[key]` returns a text that shows the key.

    Journal entries may contain keys from earlier handbooks, such as the old key of a renamed
    contact. `in` and `get` treat such a key as unknown.
    """

    def __init__(self, known: Mapping[str, _W], unknown: Callable[[str], _W]) -> None:
        super().__init__(known)
        self._unknown = unknown

    def __missing__(self, key: str) -> _W:
        return self._unknown(key)


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """The label of an answer's button, and what to do next."""

    label: str
    then: str


@dataclass(frozen=True, slots=True)
class StepWords:
    """A step's texts in one language: short name, question or heading, help line, remark.

    `doing` holds the instructions, one per line. `when_closed` says how to continue if the contact
    cannot be reached.
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
    """A target's texts in one language: its name in the grid, its host or place, and a note."""

    name: str
    place: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ContactWords:
    """A contact's texts in one language: names, when and how to reach them, and what to say."""

    name: str
    short: str
    when: str
    how: str
    tell: str


# The reconciliation steps that are carried out in Alma itself.
ALMA_ACTS = ("block_off", "send", "block_back", "proof", "settle", "carts")


@dataclass(frozen=True, slots=True)
class AlmaWords:
    """The texts of a reconciliation step in Alma: menu path, instructions, and expected result.

    `doing` holds the instructions, one per line; `expect` may be empty.
    """

    path: str
    doing: tuple[str, ...]
    expect: str = ""


# Causes of an outage that may have messages of their own.
CAUSES = ("system", "network", "sign_in", "slow", "work")


@dataclass(frozen=True, slots=True)
class MessageWords:
    """Messages to workstations: at the beginning of an outage, during it, and at the end.

    For an empty field, the built-in text is used.
    """

    begin: str = ""
    update: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class PublicWords(MessageWords):
    """Messages to patrons, with a title."""

    title: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """All texts in one language.

    - `alma`: the steps in `ALMA_ACTS`, by key.
    - `settled`: suggested texts on how a refused loan was settled by hand, by the key of the
      refusal's reason.
    - `address`: the line below the library's name on a patron's slip.
    - `message`: messages to workstations, by a cause in `CAUSES`.
    - `public`: messages to patrons, by a cause in `CAUSES`.
    - `services`: names of services, needed for dossiers from versions before 1.0.0. In these
      versions, the states of services were set by hand.
    """

    language: str
    library: str
    steps: Mapping[str, StepWords]
    targets: Mapping[str, TargetWords]
    contacts: Mapping[str, ContactWords]
    address: str = ""
    alma: Mapping[str, AlmaWords] = field(default_factory=dict[str, AlmaWords])
    settled: Mapping[str, str] = field(default_factory=dict[str, str])
    message: Mapping[str, MessageWords] = field(default_factory=dict[str, MessageWords])
    public: Mapping[str, PublicWords] = field(default_factory=dict[str, PublicWords])
    services: Mapping[str, str] = field(default_factory=dict[str, str])


class WordsByLanguage(dict[str, Words]):
    """The texts by language; a missing language gets the texts of the first language."""

    def __missing__(self, language: str) -> Words:
        return next(iter(self.values()))


@dataclass(frozen=True, slots=True)
class Handbook:
    """A library's configuration.

    - `library`: the settings of `library.toml`.
    - `scans`: the shapes of scanned codes, and the loan period.
    - `lists`: how desks handle warnings from the lists of accounts and items.
    - `closures`: local dates on which the library is closed, besides public holidays.
    - `contract`: the vendor's commitment, or None if there is no `contract.toml`.
    """

    procedure: Procedure
    targets: Mapping[str, Target]
    contacts: Mapping[str, Contact]
    desks: Mapping[str, CirculationDesk]
    words: WordsByLanguage
    scans: ScanRules = field(default_factory=ScanRules)
    lists: ListRules = field(default_factory=ListRules)
    closures: frozenset[date] = frozenset()
    library: LibrarySettings = field(default_factory=LibrarySettings)
    contract: Contract | None = None

    def closed_days(self, at: datetime) -> frozenset[date]:
        """Return all closures, and the holidays of the local year of `at` and of the next year."""
        return coming_holidays(self.library.holidays, local(at).year) | self.closures

    def scan_rules(self) -> dict[str, object]:
        """Return the rules that a browser needs when a code is scanned, as JSON values."""
        return self.scans.for_page() | {"lists": self.lists.for_page()}


def words_file(language: str) -> str:
    """Return the name of the file with the texts in a language."""
    return f"words/{language}.toml"


def services(handbook: Handbook) -> tuple[Service, ...]:
    """Return one service for each step that has targets, except steps about status pages.

    Announcements on status pages concern a service only if all its targets belong to the library
    system.
    """
    steps = handbook.procedure.steps.values()
    return tuple(
        Service(
            step.key,
            step.targets,
            all(OF_THE_SYSTEM.intersection(handbook.targets[key].means) for key in step.targets),
        )
        for step in steps
        if step.targets and step.evidence != "official"
    )


def contract_of(handbook: Handbook) -> Contract:
    """Return the vendor's contract or, if there is none, a contract that promises nothing."""
    known = services(handbook)
    first = next((service for service in known if service.announced), known[0])
    return handbook.contract or Contract(first.key)

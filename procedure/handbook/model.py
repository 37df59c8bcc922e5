"""A library's configuration as read from its TOML files."""

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

# The files besides the words, for which see `words_file`.
FILES = ("library.toml", "steps.toml", "targets.toml", "contacts.toml", "desks.toml")
OPTIONAL = ("scans.toml", "lists.toml", "contract.toml")


class NamedText(dict[str, _W]):
    """Texts by key; `[key]` of an unknown key returns texts that show the key itself.

    Journal entries keep keys of earlier handbooks, such as a contact that was renamed. `in` and
    `get` still tell that such a key is unknown.
    """

    def __init__(self, known: Mapping[str, _W], unknown: Callable[[str], _W]) -> None:
        super().__init__(known)
        self._unknown = unknown

    def __missing__(self, key: str) -> _W:
        return self._unknown(key)


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """The label of an answer's button, and the consequence of the answer."""

    label: str
    then: str


@dataclass(frozen=True, slots=True)
class StepWords:
    """A step in one language: short name, question or heading, line of help, remark.

    `doing` has the instructions, one per line. `when_closed` is the text for continuing while a
    contact cannot be reached.
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
    """A contact in one language: full name, short name, when, how, and what to say."""

    name: str
    short: str
    when: str
    how: str
    tell: str


# The acts of the reconciliation that are done in Alma itself.
ALMA_ACTS = ("block_off", "send", "block_back", "proof", "settle", "carts")


@dataclass(frozen=True, slots=True)
class AlmaWords:
    """An act of the reconciliation in Alma: where (menu path), what to do, what to expect.

    `doing` has one instruction per line; `expect` may be empty.
    """

    path: str
    doing: tuple[str, ...]
    expect: str = ""


# Causes of an outage, each with messages of its own.
CAUSES = ("system", "network", "sign_in", "slow", "work")


@dataclass(frozen=True, slots=True)
class MessageWords:
    """Messages to workstations about a cause: at the beginning, meanwhile, at the end.

    An empty field uses the built-in text. A person reads each message before it is sent.
    """

    begin: str = ""
    update: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class PublicWords(MessageWords):
    """Messages to patrons about a cause, with a title."""

    title: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """All texts of the handbook in one language.

    - `alma`: acts of `ALMA_ACTS` by key.
    - `settled`: the usual words for how a loan was settled by hand, by the key of the reason for
      its refusal.
    - `address`: the line below the library's name on a patron's slip.
    - `message`: texts for workstations by key of `CAUSES`; `public`: texts for patrons.
    - `services`: names for dossiers of versions before 1.0.0, in which a person set the states of
      services.
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
    """The words by language; a missing language uses the words of the first."""

    def __missing__(self, language: str) -> Words:
        return next(iter(self.values()))


@dataclass(frozen=True, slots=True)
class Handbook:
    """A library's configuration: targets, contacts and desks by key, words by language.

    - `library`: the settings of `library.toml`.
    - `scans`: the shapes of scanned codes, and the loan period.
    - `lists`: how a desk acts on the advice from the lists of accounts and items.
    - `closures`: local dates on which the library is closed, besides public holidays.
    - `contract`: the vendor's commitment, None without its file.
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
        """Return the public holidays and closures of the local year of `at` and of the next."""
        return coming_holidays(self.library.holidays, local(at).year) | self.closures

    def scan_rules(self) -> dict[str, object]:
        """Return the rules that a browser needs at a scan, `scans` and `lists`, as JSON values."""
        return self.scans.for_page() | {"lists": self.lists.for_page()}


def words_file(language: str) -> str:
    """Return the name of the file with the words of a language."""
    return f"words/{language}.toml"


def services(handbook: Handbook) -> tuple[Service, ...]:
    """Return the services in the order of their steps; a status page is not a service.

    Announcements on the status pages are about the library system.
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
    """Return the vendor's contract, or a contract that promises nothing if there is none."""
    known = services(handbook)
    first = next((service for service in known if service.announced), known[0])
    return handbook.contract or Contract(first.key)

"""Validates a handbook's tables.

First the entries of each file are read; then the files are checked against each other. An invalid
entry must cause only one fault, not a fault for every reference to it.
"""

from collections.abc import Collection, Mapping
from datetime import date

from procedure.circulation.list_advice import ListRules
from procedure.circulation.transactions import CirculationDesk
from procedure.errors import Fault
from procedure.guide.steps import ANSWER_KEY, Answer, Contact, Procedure, Step
from procedure.handbook.cross_checks import cross_check
from procedure.handbook.library import LibrarySettings
from procedure.handbook.meanings import WITHOUT, earlier_meanings, missing_meanings
from procedure.handbook.model import FILES, OPTIONAL, Handbook, WordsByLanguage, words_file
from procedure.handbook.page import Page
from procedure.handbook.scans import read_scans
from procedure.handbook.shape import Entries
from procedure.handbook.spelling import KeyRule, suggest_known
from procedure.handbook.tables import CONTACTS, CONTRACT, DESKS, LIBRARY, LISTS, STEPS, TARGETS
from procedure.handbook.words import read_words
from procedure.monitoring.contract import Contract
from procedure.monitoring.model import Meaning, Target

_ANSWER = KeyRule(ANSWER_KEY, "an answer's key must consist of lower-case letters and digits")


def read_handbook(
    tables: Mapping[str, Mapping[str, object] | None],
) -> tuple[Handbook | None, tuple[Fault, ...]]:
    """Return the handbook (None if any file is faulty or could not be read), and the sorted faults.

    `tables` maps the names of the files (`FILES`, `OPTIONAL`, and the texts in each language) to
    their content. A missing optional file counts as empty. Any other missing file, and any file
    whose content is None, counts as unreadable, so its keys are unknown rather than absent.
    """
    pages = {file: Page(file, tables.get(file)) for file in FILES}
    optional = {file: Page(file, tables.get(file, {})) for file in OPTIONAL}
    library, steps, targets, contacts, desks = pages.values()
    settings = read_library(library)
    words = {
        language: Page(words_file(language), tables.get(words_file(language)))
        for language in settings.languages
        if library.content is not None or words_file(language) in tables
    }
    procedure = _read_procedure(steps)
    contacts_by_key, closures = _read_contacts(contacts)
    handbook = Handbook(
        procedure=procedure,
        targets=_read_targets(targets, procedure),
        contacts=contacts_by_key,
        desks=_read_desks(desks),
        library=settings,
        scans=read_scans(optional["scans.toml"]),
        lists=_read_lists(optional["lists.toml"]),
        closures=closures,
        contract=_read_contract(optional["contract.toml"], procedure, targets.keys),
        words=WordsByLanguage(
            {language: read_words(page, language) for language, page in words.items()}
        ),
    )
    cross_check(tuple(pages.values()), tuple(words.values()), handbook)
    all_pages = [*pages.values(), *optional.values(), *words.values()]
    faults = sorted({fault for page in all_pages for fault in page.faults})
    complete = all(page.content is not None for page in all_pages)
    return (handbook if complete and not faults else None), tuple(faults)


def read_library(page: Page) -> LibrarySettings:
    """Return the settings; for an invalid setting, add a fault and keep the default."""
    return LibrarySettings(**page.table("", page.content, LIBRARY))


def _read_procedure(page: Page) -> Procedure:
    head, sections = page.read(STEPS)
    steps = {key: _step(page, key, values) for key, values in sections.items()}
    return Procedure(head.get("start", ""), steps)


def _step(page: Page, key: str, values: Entries) -> Step:
    answers: dict[str, str] = values.pop("answers", {})
    means: dict[str, str] = values.pop("means", {})
    for name in answers:
        if wrong := _ANSWER.fault(name):
            page.fault(f"{key}.answers.{name}", wrong)
    for name in means.keys() - answers.keys():
        message = f"unknown key; {suggest_known(name, answers)}"
        page.fault(f"{key}.means.{name}", message, unless=[f"{key}.answers"])
    values.setdefault("kind", _guess_kind(values, answers))
    leads = tuple(Answer(name, to, means.get(name, "")) for name, to in answers.items())
    return Step(key=key, answers=leads, **values)


def _guess_kind(values: Mapping[str, object], answers: Mapping[str, object]) -> str:
    """Guess the kind of a step whose kind is missing or invalid, to avoid further faults."""
    if "contact" in values:
        return "contact"
    return "question" if answers else "lending"


def _read_targets(page: Page, procedure: Procedure) -> dict[str, Target]:
    head, sections = page.read(TARGETS)
    means = {key: _check_means(page, key, values, procedure) for key, values in sections.items()}
    if all(page.is_valid(f"{key}.means") or means[key] != (Meaning.OTHER,) for key in means):
        given = {meaning for each in means.values() for meaning in each}
        _check_all_meanings(page, given, head.get("without", ()))
    step_of = {name: step.key for step in procedure.steps.values() for name in step.targets}
    # In the order of the steps, not of the file.
    return {
        key: Target(key=key, step=step, **sections[key])
        for key, step in step_of.items()
        if {"url", "interval"} <= sections.get(key, {}).keys()
    }


def _check_means(
    page: Page, key: str, values: Entries, procedure: Procedure
) -> tuple[Meaning, ...]:
    """Return a target's meanings; if none are given, add a fault and return a guess."""
    if not page.is_valid(f"{key}.means"):
        return (Meaning.OTHER,)  # the fault has been added, and no meaning can be guessed
    proposed = earlier_meanings(key, values, procedure)
    if values.pop("campus", None) is not None:
        page.fault(f"{key}.campus", "is now part of means; remove it", fix="")
    if "means" in values:
        return values["means"]
    quoted = ", ".join(f'"{meaning}"' for meaning in proposed)
    line = f"means = [{quoted}]" if len(proposed) > 1 else f"means = {quoted}"
    message = f"missing; say what this target is, for example {line}"
    page.fault(f"{key}.means", message, fix=line, unless=[f"{key}.means"])
    return proposed


def _check_all_meanings(
    page: Page, given: Collection[Meaning], without: Collection[Meaning]
) -> None:
    """Add a fault for each meaning that is missing or wrongly listed; see `missing_meanings`."""
    if page.content is not None and page.is_valid("without"):
        for key, message in missing_meanings(given, without):
            page.fault(key, message, fix=_without_line(given))


def _without_line(given: Collection[Meaning]) -> str:
    names = ", ".join(f'"{meaning}"' for meaning in WITHOUT if meaning not in given)
    return f"without = [{names}]"


def _read_contacts(page: Page) -> tuple[dict[str, Contact], frozenset[date]]:
    head, sections = page.read(CONTACTS)
    for key, values in sections.items():
        _check_hours(page, key, values)
        if not values.get("telephones") and not values.get("ticket") and page.is_complete(key):
            page.fault(
                key, "has neither telephone numbers nor a ticket address; say how to reach it"
            )
    contacts = {key: Contact(key=key, **values) for key, values in sections.items()}
    return contacts, head.get("closures", frozenset())


def _check_hours(page: Page, key: str, values: Entries) -> None:
    opens, closes = values.get("opens"), values.get("closes")
    unless = [f"{key}.{name}" for name in ("opens", "closes")]
    if (opens is None) != (closes is None):
        message = "opens and closes belong together; give both, or neither if unknown"
        page.fault(key, message, unless=unless)
    elif opens is not None and closes is not None and opens >= closes:
        page.fault(f"{key}.closes", f"closes at {closes}, but must close after it opens at {opens}")
    if opens is not None and not values.get("weekdays"):
        message = "missing; opening hours need the days they apply to"
        page.fault(f"{key}.weekdays", message, unless=[f"{key}.weekdays"])


def _read_desks(page: Page) -> dict[str, CirculationDesk]:
    if page.content is not None and not page.content:
        page.fault("", "has no desks; add at least one: a table [CODE] with a name and a site")
    unnamed: Entries = {"name": "", "site": ""}
    _, sections = page.read(DESKS)
    for code, values in sections.items():
        _check_hours(page, code, values)
    return {
        code: CirculationDesk(code=code, **unnamed | values) for code, values in sections.items()
    }


def _read_lists(page: Page) -> ListRules:
    rules = ListRules(**page.table("", page.content, LISTS))
    if rules.lists_kept * 24 < rules.lists_stale and page.is_valid("lists_stale"):
        page.fault("lists_kept", "lists are deleted before they are stale; keep them longer")
    return rules


def _read_contract(
    page: Page, procedure: Procedure, targets: Collection[str] | None
) -> Contract | None:
    if not page.content:
        return None
    values = page.table("", page.content, CONTRACT)
    observed = [step.key for step in procedure.steps.values() if step.targets]
    service = values.get("service")
    if service is not None and observed and service not in observed:
        known = suggest_known(service, observed)
        message = f'there is no step "{service}" that names targets; {known}'
        page.fault("service", message)
    for target in values.get("pages", ()):
        if targets is not None and target not in targets:
            page.fault("pages", f'there is no target "{target}"; {suggest_known(target, targets)}')
    return Contract(**values) if {"service", "percent"} <= values.keys() else None

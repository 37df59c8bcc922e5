"""Handbook tables read into a `Handbook`, or every fault in them.

The entries of each file are read first, then the files are checked against each other. An entry
that could not be read gives one fault, not one for each consequence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any

from procedure.circulation.transactions import CirculationDesk
from procedure.errors import Fault
from procedure.guide.answer_meanings import ANSWER_MEANINGS
from procedure.guide.steps import ANSWER_KEY, STEP_KEY, Answer, Procedure, Step
from procedure.handbook.contacts import read_closures, read_contacts
from procedure.handbook.cross_checks import cross_check
from procedure.handbook.feeds import read_feed
from procedure.handbook.fields import Count, TimeSpan, address, flag, one_of, table, text, texts
from procedure.handbook.library import read_library
from procedure.handbook.meanings import (
    WITHOUT,
    absent,
    earlier_meanings,
    meanings,
    missing_meanings,
)
from procedure.handbook.model import FILES, OPTIONAL, Handbook, WordsByLanguage, words_file
from procedure.handbook.neighbours import read_neighbours
from procedure.handbook.scans import read_scans
from procedure.handbook.table_reader import Field, KeyRule, Page, Shape
from procedure.handbook.words import read_words
from procedure.monitoring.meaning import Meaning
from procedure.monitoring.model import Target

STEP_RULE = KeyRule(STEP_KEY, "a step's key is a capital letter, then letters and digits")
ANSWER_RULE = KeyRule(ANSWER_KEY, "an answer's key is small letters and digits")
TARGET_KEY = KeyRule(
    re.compile(r"[a-z][a-z0-9-]*"), "a target's key is small letters, digits and hyphens"
)
# The code is part of file names.
DESK_CODE = KeyRule(
    re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}"),
    "a desk's code is at most 50 letters, digits, hyphens and underscores",
)

# At least ten seconds, to spare the servers that are probed.
_INTERVAL = TimeSpan(timedelta(seconds=10), timedelta(hours=24))
_SLOW_AFTER = TimeSpan(timedelta(seconds=1), timedelta(seconds=60))

STEP: Shape = {
    "kind": Field(one_of("question", "contact", "lending"), required=True),
    "answers": Field(table),
    "targets": Field(texts),
    "contact": Field(text),
    "when_closed": Field(text),
    "evidence": Field(one_of(*ANSWER_MEANINGS)),
    "means": Field(table),
}
TARGET: Shape = {
    "url": Field(address, required=True),
    "interval": Field(_INTERVAL, required=True),
    "method": Field(one_of("GET", "HEAD")),
    "reserved": Field(flag),
    "slow_after": Field(_SLOW_AFTER),
    "proxy": Field(address),
    "must_contain": Field(texts),
    "must_not_contain": Field(texts),
    "from_paper": Field(flag),
    "means": Field(meanings),
    "campus": Field(flag),  # of earlier handbooks
    "allowed_hosts": Field(texts),
    "login_hosts": Field(texts),
    "retries": Field(Count(0, 10)),
    "recovery": Field(Count(1, 10)),
    "control": Field(flag),
    "browser": Field(flag),
    "feed": Field(table),
}
DESK: Shape = {
    "name": Field(text, required=True),
    "site": Field(text, required=True),
    "confirmed": Field(flag),
    "libraries": Field(texts),
}


def read_handbook(
    tables: Mapping[str, Mapping[str, object] | None],
) -> tuple[Handbook | None, tuple[Fault, ...]]:
    """Return the handbook, or None if there are any faults, and the faults in order.

    `tables` are those of `FILES`, of `OPTIONAL` and of the words of each language, by file name. A
    missing file or None means that it could not be read: its contents are unknown. A missing
    optional file is empty.
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
    handbook = Handbook(
        procedure=procedure,
        targets=_read_targets(targets, procedure),
        contacts=dict(read_contacts(contacts)),
        desks=dict(_read_desks(desks)),
        library=settings,
        scans=read_scans(optional["scans.toml"]),
        closures=read_closures(contacts),
        neighbours=dict(read_neighbours(optional["neighbours.toml"], targets.keys)),
        words=WordsByLanguage(
            {language: read_words(page, language) for language, page in words.items()}
        ),
    )
    cross_check(pages, words, handbook)
    all_pages = [*pages.values(), *optional.values(), *words.values()]
    faults = sorted({fault for page in all_pages for fault in page.faults})
    complete = all(page.content is not None for page in all_pages)
    return (handbook if complete and not faults else None), tuple(faults)


def _read_procedure(page: Page) -> Procedure:
    steps = {
        key: _step(page, key, values)
        for key, values in page.sections(STEP_RULE, STEP, other_keys=("start",))
    }
    unread = page.content is None
    return Procedure("" if unread else page.value("start", Field(text, required=True), ""), steps)


def _step(page: Page, key: str, values: dict[str, Any]) -> Step:
    answers: dict[str, object] = values.pop("answers", {})
    for name in answers:
        page.check_key(f"{key}.answers.{name}", name, ANSWER_RULE)
    shape = {name: Field(text) for name in answers}
    read = page.table(f"{key}.answers", answers, shape)
    means = page.table(f"{key}.means", values.pop("means", {}), shape)
    values.setdefault("kind", _guess_kind(values, answers))
    leads = tuple(Answer(name, to, means.get(name, "")) for name, to in read.items())
    return Step(key=key, answers=leads, **values)


def _guess_kind(values: Mapping[str, Any], answers: Mapping[str, object]) -> str:
    """Return the probable kind of a step whose kind could not be read, to avoid further faults."""
    if "contact" in values:
        return "contact"
    return "question" if answers else "lending"


def _read_targets(page: Page, procedure: Procedure) -> dict[str, Target]:
    values_by_key: dict[str, dict[str, Any]] = {
        key: values | read_feed(page, key, values)
        for key, values in page.sections(TARGET_KEY, TARGET, other_keys=("without",))
    }
    given = {
        key: _check_means(page, key, values, procedure) for key, values in values_by_key.items()
    }
    if all(page.is_valid(f"{key}.means") or given[key] != (Meaning.OTHER,) for key in given):
        _check_all_meanings(page, {meaning for means in given.values() for meaning in means})
    step_of = {name: step.key for step in procedure.steps.values() for name in step.targets}
    # In the order of the steps, whatever the order of the file.
    return {
        key: Target(key=key, step=step, **values_by_key[key])
        for key, step in step_of.items()
        if {"url", "interval"} <= values_by_key.get(key, {}).keys()
    }


def _check_means(
    page: Page, key: str, values: dict[str, Any], procedure: Procedure
) -> tuple[Meaning, ...]:
    """Return what a target means; without it, add a fault and return what the fault proposes."""
    proposed = earlier_meanings(key, values, procedure)
    if values.pop("campus", None) is not None:
        page.fault(f"{key}.campus", "is said by means now; take it out", fix="")
    if "means" in values:
        return values["means"]
    if page.is_valid(f"{key}.means"):
        shown = ", ".join(f'"{meaning}"' for meaning in proposed)
        line = f"means = [{shown}]" if len(proposed) > 1 else f"means = {shown}"
        page.fault(f"{key}.means", f"missing; say what this target is, such as {line}", fix=line)
    return proposed


def _check_all_meanings(page: Page, given: Collection[Meaning]) -> None:
    """Add a fault for each meaning that a diagnosis needs and that no target has."""
    without = page.value("without", Field(absent), ())
    if page.content is not None and page.is_valid("without"):
        for key, message in missing_meanings(given, without):
            page.fault(key, message, fix=_without_line(given))


def _without_line(given: Collection[Meaning]) -> str:
    names = ", ".join(f'"{meaning}"' for meaning in WITHOUT if meaning not in given)
    return f"without = [{names}]"


def _read_desks(page: Page) -> Iterator[tuple[str, CirculationDesk]]:
    if page.content is not None and not page.content:
        page.fault("", "lists no desk; give at least one, [CODE] with a name and a site")
    for code, values in page.sections(DESK_CODE, DESK):
        values.setdefault("name", "")
        values.setdefault("site", "")
        yield code, CirculationDesk(code=code, **values)

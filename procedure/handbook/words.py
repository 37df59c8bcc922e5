"""The words file of one language, read and checked against the rest of the handbook."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from procedure.guide.steps import Step
from procedure.handbook.fields import table, text, texts
from procedure.handbook.model import (
    ALMA_ACTS,
    AlmaWords,
    AnswerWords,
    ContactWords,
    NamedText,
    StepWords,
    TargetWords,
    Words,
)
from procedure.handbook.spelling import misspelt, suggest_known
from procedure.handbook.table_reader import Field, Page, Shape

_LINE = Field(text)
_REQUIRED_LINE = Field(text, required=True)

FILE: Shape = {
    "library": _REQUIRED_LINE,
    "steps": Field(table, required=True),
    "targets": Field(table, required=True),
    "contacts": Field(table, required=True),
    "alma": Field(table),
    "system": Field(table),
    "settled": Field(table),
}
STEP: Shape = {
    "short": _REQUIRED_LINE,
    "title": _REQUIRED_LINE,
    "help": _LINE,
    "remark": _LINE,
    "doing": Field(texts),
    "answers": Field(table),
    "when_closed": Field(table),
}
ANSWER: Shape = {"label": _REQUIRED_LINE, "then": _REQUIRED_LINE}
TARGET: Shape = {"name": _REQUIRED_LINE, "place": _REQUIRED_LINE, "note": _LINE}
ALMA: Shape = {"path": _REQUIRED_LINE, "doing": Field(texts, required=True), "expect": _LINE}
CONTACT: Shape = {
    "name": _REQUIRED_LINE,
    "short": _REQUIRED_LINE,
    "when": _REQUIRED_LINE,
    "how": _REQUIRED_LINE,
    "tell": _REQUIRED_LINE,
}


def read_words(page: Page, language: str) -> Words:
    """Return the words of one language; invalid entries become faults and are left empty."""
    tables = {} if page.content is None else page.table("", dict(page.content), FILE)
    settled: dict[str, object] = tables.get("settled", {})
    return Words(
        language=language,
        library=tables.get("library", ""),
        steps=NamedText(
            {key: _step(page, key, value) for key, value in tables.get("steps", {}).items()},
            lambda key: StepWords(key, key, answers=NamedText({}, _unknown_answer)),
        ),
        targets=NamedText(
            {
                key: TargetWords(**_read_table(page, f"targets.{key}", value, TARGET))
                for key, value in tables.get("targets", {}).items()
            },
            lambda key: TargetWords(key, ""),
        ),
        contacts=NamedText(
            {
                key: ContactWords(**_read_table(page, f"contacts.{key}", value, CONTACT))
                for key, value in tables.get("contacts", {}).items()
            },
            lambda key: ContactWords(key, key, "", "", ""),
        ),
        alma={
            act: words
            for name in ("alma", "system")
            for act, words in _acts(page, name, tables.get(name, {}))
        },
        settled=page.table("settled", settled, dict.fromkeys(settled, _LINE)),
    )


def _acts(page: Page, name: str, tables: dict[str, object]) -> Iterator[tuple[str, AlmaWords]]:
    """Yield the acts in the library system; a handbook need not say anything of any.

    They stand in `[alma]`, or in `[system]` where that is another one.
    """
    known = page.table(name, tables, dict.fromkeys(ALMA_ACTS, Field(table)))
    for key, value in known.items():
        read: dict[str, Any] = _read_table(page, f"{name}.{key}", value, ALMA)
        yield key, AlmaWords(read["path"], tuple(read["doing"]), read.get("expect", ""))


def _unknown_answer(key: str) -> AnswerWords:
    return AnswerWords(key, "")


def _read_table(page: Page, key: str, value: object, shape: Shape) -> dict[str, Any]:
    """Return the values of a table, with empty text for required lines that are missing."""
    needed = {name: "" for name, entry in shape.items() if entry.required}
    return needed | page.table(key, value, shape)


def _step(page: Page, key: str, table_value: object) -> StepWords:
    place = f"steps.{key}"
    values = _read_table(page, place, table_value, STEP)
    closed = values.pop("when_closed", None)
    answers = {
        name: _answer(page, f"{place}.answers.{name}", value)
        for name, value in values.pop("answers", {}).items()
    }
    return StepWords(
        **values,
        answers=NamedText(answers, _unknown_answer) if answers else None,
        when_closed=None if closed is None else _answer(page, f"{place}.when_closed", closed),
    )


def _answer(page: Page, key: str, value: object) -> AnswerWords:
    return AnswerWords(**_read_table(page, key, value, ANSWER))


def compare_words(
    page: Page,
    words: Words,
    *,
    steps: Mapping[str, Step] | None,
    complete_steps: Collection[str],
    targets: Collection[str] | None,
    contacts: Collection[str] | None,
) -> None:
    """Add faults for keys without words and words without a key; None skips a kind.

    Only the words of complete steps are compared with what the step has.
    """
    _check_keys(page, "steps", words.steps, steps)
    _check_keys(page, "targets", words.targets, targets)
    _check_keys(page, "contacts", words.contacts, contacts)
    for key, step in (steps or {}).items():
        if key in words.steps and key in complete_steps:
            _compare_step(page, f"steps.{key}", words.steps[key], step)


def _compare_step(page: Page, place: str, words: StepWords, step: Step) -> None:
    _check_keys(
        page, f"{place}.answers", words.answers or {}, [answer.key for answer in step.answers]
    )
    closed = [] if step.when_closed is None else ["when_closed"]
    _check_keys(page, place, [] if words.when_closed is None else ["when_closed"], closed)
    if step.kind != "question" and not words.doing and page.is_valid(f"{place}.doing"):
        page.fault(f"{place}.doing", "missing; say what to do at this step, one line each")


def _check_keys(
    page: Page, place: str, worded: Collection[str], known: Collection[str] | None
) -> None:
    if known is None or not page.is_valid(place):
        return
    unknown = [key for key in worded if key not in known]
    missing = [key for key in known if key not in worded]
    meant = misspelt(unknown, missing).values()
    for key in missing:
        if key not in meant:
            page.fault(f"{place}.{key}", "has no words; write them")
    for key in unknown:
        page.fault(f"{place}.{key}", f"speaks of nothing that exists; {suggest_known(key, known)}")

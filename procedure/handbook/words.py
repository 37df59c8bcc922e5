"""The words of one language, read from their paper and held against what they speak of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from procedure.guide.steps import Step
from procedure.handbook.fields import table, text, texts
from procedure.handbook.model import (
    AnswerWords,
    ContactWords,
    NamedText,
    StepWords,
    TargetWords,
    Words,
)
from procedure.handbook.page import Field, Page, Shape
from procedure.handbook.spelling import nearest

_LINE = Field(text)
_NEEDED = Field(text, required=True)

_FILE: Shape = {
    "library": _NEEDED,
    "steps": Field(table, required=True),
    "targets": Field(table, required=True),
    "contacts": Field(table, required=True),
}
_STEP: Shape = {
    "short": _NEEDED,
    "title": _NEEDED,
    "help": _LINE,
    "remark": _LINE,
    "doing": Field(texts),
    "answers": Field(table),
    "when_closed": Field(table),
}
_ANSWER: Shape = {"label": _NEEDED, "then": _NEEDED}
_TARGET: Shape = {"name": _NEEDED, "place": _NEEDED, "note": _LINE}
_CONTACT: Shape = {
    "name": _NEEDED,
    "short": _NEEDED,
    "when": _NEEDED,
    "how": _NEEDED,
    "tell": _NEEDED,
}


def read_words(page: Page, language: str) -> Words:
    """Read the words of one language; what is faulty is noted on the page and left empty."""
    found = {} if page.content is None else page.table("", dict(page.content), _FILE)
    return Words(
        language=language,
        library=found.get("library", ""),
        steps=NamedText(
            {key: _step(page, key, one) for key, one in found.get("steps", {}).items()},
            lambda key: StepWords(key, key, answers=NamedText({}, _unknown_answer)),
        ),
        targets=NamedText(
            {
                key: TargetWords(**_filled(page, f"targets.{key}", one, _TARGET))
                for key, one in found.get("targets", {}).items()
            },
            lambda key: TargetWords(key, ""),
        ),
        contacts=NamedText(
            {
                key: ContactWords(**_filled(page, f"contacts.{key}", one, _CONTACT))
                for key, one in found.get("contacts", {}).items()
            },
            lambda key: ContactWords(key, key, "", "", ""),
        ),
    )


def _unknown_answer(key: str) -> AnswerWords:
    return AnswerWords(key, "")


def _filled(page: Page, key: str, found: object, shape: Shape) -> dict[str, Any]:
    """Read a table, with an empty text for every line that should be there and is not."""
    needed = {name: "" for name, entry in shape.items() if entry.required}
    return needed | page.table(key, found, shape)


def _step(page: Page, key: str, found: object) -> StepWords:
    place = f"steps.{key}"
    values = _filled(page, place, found, _STEP)
    closed = values.pop("when_closed", None)
    answers = {
        name: _answer(page, f"{place}.answers.{name}", one)
        for name, one in values.pop("answers", {}).items()
    }
    return StepWords(
        **values,
        answers=NamedText(answers, _unknown_answer) if answers else None,
        when_closed=None if closed is None else _answer(page, f"{place}.when_closed", closed),
    )


def _answer(page: Page, key: str, found: object) -> AnswerWords:
    return AnswerWords(**_filled(page, key, found, _ANSWER))


def compare_words(
    page: Page,
    words: Words,
    *,
    steps: Mapping[str, Step] | None,
    targets: Collection[str] | None,
    contacts: Collection[str] | None,
) -> None:
    """Note what has no words and what the words speak of in vain; None leaves a kind unchecked."""
    _same(page, "steps", words.steps, steps)
    _same(page, "targets", words.targets, targets)
    _same(page, "contacts", words.contacts, contacts)
    for key, step in (steps or {}).items():
        if key in words.steps:
            _compare_step(page, f"steps.{key}", words.steps[key], step)


def _compare_step(page: Page, place: str, said: StepWords, step: Step) -> None:
    _same(page, f"{place}.answers", said.answers or {}, [answer.key for answer in step.answers])
    closed = [] if step.when_closed is None else ["when_closed"]
    _same(page, place, [] if said.when_closed is None else ["when_closed"], closed)
    if step.kind != "question" and not said.doing and page.sound(f"{place}.doing"):
        page.fault(f"{place}.doing", "missing; say what to do at this step, one line each")


def _same(page: Page, place: str, said: Collection[str], known: Collection[str] | None) -> None:
    if known is None or not page.sound(place):
        return
    for key in known:
        if key not in said:
            page.fault(f"{place}.{key}", "has no words; write them")
    for key in said:
        if key not in known:
            page.fault(f"{place}.{key}", f"speaks of nothing that exists; {nearest(key, known)}")

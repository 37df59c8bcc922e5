"""Validates the handbook's texts in a language."""

from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator

from procedure.guide.steps import Step
from procedure.handbook.fields import Text
from procedure.handbook.model import (
    ALMA_ACTS,
    CAUSES,
    AlmaWords,
    AnswerWords,
    ContactWords,
    MessageWords,
    NamedText,
    PublicWords,
    StepWords,
    TargetWords,
    Words,
)
from procedure.handbook.page import Page
from procedure.handbook.shape import Entries, Shape
from procedure.handbook.spelling import misspelt, suggest_known


def _named(table: Shape, unknown: Callable[[str], object]) -> Any:
    """Return the type of a table of texts by key; `unknown` builds the texts for a missing key."""
    return Annotated[dict[str, table.nested], AfterValidator(lambda read: NamedText(read, unknown))]


def _unknown_answer(key: str) -> AnswerWords:
    return AnswerWords(key, "")


_ANSWER = Shape(AnswerWords)
_STEP = Shape(
    StepWords,
    answers=Annotated[_named(_ANSWER, _unknown_answer), AfterValidator(lambda read: read or None)],
    when_closed=_ANSWER.nested,
)
_ACTS = dict[Literal[ALMA_ACTS], Shape(AlmaWords).nested]
WORDS = Shape(
    Words,
    beside=("language",),
    steps=_named(_STEP, lambda key: StepWords(key, key, answers=NamedText({}, _unknown_answer))),
    targets=_named(Shape(TargetWords), lambda key: TargetWords(key, "")),
    contacts=_named(Shape(ContactWords), lambda key: ContactWords(key, key, "", "", "")),
    alma=_ACTS,
    system=_ACTS,  # used instead of `alma` if the library has another system
    settled=dict[str, Text],
    message=dict[Literal[CAUSES], Shape(MessageWords).nested],
    public=dict[Literal[CAUSES], Shape(PublicWords).nested],
    services=dict[str, Text],
)


def read_words(page: Page, language: str) -> Words:
    """Return the texts in a language; add a fault for each invalid entry and leave it out."""
    values = page.table("", page.content, WORDS)
    acts = values.pop("alma", {}) | values.pop("system", {})
    absent: Entries = {"library": "", "steps": {}, "targets": {}, "contacts": {}}
    return Words(language=language, alma=acts, **absent | values)


def compare_words(
    page: Page,
    *,
    steps: Mapping[str, Step] | None,
    complete_steps: Collection[str],
    targets: Collection[str] | None,
    contacts: Collection[str] | None,
) -> None:
    """Add a fault for each key without texts, and for each text with an unknown key.

    If an argument is None, its keys are not compared. The texts within a step are checked only if
    the step is in `complete_steps`.
    """
    tables = WORDS.as_meant(page.content or {})
    worded = _entries(tables.get("steps"))
    _check_keys(page, "steps", worded, steps)
    _check_keys(page, "targets", _entries(tables.get("targets")), targets)
    _check_keys(page, "contacts", _entries(tables.get("contacts")), contacts)
    for key, step in (steps or {}).items():
        if key in worded and key in complete_steps:
            _compare_step(page, f"steps.{key}", _STEP.as_meant(_entries(worded[key])), step)


def _compare_step(page: Page, place: str, words: Mapping[str, object], step: Step) -> None:
    answers = [answer.key for answer in step.answers]
    _check_keys(page, f"{place}.answers", _entries(words.get("answers")), answers)
    closed = [] if step.when_closed is None else ["when_closed"]
    _check_keys(page, place, words.keys() & {"when_closed"}, closed)
    if step.kind != "question" and not words.get("doing") and page.is_valid(f"{place}.doing"):
        page.fault(f"{place}.doing", "missing; say what to do at this step, one action per line")


def _entries(table: object) -> Mapping[str, object]:
    return cast("Entries", table) if isinstance(table, dict) else {}


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
            page.fault(f"{place}.{key}", "has no words; add them")
    for key in unknown:
        page.fault(f"{place}.{key}", f"refers to nothing that exists; {suggest_known(key, known)}")

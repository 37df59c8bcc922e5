"""Validates `scans.toml`."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator

from procedure.circulation.pattern_cost import MOST_WAYS, slow_text
from procedure.circulation.pattern_overlap import overlapping
from procedure.circulation.scan_rules import ScanKind, ScanRules, ScanShape
from procedure.handbook.fields import Text, count
from procedure.handbook.page import Page, SectionedFile
from procedure.handbook.shape import Entries, Shape
from procedure.handbook.spelling import KeyRule

# Syntax that differs between Python and browsers, or anchors the pattern.
_NOT_PORTABLE = re.compile(r"\\|\(\?|\$|\^|\{,|[*+?}]\+|\[\]")


def _check_shape(pattern: str) -> str:
    """Check that Python and browsers interpret a regular expression alike, and match it quickly."""
    if _NOT_PORTABLE.search(pattern):
        raise ValueError(
            f'"{pattern}" uses one of \\ ^ $ (? {{, ++ []; '
            "write classes in brackets, and match the whole scan"
        )
    try:
        re.compile(pattern, re.ASCII)
    except re.error as fault:
        raise ValueError(f'"{pattern}" is not a regular expression: {fault.msg}') from fault
    _refuse_slow(pattern)
    return pattern


def _refuse_slow(pattern: str) -> None:
    text = slow_text(pattern)
    if text:
        raise ValueError(
            f'"{pattern}" can match "{text}" in more than {MOST_WAYS} ways, so a long scan would '
            "block the page; mark where each part ends, as in [A-Z]+(-[A-Z]+)*"
        )
    if text is not None:
        raise ValueError(
            f'"{pattern}" repeats so much that a long scan might block the '
            "page; write it with fewer repetitions"
        )


_SHAPE = Annotated[Text, AfterValidator(_check_shape)]
_DAYS = count(1, 366)
SCANS = SectionedFile(
    KeyRule(
        re.compile(r"[a-z][a-z0-9-]*"),
        "a shape's key must consist of lower-case letters, digits and hyphens",
    ),
    Shape(
        ScanShape,
        beside=("name",),
        kind=Literal["card", "number", "item", "neither"],
        shape=_SHAPE,
        partial=_SHAPE,
        spelling=Literal["upper", "lower"],
        days=_DAYS,
    ),
    Shape(days=_DAYS, shortest_item=count(1, 80)),
)


def read_scans(page: Page) -> ScanRules:
    """Return the scan rules, in file order; add faults for invalid entries."""
    head, forms = page.read(SCANS)
    rules = ScanRules(
        tuple(form for name, values in forms.items() for form in _form(page, name, values)), **head
    )
    for card, item, code in overlapping(rules, wins=True):
        page.fault(
            f"{item.name}.wins",
            f"{code} also has the shape of [{card.name}], and both have wins = true; "
            "keep it in only one of them",
        )
    return rules


def _form(page: Page, name: str, values: Entries) -> Iterator[ScanShape]:
    kind = values.pop("kind", None)
    if "days" in values and kind not in {"item", None}:
        page.fault(
            f"{name}.days", "only items are lent; remove the key, or make this shape an item"
        )
    if values.get("wins") and kind not in {"card", "item", None}:
        page.fault(f"{name}.wins", "only cards and items can win; remove the key")
    if kind and "shape" in values:
        yield ScanShape(name=name, kind=ScanKind(kind), **values)

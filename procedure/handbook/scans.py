"""The `scans.toml` file, read into `ScanRules`."""

from __future__ import annotations

import re

from procedure.circulation.pattern_cost import MOST_WAYS, slow_text
from procedure.circulation.pattern_overlap import overlapping
from procedure.circulation.scan_rules import FEWEST, USUAL_DAYS, ScanKind, ScanRules, ScanShape
from procedure.handbook.fields import Count, flag, one_of, text
from procedure.handbook.table_reader import Field, KeyRule, Page, Shape

FORM_KEY = KeyRule(
    re.compile(r"[a-z][a-z0-9-]*"), "a form's key is small letters, digits and hyphens"
)
DAYS = Count(1, 366)
SHORTEST = Count(1, 80)
# Syntax that differs between Python and browsers, or that would match part of a scan.
_NOT_PORTABLE = re.compile(r"\\|\(\?|\$|\^|\{,|[*+?}]\+|\[\]")


def shape(value: object) -> str:
    """Return a regular expression for a whole scan that Python and browsers treat alike."""
    pattern = text(value)
    if _NOT_PORTABLE.search(pattern):
        raise ValueError(
            f'"{pattern}" uses one of \\ ^ $ (? {{, ++ []; '
            "write classes in brackets, and the whole scan"
        )
    try:
        re.compile(pattern, re.ASCII)
    except re.error as fault:
        raise ValueError(f'"{pattern}" is not a regular expression: {fault.msg}') from fault
    _refuse_slow(pattern)
    return pattern


def _refuse_slow(pattern: str) -> None:
    """Raise a ValueError for a pattern that takes too long on some scan.

    The message contains the pattern and such a scan.
    """
    text = slow_text(pattern)
    if text:
        raise ValueError(
            f'"{pattern}" can read "{text}" in more than {MOST_WAYS} ways, and a long scan would '
            "stop the page; show where each part ends, as in [A-Z]+(-[A-Z]+)*"
        )
    if text is not None:
        raise ValueError(
            f'"{pattern}" repeats so much that nobody can tell whether a long scan would stop the '
            "page; write it with fewer repetitions"
        )


FORM: Shape = {
    "kind": Field(one_of("card", "number", "item", "neither"), required=True),
    "shape": Field(shape, required=True),
    "partial": Field(shape),
    "spelling": Field(one_of("upper", "lower")),
    "warning": Field(text),
    "days": Field(DAYS),
    "wins": Field(flag),
}


def read_scans(page: Page) -> ScanRules:
    """Return the scan rules, in the order of the file; invalid entries become faults."""
    days = page.value("days", Field(DAYS), USUAL_DAYS)
    rules = ScanRules(
        tuple(_forms(page)), days, page.value("shortest_item", Field(SHORTEST), FEWEST)
    )
    for card, item, code in overlapping(rules, wins=True):
        page.fault(f"{item.name}.wins", f"{code} has the shape of [{card.name}] too; let one win")
    return rules


def _forms(page: Page) -> list[ScanShape]:
    forms: list[ScanShape] = []
    for name, values in page.sections(FORM_KEY, FORM, other_keys=("days", "shortest_item")):
        if "days" in values and values.get("kind") not in {"item", None}:
            page.fault(f"{name}.days", "only an item is lent; take it out, or make it an item")
        if {"kind", "shape"} <= values.keys():
            kind = ScanKind(values.pop("kind"))
            if values.get("wins") and kind not in {ScanKind.CARD, ScanKind.ITEM}:
                page.fault(f"{name}.wins", "only a card or an item wins; take it out")
            forms.append(ScanShape(name=name, kind=kind, **values))
    return forms

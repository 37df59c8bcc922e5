"""The overlap between two patterns, checked against every short code."""

import re
from itertools import product

import pytest
from hypothesis import given, strategies as st

from dashboard.settings import PACKAGED_HANDBOOK
from procedure.circulation.pattern_overlap import overlap, overlapping
from procedure.circulation.scan_rules import ScanKind, ScanRules, ScanShape
from procedure.io.handbook_files import load_handbook

PACKAGED = load_handbook(PACKAGED_HANDBOOK).scans
LETTERS = "aB1"
SHORT = ["".join(letters) for length in range(6) for letters in product(LETTERS, repeat=length)]


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ("(20[67]|307|407|507)[0-9]{7}", "[0-9]{10}", "5070000000"),
        ("(20[67]|307|407|507)[0-9]{7}", "407[0-9]{7}", "4070000000"),
        ("(20[67]|307|407|507)[0-9]{7}", "1061[0-9]{6}", None),
        ("(20[67]|307|407|507)[0-9]{7}", "[0-9]{9}", None),
        ("SLSP-?[0-9]{9}", "[a-z0-9]+", "SLSP000000000"),
        ("HES[0-9]{7}", ".*", "HES0000000"),
        ("[0-9]{12}@eduid[.]ch", "[0-9]+@eduid.ch", "000000000000@EDUID.CH"),
        ("(ab?){2,3}", "a+", "AA"),
        ("A*", "B*", ""),
        ("[-x]{2,}", "-x", "-X"),
    ],
)
def test_overlap_is_the_shortest_code_that_fits_both_patterns(
    one: str, other: str, code: str | None
) -> None:
    assert overlap(one, other) == code


def test_overlapping_leaves_out_codes_that_one_pattern_wins() -> None:
    shelf, stack = (ScanShape(name, ScanKind.ITEM, "407[0-9]{7}") for name in ("shelf", "stack"))
    won = ScanShape("stack", ScanKind.ITEM, "407[0-9]{7}", wins=True)
    card = ScanShape("card", ScanKind.CARD, "4[0-9]{9}", wins=True)
    geneva = next(form for form in PACKAGED.forms if form.name == "geneva")
    assert list(overlapping(PACKAGED, wins=False)) == []
    assert list(overlapping(ScanRules((*PACKAGED.forms, shelf, stack)), wins=False)) == [
        (geneva, shelf, "4070000000"),
        (geneva, stack, "4070000000"),
    ]
    assert list(overlapping(ScanRules((*PACKAGED.forms, won)), wins=False)) == []
    assert list(overlapping(ScanRules((*PACKAGED.forms, won)), wins=True)) == []
    assert list(overlapping(ScanRules((card, won)), wins=True)) == [(card, won, "4070000000")]


def grown(shapes: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    counts = st.sampled_from(["?", "*", "+", "{2}", "{1,2}", "{0,1}", "{,2}", "{2,}"])
    counted = st.builds(lambda shape, count: f"({shape}){count}", shapes, counts)
    chosen = st.builds(lambda shape, other: f"({shape}|{other})", shapes, shapes)
    return st.one_of(counted, chosen, st.builds(str.__add__, shapes, shapes))


SHAPES = st.recursive(st.sampled_from(["a", "b", "1", ".", "[ab]", "[a-b1]"]), grown, max_leaves=5)


@given(SHAPES, SHAPES)
def test_overlap_is_none_only_if_no_short_code_fits_both(one: str, other: str) -> None:
    whole = [re.compile(shape, re.IGNORECASE | re.ASCII) for shape in (one, other)]
    both = [code for code in SHORT if all(shape.fullmatch(code) for shape in whole)]
    text = overlap(one, other)
    assert text is not None or both == []
    if text is not None:
        assert all(shape.fullmatch(text) for shape in whole)
        assert len(text) <= min((len(code) for code in both), default=len(text))

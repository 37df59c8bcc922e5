"""Relais recognises patterns that would take too long to match, before matching any text."""

from itertools import cycle, islice

import pytest
from hypothesis import given, strategies as st

from dashboard.settings import PACKAGED_HANDBOOK
from procedure.circulation.pattern_cost import slow_text
from procedure.circulation.pattern_overlap import machine_of
from procedure.circulation.scan_classification import classify_scan
from procedure.circulation.scan_rules import ScanKind, ScanShape
from procedure.circulation.transaction_checks import LONGEST_SCAN
from procedure.io.handbook_files import load_handbook


def reads(shape: str, text: str) -> bool:
    """Return whether text fits a shape; following all paths at once never takes long."""
    machine = machine_of(shape)

    def with_free(states: set[int]) -> set[int]:
        reached, ahead = set(states), list(states)
        while ahead:
            onward = [state for state in machine.free[ahead.pop()] if state not in reached]
            reached.update(onward)
            ahead += onward
        return reached

    here = with_free({machine.start})
    for letter in text.lower():
        steps = (step for state in here for step in machine.letters[state])
        here = with_free({end for some, end in steps if letter in some})
    return machine.end in here


PACKAGED = load_handbook(PACKAGED_HANDBOOK).scans


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ("(a+)+", "aaaaaaaaa"),
        ("(a*)*", "aaaaaaaa"),
        ("(a|a)*", "aaaaaaa"),
        ("(a|aa)+x", "aaaaaaaaaa"),
        ("([a-z]+)*x", "aaaaaaax"),
        ("(x+x+)+y", "xxxxxxxxx"),
        ("(.|[abc])+z", "aaaaaaa"),
        ("(.|é)*", "ééééééé"),
        ("(a?){40}a{40}", "a"),
        ("(a{1,30}){1,30}", "aaaaaaaa"),
        (".*.*.*.*x", "0000000x"),
        ("[0-9]*[0-9]*[0-9]*x", "0" * 23),
        ("[A-Z]+-?[A-Z]+-?[A-Z]+", "a" * 24),
        ("([a-zA-Z0-9])(([-.]|[_]+)?([a-zA-Z0-9]+))*@x", "00000000"),
        # These have too many states or empty steps to check, so the text is empty.
        ("((a{100}){100}){100}", ""),
        ("(a{0,99}){0,99}", ""),
        ("(a?|b?|c?){50}", ""),
    ],
)
def test_slow_text_of_a_pattern_that_backtracks_without_bound(shape: str, text: str) -> None:
    assert slow_text(shape) == text


@pytest.mark.parametrize(
    "shape",
    [
        *(form.shape for form in PACKAGED.forms),
        *(form.partial for form in PACKAGED.forms if form.partial),
        ".*UNIGE.*",
        ".*[0-9].*",
        "[0-9]{10}|20[0-9]{8}",
        "[0-9]{1,3}[0-9]{1,3}[0-9]{1,3}",
        "[A-Z]+(-[A-Z]+)*",
        "(UBS|UB|U)[A-Z]*",
        "(a|b|c|d|e)*x",
        # These are too complicated for an exact count, but a small upper bound is known.
        ".*a.{60}",
        ".{5,90}",
    ],
)
def test_slow_text_is_none_for_a_bounded_pattern(shape: str) -> None:
    assert slow_text(shape) is None
    form = ScanShape("x", ScanKind.ITEM, shape, shape)
    for part in ("0", "a", "a0", "http://", "SLSP-", "20712345", "-", "UNIGE", "a-", "97"):
        for length in (LONGEST_SCAN - 1, 100_000):
            text = "".join(islice(cycle(part), length)) + "!"
            assert form.fits(text) == form.begun(text) == reads(shape, text[:LONGEST_SCAN])


def test_classify_scan_reads_no_more_than_can_be_recorded() -> None:
    form = ScanShape("any", ScanKind.ITEM, "[a-z]+")
    assert form.fits("a" * LONGEST_SCAN + "!")
    assert not form.fits("a" * (LONGEST_SCAN - 1) + "!")
    long = classify_scan("7" * 100_000, "patron", PACKAGED)
    assert (long.kind, long.warning) == (ScanKind.UNKNOWN, "unknown_card")
    address = classify_scan("https://www.example.org/" + "x" * 1000, "item", PACKAGED)
    assert (address.kind, address.warning) == (ScanKind.NEITHER, "address")


def grown(shapes: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    counts = st.sampled_from(["?", "*", "+", "*?", "{2}", "{1,3}", "{0,30}", "{2,}"])
    counted = st.builds(lambda shape, count: f"({shape}){count}", shapes, counts)
    chosen = st.builds(lambda shape, other: f"({shape}|{other})", shapes, shapes)
    return st.one_of(counted, chosen, st.builds(str.__add__, shapes, shapes))


SHAPES = st.recursive(st.sampled_from(["a", "b", ".", "[ab]", "ab", "-"]), grown, max_leaves=6)


@given(SHAPES, st.lists(st.text("ab-!", min_size=1, max_size=4), min_size=1, max_size=4))
def test_fits_terminates_for_any_accepted_pattern_and_long_text(
    shape: str, parts: list[str]
) -> None:
    """Without the check, a third of these patterns would take longer than a lifetime to match."""
    if slow_text(shape) is None:
        text = "".join(islice(cycle(parts), LONGEST_SCAN))[: LONGEST_SCAN - 1]
        form = ScanShape("x", ScanKind.ITEM, shape)
        for end in ("", "~"):
            assert form.fits(text + end) == reads(shape, text + end)

"""The layout of Alma's offline file is read from a setting, and compared with a real file."""

import pytest

from procedure.circulation.offline_files.alma_layout import INFERRED, USUAL, Layout, parse_layout
from procedure.circulation.offline_files.alma_layout_check import Difference, differences, observed
from procedure.errors import OfflineFileError


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("", USUAL),
        ("item_width=84 line_end=lf", Layout(item_width=84, line_end="lf")),
        (
            "patron_width=20 patron_limit=40 encoding=utf-8 pad_returns=no",
            Layout(patron_width=20, patron_limit=40, encoding="utf-8", pad_returns=False),
        ),
    ],
)
def test_parse_layout_reads_back_a_layout(text: str, layout: Layout) -> None:
    assert (parse_layout(text), str(layout)) == (layout, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "width=3",
            "'width' is not a layout setting; known: item_width, patron_width, patron_limit, "
            "line_end, encoding, pad_returns",
        ),
        ("item_width=0", "item_width: '0' is not a whole number from 1 to 1000"),
        ("line_end=cr", "line_end: 'cr' is not one of: crlf, lf"),
        ("pad_returns", "pad_returns: '' is not one of: yes, no"),
    ],
)
def test_parse_layout_names_an_invalid_setting(text: str, message: str) -> None:
    with pytest.raises(ValueError) as refusal:
        parse_layout(text)
    assert str(refusal.value) == message


def loan_line(item: str, width: int, patron: str, end: str = "\r\n") -> str:
    return f"202611241012L{item:<{width}}{patron}{end}"


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        (loan_line("A", 80, "P1") + loan_line("AB", 80, "P22"), USUAL),
        (loan_line("A", 84, "P1", "\n"), Layout(item_width=84, line_end="lf")),
        (loan_line("A", 80, "P1   ") + loan_line("A", 80, "P2345"), Layout(patron_width=5)),
        (loan_line("A", 80, "P1") + "202611241012RB\r\n", Layout(pad_returns=False)),
        (loan_line("A", 80, "P1") + f"202611241012R{'B':<80}\r\n", USUAL),
        (loan_line("A", 80, "né"), Layout(encoding="utf-8")),
        (loan_line("a b", 80, "P1"), USUAL),
    ],
)
def test_observed_layout_of_a_file(text: str, layout: Layout) -> None:
    assert observed(text.encode(), USUAL) == layout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "No line in this file is a loan: record one in the utility first."),
        ("202611241012RB\r\n", "No line in this file is a loan: record one in the utility first."),
        (
            loan_line("A", 80, "P") + loan_line("A", 84, "P"),
            "The user identifier begins in different columns: 94, 98.",
        ),
    ],
)
def test_observed_refuses_a_file_without_a_layout(text: str, message: str) -> None:
    with pytest.raises(OfflineFileError) as refusal:
        observed(text.encode(), USUAL)
    assert str(refusal.value) == message


def test_differences_have_both_values() -> None:
    assert differences(USUAL, Layout(item_width=84, pad_returns=False)) == (
        Difference("item_width", "80", "84"),
        Difference("pad_returns", "True", "False"),
    )
    assert differences(USUAL, USUAL) == ()


def test_every_setting_has_a_reason_for_its_uncertainty() -> None:
    assert {
        "item_width",
        "patron_width",
        "patron_limit",
        "line_end",
        "encoding",
        "pad_returns",
    } < set(INFERRED)


def test_observed_layout_of_utf_16_with_lower_case_letters() -> None:
    content = (loan_line("A", 84, "P1").replace("L", "l") + "202611241012rB\r\n").encode("utf-16")
    assert observed(content, USUAL) == Layout(item_width=84, pad_returns=False)


def test_observed_is_none_for_a_web_page() -> None:
    with pytest.raises(OfflineFileError, match=r"^This file is a web page, such"):
        observed(b"<!doctype html>", USUAL)

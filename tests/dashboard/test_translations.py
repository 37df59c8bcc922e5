"""Every sentence has its English, and the French keeps the rules of French typography."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

import dashboard
from dashboard.translations import language
from dashboard.translations.languages import HERE
from dashboard.translations.sentences import in_words, lower_first

ROOT = Path(dashboard.__file__).parent
KEYWORDS = ["say", "plural"]
AT = datetime(2026, 11, 24, 8, 12, 3, tzinfo=UTC)


def sentences() -> set[str | tuple[str, ...]]:
    entries: set[str | tuple[str, ...]] = set()
    for path in [*ROOT.rglob("*.py"), *ROOT.glob("*/templates/*.html")]:
        extract = babel_extract if path.suffix == ".html" else extract_python
        with path.open("rb") as source:
            for _, name, messages, _ in extract(source, KEYWORDS, [], {}):
                if name == "plural" and isinstance(messages, tuple):
                    entries.add(tuple(messages[:2]))
                else:
                    entries.add(messages[0] if isinstance(messages, tuple) else messages)
    return {entry for entry in entries if entry}


def english() -> dict[str | tuple[str, ...], str | tuple[str, ...]]:
    with (HERE / "en.po").open("rb") as source:
        return {one.id: one.string for one in read_po(source, locale="en") if one.id}


def forms(message: str | tuple[str, ...]) -> tuple[str, ...]:
    return message if isinstance(message, tuple) else (message,)


def test_every_sentence_has_its_english() -> None:
    translated = {key for key, value in english().items() if all(forms(value))}
    assert sentences() - translated == set()


def test_no_english_is_left_without_a_sentence() -> None:
    assert set(english()) - sentences() == set()


def test_both_languages_name_the_same_values() -> None:
    def places(message: str | tuple[str, ...]) -> set[str]:
        return {name for form in forms(message) for name in re.findall(r"\{(\w+)", form)}

    assert {key for key, value in english().items() if places(key) != places(value)} == set()


@pytest.mark.parametrize(
    "wrong",
    [
        r"[ \xa0][;:!?»%]",
        r"\w'\w",
        r"«(?!\u202f)",
        r"(?<!\u202f)»",
        r"[^\s\u202f.][;!?](?:\s|$)",
        r"\.\.\.",
    ],
)
def test_french_keeps_its_spaces_and_marks(wrong: str) -> None:
    french = {form for message in sentences() for form in forms(message)}
    assert {one for one in french if re.search(wrong, one)} == set()


def test_times_and_figures_are_shown_as_each_language_does() -> None:
    french, english = language("fr"), language("en")
    assert (french.clock(AT), french.clock(AT, seconds=True)) == ("09:12", "09:12:03")
    assert (french.day(AT), english.day(AT)) == ("mardi 24 novembre", "Tuesday 24 November")
    assert french.moment(AT, AT + timedelta(hours=2)) == "09:12"
    assert french.moment(AT, AT + timedelta(days=2)) == "mardi 24 novembre, 09:12"
    assert (french.number(12345.678, 2), english.number(12345.678, 2)) == (
        "12\u202f345,68",
        "12,345.68",
    )
    assert french.milliseconds(61.4) == "61\u202fms"
    assert french.milliseconds(2870) == "2,9\u202fs"


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("fr", ["0 poste", "1 poste", "2 postes"]),
        ("en", ["0 workstations", "1 workstation", "2 workstations"]),
    ],
)
def test_nothing_is_counted_in_the_singular_in_french_alone(code: str, shown: list[str]) -> None:
    english = language(code)
    assert [
        english.plural("{count} poste", "{count} postes", number) for number in range(3)
    ] == shown


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (timedelta(seconds=12), "12\u202fs"),
        (timedelta(minutes=38, seconds=40), "38\u202fmin"),
        (timedelta(hours=2, minutes=6), "2\u202fh\u202f06"),
        (timedelta(days=3, hours=4, minutes=50), "3\u202fj 4\u202fh"),
        (timedelta(seconds=-3), "0\u202fs"),
    ],
)
def test_a_length_of_time_has_two_units(length: timedelta, shown: str) -> None:
    assert language("fr").duration(length) == shown


def test_no_sentence_hides_in_a_formatted_string() -> None:
    """Before Python 3.12 nothing would look for it there."""
    hidden = re.compile(r"""f(["'])(?:(?!\1).)*\{[^}]*\bsay\(""")
    files = [path.name for path in ROOT.rglob("*.py") if hidden.search(path.read_text("utf-8"))]
    assert files == []


def test_a_sentence_after_a_colon_begins_small() -> None:
    assert lower_first("Aucun poste n’y arrive.") == "aucun poste n’y arrive."
    assert lower_first("") == ""


def test_small_numbers_are_spelled() -> None:
    assert [in_words(one, language("fr")) for one in (2, 4, 7)] == ["deux", "quatre", "7"]
    assert in_words(4, language("en")) == "four"

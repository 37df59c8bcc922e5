"""Every catalogue is complete and faithful; the French follows the rules of French typography."""

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

import dashboard
from dashboard.translations import SOURCE, language
from dashboard.translations.catalogues import CATALOGUES, HERE
from dashboard.translations.sentences import in_words
from procedure.simulation.diary import MADE_UP_TEXTS

ROOT = Path(dashboard.__file__).parent
KEYWORDS = ["say", "plural"]
PATTERNS = {"EEEE d MMMM", "d MMM", "EEE d"}  # formats of dates
TRANSLATED = [code for code in CATALOGUES if code != SOURCE]
AT = datetime(2026, 11, 24, 8, 12, 3, tzinfo=UTC)


@cache
def sentences() -> set[str | tuple[str, ...]]:
    entries: set[str | tuple[str, ...]] = set(MADE_UP_TEXTS)
    for path in [*ROOT.rglob("*.py"), *ROOT.glob("*/templates/*.html")]:
        extract = babel_extract if path.suffix == ".html" else extract_python
        with path.open("rb") as source:
            for _, name, messages, _ in extract(source, KEYWORDS, [], {}):
                if name == "plural" and isinstance(messages, tuple):
                    entries.add(tuple(messages[:2]))
                else:
                    entries.add(messages[0] if isinstance(messages, tuple) else messages)
    return {entry for entry in entries if entry}


@cache
def catalogue(code: str) -> dict[str | tuple[str, ...], str | tuple[str, ...]]:
    """Return a catalogue's translations by French sentence."""
    with (HERE / f"{code}.po").open("rb") as source:
        return {message.id: message.string for message in read_po(source) if message.id}


def forms(message: str | tuple[str, ...]) -> tuple[str, ...]:
    return message if isinstance(message, tuple) else (message,)


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_sentence_is_translated(code: str) -> None:
    translated = {key for key, value in catalogue(code).items() if all(forms(value))}
    assert sentences() - translated == set()


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_translation_belongs_to_a_sentence(code: str) -> None:
    assert set(catalogue(code)) - sentences() == set()


@pytest.mark.parametrize("code", TRANSLATED)
def test_translation_names_the_same_values_and_keys(code: str) -> None:
    def named(message: str | tuple[str, ...]) -> set[str]:
        return {
            name
            for form in forms(message)
            for name in re.findall(r"\{\w+\}|<[^>]+>|\bF\d\b|\bRELAIS_\w+|\brelais \w+", form)
        }

    assert {key for key, value in catalogue(code).items() if named(key) != named(value)} == set()


@pytest.mark.parametrize("code", TRANSLATED)
def test_translation_begins_and_ends_like_the_french(code: str) -> None:
    """Translations keep the French end punctuation and outer spaces, because strings are joined."""

    def ends(form: str) -> tuple[str, bool, bool]:
        mark = form.rstrip()[-1:]
        return mark if mark in ".?!…" else "", form[:1].isspace(), form[-1:].isspace()

    def unlike(key: str | tuple[str, ...], value: str | tuple[str, ...]) -> bool:
        speaks = key not in PATTERNS and any(re.search(r"\w\w", form) for form in forms(key))
        return speaks and {ends(form) for form in forms(key)} != {
            ends(form) for form in forms(value)
        }

    assert {key for key, value in catalogue(code).items() if unlike(key, value)} == set()


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_sentence_is_left_in_another_language(code: str) -> None:
    """A translation of several words must differ from the French text and other translations.

    Single words may be the same in two languages.
    """
    others = [catalogue(other) for other in TRANSLATED if other != code]

    def is_left(key: str | tuple[str, ...], value: str | tuple[str, ...]) -> bool:
        one = forms(value)[0]
        bare = re.sub(r"\{\w+\}|[^\w]", " ", one).split()
        return (
            key not in PATTERNS
            and len(bare) > 2
            and one in {forms(key)[0], *(forms(each[key])[0] for each in others)}
        )

    assert {key for key, value in catalogue(code).items() if is_left(key, value)} == set()


@pytest.mark.parametrize("code", TRANSLATED)
def test_catalogue_says_how_a_sentence_begins_after_a_colon(code: str) -> None:
    assert catalogue(code)["minuscule"] in {"small", "capital"}


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
def test_french_typography(wrong: str) -> None:
    french = {form for message in sentences() for form in forms(message)}
    assert {form for form in french if re.search(wrong, form)} == set()


@pytest.mark.parametrize("wrong", ["ß", '[„“”"]', r"\s[:;!?]", r"«\s|\s»", r"\.\.\."])
def test_german_uses_swiss_spelling(wrong: str) -> None:
    german = {form for message in catalogue("de").values() for form in forms(message)}
    assert {form for form in german if re.search(wrong, form)} == set()


def test_times_and_numbers_of_each_language() -> None:
    french, english, german = language("fr"), language("en"), language("de")
    assert (french.clock(AT), french.clock(AT, seconds=True)) == ("09:12", "09:12:03")
    assert (french.day(AT), english.day(AT)) == ("mardi 24 novembre", "Tuesday 24 November")
    first = AT.replace(month=12, day=1)
    assert (french.day(first), french.day(first, short=True)) == ("mardi 1er décembre", "1er déc.")
    assert (french.weekday(first), english.day(first)) == ("mar. 1er", "Tuesday 1 December")
    assert french.moment(AT, AT + timedelta(hours=2)) == "09:12"
    assert french.moment(AT, AT + timedelta(days=2)) == "mardi 24 novembre, 09:12"
    assert [spoken.when(AT, AT) for spoken in (french, english, german)] == [
        "à 09:12",
        "at 09:12",
        "um 09:12",
    ]
    assert [spoken.when(first, AT) for spoken in (french, english, german)] == [
        "le 1er déc. à 09:12",
        "on 1 Dec at 09:12",
        "am 1. Dez. um 09:12",
    ]
    assert (french.number(12345.678, 2), english.number(12345.678, 2)) == (
        "12\u202f345,68",
        "12,345.68",
    )
    assert french.milliseconds(61.4) == "61\u202fms"
    german = language("de")
    assert (german.day(AT), german.number(12345.678, 2)) == ("Dienstag, 24. November", "12’345.68")
    assert french.milliseconds(2870) == "2,9\u202fs"


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("fr", ["0 poste", "1 poste", "2 postes"]),
        ("en", ["0 workstations", "1 workstation", "2 workstations"]),
        ("de", ["0 Arbeitsplätze", "1 Arbeitsplatz", "2 Arbeitsplätze"]),
    ],
)
def test_counted_messages_have_a_singular_in_each_language(code: str, shown: list[str]) -> None:
    english = language(code)
    assert [
        english.plural("{count} poste", "{count} postes", number) for number in range(3)
    ] == shown


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (timedelta(seconds=12), "12\u202fs"),
        (timedelta(minutes=38, seconds=40), "39\u202fmin"),
        (timedelta(hours=2, minutes=6), "2\u202fh\u202f06"),
        (timedelta(hours=2, minutes=49, seconds=59), "2\u202fh\u202f50"),
        (timedelta(days=3, hours=4, minutes=50), "3\u202fj 5\u202fh"),
        (timedelta(seconds=-3), "0\u202fs"),
    ],
)
def test_duration_has_two_units(length: timedelta, shown: str) -> None:
    assert language("fr").duration(length) == shown


def test_messages_are_not_f_strings() -> None:
    """Before Python 3.12, no tool finds a message inside an f-string."""
    hidden = re.compile(r"""f(["'])(?:(?!\1).)*\{[^}]*\bsay\(""")
    files = [path.name for path in ROOT.rglob("*.py") if hidden.search(path.read_text("utf-8"))]
    assert files == []


def test_lower_first_after_a_colon() -> None:
    assert language("fr").after_colon("Aucun poste n’y arrive.") == "aucun poste n’y arrive."
    assert language("fr").after_colon("") == ""
    assert language("de").after_colon("Ausfall gemeldet.") == "Ausfall gemeldet."


def test_in_words_spells_small_numbers() -> None:
    assert [in_words(number, language("fr")) for number in (2, 4, 7)] == ["deux", "quatre", "7"]
    assert in_words(4, language("en")) == "four"

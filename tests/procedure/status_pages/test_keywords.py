"""The tone of a line of prose, in the four languages of the library's pages."""

import tomllib
from pathlib import Path

import pytest

from procedure.status_pages.keywords import Keywords, LineTone

SENTENCES = tomllib.loads(Path(__file__).with_name("sentences.toml").read_text("utf-8"))
BY_TONE = {
    tone: [line for lines in languages.values() for line in lines]
    for tone, languages in SENTENCES.items()
}


@pytest.mark.parametrize(
    ("tone", "line"), [(tone, line) for tone, lines in BY_TONE.items() for line in lines]
)
def test_tone_of_a_line(tone: str, line: str) -> None:
    assert (Keywords().tone(line) or "none") == tone


@pytest.mark.parametrize("line", BY_TONE["nothing"])
def test_tone_of_a_negated_problem_is_ok_after_a_name(line: str) -> None:
    assert Keywords().tone(f"Alma : {line[0].lower()}{line[1:]}.") is LineTone.NOTHING


def test_tone_of_an_empty_line() -> None:
    assert Keywords().tone("") is None


def test_tone_with_words_of_the_handbook() -> None:
    own = Keywords(doubt=(), nothing=("tutto bene",), incident=("guai*",))
    assert own.tone("Tutto bene") is LineTone.NOTHING
    assert own.tone("Guaio con Alma") is LineTone.INCIDENT
    assert own.tone("ok") is None

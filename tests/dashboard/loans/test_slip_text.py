"""The text of a slip: its heading, its languages, and the keys that print it."""

from dataclasses import replace

import pytest

from dashboard.loans import slip_text
from dashboard.loans.slip_text import slip_texts, slip_words
from dashboard.translations import language
from procedure.handbook.model import Handbook, WordsByLanguage


def test_head_is_the_librarys_name_and_address(handbook: Handbook) -> None:
    words = handbook.words["fr"]
    assert slip_words(handbook, language("fr")).head == f"{words.library}\n{words.address}"
    bare = replace(handbook, words=WordsByLanguage({"fr": replace(words, address="")}))
    assert slip_words(bare, language("en")).head == words.library


def test_each_language_has_its_name_and_its_own_key(
    handbook: Handbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = slip_texts(handbook)
    assert {code: (slip["name"], slip["key"]) for code, slip in texts.items()} == {
        "fr": ("Français", "F"),
        "en": ("English", "E"),
        "de": ("Deutsch", "D"),
    }
    monkeypatch.setattr(slip_text, "offered_languages", lambda: ("en", "es", "de"))
    monkeypatch.setattr(slip_text, "language", lambda _: language("en"))
    assert [slip["key"] for slip in slip_texts(handbook).values()] == ["E", "", "D"]

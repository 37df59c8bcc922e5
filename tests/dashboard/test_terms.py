"""Texts use one word per concept: `terms.toml` lists the terms and the words to avoid."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.settings import PACKAGED_HANDBOOK
from dashboard.translations import SOURCE
from dashboard.translations.catalogues import CATALOGUES
from tests.dashboard.test_translations import catalogue, forms, sentences

DOCS = Path(__file__).resolve().parents[2] / "docs"
SHEETS = {"guichet", "desk", "theke"}
TERMS = tomllib.loads((Path(__file__).parent / "terms.toml").read_text("utf-8"))["term"]


def texts(value: Any) -> Iterator[str]:
    """Yield every string within a TOML value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)


def written(code: str) -> set[str]:
    """Return the texts in a language: messages, the handbook's words, the desk's sheet."""
    words = PACKAGED_HANDBOOK / "words" / f"{code}.toml"
    messages = sentences() if code == SOURCE else catalogue(code).values()
    found = {form for message in messages for form in forms(message)}
    if words.exists():
        found.update(texts(tomllib.loads(words.read_text("utf-8"))))
    sheets = [page for page in (DOCS / code).glob("*.md") if page.stem in SHEETS]
    return found.union(page.read_text("utf-8") for page in sheets)


@pytest.mark.parametrize("code", CATALOGUES)
@pytest.mark.parametrize("term", TERMS, ids=[term["en"] for term in TERMS])
def test_texts_use_one_word_per_term(term: dict[str, Any], code: str) -> None:
    forbidden = re.compile("|".join(term.get(f"not_{code}", ())) or r"(?!)", re.IGNORECASE)

    def is_wrong(text: str) -> bool:
        for allowed in term.get("allowed", ()):
            text = text.replace(allowed, "")
        return forbidden.search(text) is not None

    assert {text for text in written(code) if is_wrong(text)} == set()

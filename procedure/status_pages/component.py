"""Which component of a status page is ours: "EU03", however the page writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class ComponentFilter:
    """Names of which one must be found in a text, whole words only, capitals or not.

    "EU03" is found in "HEP EU03", "Alma EU03 - Production" and "eu-03", not in "EU031". A name of
    several words needs each of them, in any order. `*` is found everywhere. A text with one of
    the `strangers` is not ours, unless it names production too or we asked for that stranger.
    """

    names: tuple[str, ...]
    strangers: tuple[str, ...] = ("sandbox", "psb")
    home: str = "production"

    def matches(self, text: str) -> bool:
        """Tell whether the text speaks of our component."""
        return bool(self.found(text))

    def found(self, text: str) -> str:
        """Return the first of our names that the text has, empty when it has none."""
        return next((name for name in self.names if self._names(name, text)), "")

    def without(self, text: str) -> str:
        """Return the text with our names taken out of it."""
        for word in (word for name in self.names for word in _words(name)):
            text = _pattern(word).sub(" ", text)
        return text

    def _names(self, name: str, text: str) -> bool:
        if name != EVERYTHING and not all(_pattern(word).search(text) for word in _words(name)):
            return False
        strange = any(
            _pattern(one).search(text) and not _pattern(one).search(name) for one in self.strangers
        )
        return not strange or _pattern(self.home).search(text) is not None


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", name) or [name]


@cache
def _pattern(word: str) -> re.Pattern[str]:
    pieces = re.findall(r"\d+|[^\W\d_]+", word) or [re.escape(word)]
    tolerant = r"[\s_-]?".join(pieces)
    return re.compile(rf"(?<![^\W_]){tolerant}(?![^\W_])", re.IGNORECASE)

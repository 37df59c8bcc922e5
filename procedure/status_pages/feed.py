"""A target's machine-readable status page, and the component to look for on it ("EU03")."""

import re
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

UTC_ZONE = ZoneInfo("UTC")


EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class ComponentFilter:
    """Names of components, matched as whole words, ignoring case.

    "EU03" matches "HEP EU03", "Alma EU03 - Production" and "eu-03", but not "EU031". All words of a
    name must be present, in any order. `*` matches any text. A text with an `excluded` word does
    not match, unless the name itself contains that word or the text also contains `production`.
    """

    names: tuple[str, ...]
    excluded: tuple[str, ...] = ("sandbox", "psb")
    production: str = "production"

    def matches(self, text: str) -> bool:
        return bool(self.matching_name(text))

    def matching_name(self, text: str) -> str:
        """Return the first name that matches the text, or an empty string."""
        return next((name for name in self.names if self._matches_name(name, text)), "")

    def _matches_name(self, name: str, text: str) -> bool:
        if name != EVERYTHING and not all(_pattern(word).search(text) for word in _words(name)):
            return False
        strange = any(
            _pattern(excluded_name).search(text) and not _pattern(excluded_name).search(name)
            for excluded_name in self.excluded
        )
        return not strange or _pattern(self.production).search(text) is not None


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", name) or [name]


@cache
def _pattern(word: str) -> re.Pattern[str]:
    pieces = re.findall(r"\d+|[^\W\d_]+", word) or [re.escape(word)]
    tolerant = r"[\s_-]?".join(pieces)
    return re.compile(rf"(?<![^\W_]){tolerant}(?![^\W_])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ParserContext:
    """What a parser looks for; `zone` applies to times without an offset."""

    components: ComponentFilter
    zone: ZoneInfo = UTC_ZONE


@dataclass(frozen=True, slots=True)
class Feed:
    """A status page in machine-readable form, with its URL.

    `format` is a key of `procedure.status_pages.page_parsers.FORMATS`. `filter` lists the names of
    our component (see `ComponentFilter`). `zone` applies to times without an offset.
    """

    format: str
    url: str
    filter: tuple[str, ...]
    zone: str = "UTC"

    @property
    def parser_context(self) -> ParserContext:
        return ParserContext(ComponentFilter(self.filter), ZoneInfo(self.zone))

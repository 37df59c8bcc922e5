"""A target's machine-readable status page, and what a parser looks for in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from procedure.status_pages.component import ComponentFilter
from procedure.status_pages.keywords import Keywords

UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class ParserContext:
    """What a parser needs besides the body; `zone` applies to times without an offset."""

    components: ComponentFilter
    zone: ZoneInfo = UTC_ZONE
    keywords: Keywords = field(default_factory=Keywords)


@dataclass(frozen=True, slots=True)
class Feed:
    """The machine-readable address of a status page.

    `format` is a key of `procedure.status_pages.formats.FORMATS`. `filter` lists the names of our
    component; a text must contain one of them. `zone` applies to times written without an offset.
    """

    format: str
    url: str
    filter: tuple[str, ...]
    zone: str = "UTC"
    keywords: Keywords = field(default_factory=Keywords)

    @property
    def parser_context(self) -> ParserContext:
        return ParserContext(ComponentFilter(self.filter), ZoneInfo(self.zone), self.keywords)

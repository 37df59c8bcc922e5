"""Where a target's official word is read, and what to look for there."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from procedure.status_pages.component import ComponentFilter
from procedure.status_pages.keywords import Keywords

UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class ParserContext:
    """What a parser looks for: our component, the zone of times without one, the words of prose."""

    components: ComponentFilter
    zone: ZoneInfo = UTC_ZONE
    keywords: Keywords = field(default_factory=Keywords)


@dataclass(frozen=True, slots=True)
class Feed:
    """The machine-readable side of a status page.

    `format` is a row of `procedure.status_pages.formats.FORMATS`. `filter` are the names of our
    component, one of which must be found. `zone` is the zone of times written without one.
    """

    format: str
    url: str
    filter: tuple[str, ...]
    zone: str = "UTC"
    keywords: Keywords = field(default_factory=Keywords)

    @property
    def lens(self) -> ParserContext:
        """Return what the parser needs of it."""
        return ParserContext(ComponentFilter(self.filter), ZoneInfo(self.zone), self.keywords)

"""The status page formats that Relais reads, each with its parser."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from procedure.status_pages.confluence import parse_confluence
from procedure.status_pages.exlibris_portal import parse_exlibris_portal
from procedure.status_pages.exlibris_servicenow import parse_exlibris_servicenow
from procedure.status_pages.feed import ParserContext
from procedure.status_pages.rss import parse_rss
from procedure.status_pages.status import PageReport, UnreadablePage, UnreadReason, unreadable
from procedure.status_pages.statuspage import parse_statuspage

LARGEST_BODY = 2_000_000  # bytes
_JSON = "application/json"
_XML = "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.8"


@dataclass(frozen=True, slots=True)
class Format:
    """A status page format: its parser, and the media type to request."""

    parse: Callable[[bytes, datetime, ParserContext], PageReport]
    accept: str


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "confluence": Format(parse_confluence, _JSON),
        "exlibris-portal": Format(parse_exlibris_portal, _JSON),
        "exlibris-servicenow": Format(parse_exlibris_servicenow, _JSON),
        "feed": Format(parse_rss, _XML),
        "statuspage": Format(parse_statuspage, _JSON),
    }
)


def parse_page(format_name: str, body: bytes, at: datetime, context: ParserContext) -> PageReport:
    """Parse a body in a known format.

    A body that cannot be parsed gives a report with status `unknown`, not an exception.
    """
    if not body.strip():
        return unreadable(UnreadReason.EMPTY)
    if len(body) > LARGEST_BODY:
        return unreadable(UnreadReason.TOO_LARGE)
    try:
        return FORMATS[format_name].parse(body, at, context)
    except UnreadablePage as fault:
        return unreadable(fault.reason, fault.detail)

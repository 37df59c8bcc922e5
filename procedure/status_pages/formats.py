"""The formats of status pages that Relais reads: one row and one function each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from procedure.status_pages.confluence import confluence
from procedure.status_pages.exlibris_portal import exlibris_portal
from procedure.status_pages.exlibris_servicenow import exlibris_servicenow
from procedure.status_pages.feed import Lens
from procedure.status_pages.rss import syndication
from procedure.status_pages.status import Reason, Said, Unreadable, unread
from procedure.status_pages.statuspage import statuspage

LARGEST_BODY = 2_000_000  # bytes
_JSON = "application/json"
_XML = "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.8"


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its parser, and the media type to ask for."""

    parse: Callable[[bytes, datetime, Lens], Said]
    accept: str


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "confluence": Format(confluence, _JSON),
        "exlibris-portal": Format(exlibris_portal, _JSON),
        "exlibris-servicenow": Format(exlibris_servicenow, _JSON),
        "feed": Format(syndication, _XML),
        "statuspage": Format(statuspage, _JSON),
    }
)


def read_body(format_name: str, body: bytes, at: datetime, lens: Lens) -> Said:
    """Read any body in a known format: what cannot be read is `unknown`, never an exception."""
    if not body.strip():
        return unread(Reason.EMPTY)
    if len(body) > LARGEST_BODY:
        return unread(Reason.TOO_LARGE)
    try:
        return FORMATS[format_name].parse(body, at, lens)
    except Unreadable as fault:
        return unread(fault.reason, fault.detail)

"""Atlassian Statuspage v2 (`/api/v2/summary.json`): judged by component, not by the headline.

Real pages say `none` with an incident open, and `minor` with none: the headline is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from procedure.local_time import zone_named
from procedure.status_pages.dates import read_instant
from procedure.status_pages.feed import ParserContext
from procedure.status_pages.json_reading import Row, key, read_json, row, rows, text
from procedure.status_pages.maintenance import MaintenanceWindow
from procedure.status_pages.status import (
    PageFinding,
    PageReport,
    PageStatus,
    UnreadablePage,
    UnreadReason,
    summarise,
)

WORDS = {
    "operational": PageStatus.OK,
    "degraded_performance": PageStatus.INCIDENT,
    "partial_outage": PageStatus.INCIDENT,
    "major_outage": PageStatus.INCIDENT,
    "under_maintenance": PageStatus.PLANNED,
}
CLOSED = frozenset({"resolved", "postmortem", "completed"})
UNDER_WAY = frozenset({"in_progress", "verifying"})
SOURCE = "feed:statuspage"


@dataclass(frozen=True, slots=True)
class _Parts:
    """The components of a page by their ids: names of groups, and whether each is ours."""

    groups: Mapping[str, str]
    ours: Mapping[str, bool]

    def full_name(self, component: Row) -> str:
        """Return the name of a component after that of its group."""
        group = self.groups.get(str(component.get("group_id")), "")
        return f"{group} {text(component.get('name'), 120)}".strip()


def parse_statuspage(body: bytes, at: datetime, lens: ParserContext) -> PageReport:
    """Read our component, the open incidents that touch it, and its planned work.

    Raises:
        Unreadable: not JSON, not this shape, or no component of ours on it.
    """
    page = row(read_json(body))
    lens = _in_zone_of(page, lens)
    parts = _parts(page, lens)
    ours = list(_components(page, parts, lens))
    if not ours:
        raise UnreadablePage(UnreadReason.NO_COMPONENT, ", ".join(lens.components.names))
    return summarise([*ours, *_incidents(page, parts, lens), *_planned(page, parts, at, lens)])


def _in_zone_of(page: Row, lens: ParserContext) -> ParserContext:
    named = row(page.get("page")).get("time_zone")
    zone = zone_named(named) if isinstance(named, str) else None
    return replace(lens, zone=zone or lens.zone)


def _parts(page: Row, lens: ParserContext) -> _Parts:
    listed = rows(page.get("components"))
    groups = {str(one.get("id")): text(one.get("name")) for one in listed if one.get("group")}
    parts = _Parts(groups, {})
    return _Parts(
        groups, {str(one["id"]): _is_ours(one, parts, lens) for one in listed if one.get("id")}
    )


def _is_ours(component: Row, parts: _Parts, lens: ParserContext) -> bool:
    # A group only repeats the worst of its members, sandboxes among them.
    return component.get("group") is not True and lens.components.matches(
        parts.full_name(component)
    )


def _components(page: Row, parts: _Parts, lens: ParserContext) -> Iterator[PageFinding]:
    for one in rows(page.get("components")):
        if not _is_ours(one, parts, lens):
            continue
        name = parts.full_name(one)
        status = key(one.get("status"))
        word = WORDS.get(status, PageStatus.UNKNOWN)
        yield PageFinding(
            word,
            f"{name}: {text(one.get('status'), 60)}",
            component=name,
            changed_at=read_instant(one.get("updated_at"), lens.zone),
            reason=UnreadReason.UNKNOWN_STATUS if word is PageStatus.UNKNOWN else None,
        )


def _incidents(page: Row, parts: _Parts, lens: ParserContext) -> Iterator[PageFinding]:
    for one in rows(page.get("incidents", [])):
        touched = _touches(one, parts, lens)
        if touched is False or key(one.get("status")) in CLOSED or one.get("resolved_at"):
            continue
        yield PageFinding(
            PageStatus.INCIDENT if touched else PageStatus.UNKNOWN,
            text(one.get("name")),
            changed_at=read_instant(one.get("updated_at"), lens.zone),
            reason=None if touched else UnreadReason.UNCLEAR,
        )


def _planned(page: Row, parts: _Parts, at: datetime, lens: ParserContext) -> Iterator[PageFinding]:
    for one in rows(page.get("scheduled_maintenances", [])):
        status = key(one.get("status"))
        window = MaintenanceWindow(
            read_instant(one.get("scheduled_for"), lens.zone),
            read_instant(one.get("scheduled_until"), lens.zone),
            SOURCE,
            text(one.get("name")),
        )
        # Work that runs over its time is still on: the status says so, not the plan.
        under_way = status in UNDER_WAY
        touched = _touches(one, parts, lens)
        if touched is False or status in CLOSED or (window.over(at) and not under_way):
            continue
        word = PageStatus.PLANNED if under_way or window.covers(at) else PageStatus.OK
        yield PageFinding(
            word if touched else PageStatus.UNKNOWN,
            window.title,
            # As a window of ours it would explain failures, and nobody said that it is ours.
            window=window if touched else None,
            changed_at=read_instant(one.get("updated_at"), lens.zone),
            reason=None if touched else UnreadReason.UNCLEAR,
        )


def _touches(one: Row, parts: _Parts, lens: ParserContext) -> bool | None:
    """Tell whether an incident or work touches our component; None when it names no component.

    The list decides where there is one: a title may have our name for another reason.
    """
    listed = [
        each for each in rows(one.get("components") or []) if each.get("name") or each.get("id")
    ]
    if not listed:
        return True if lens.components.matches(text(one.get("name"))) else None
    return any(
        parts.ours.get(str(each.get("id")), lens.components.matches(parts.full_name(each)))
        for each in listed
    )

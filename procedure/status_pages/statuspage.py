"""Parses Atlassian Statuspage v2 (`/api/v2/summary.json`), using the status of each component.

The page's `indicator` is not used, because on real pages it is sometimes `none` during an incident,
or `minor` without one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from procedure.local_time import zone_named
from procedure.status_pages.dates import read_instant
from procedure.status_pages.feed import ParserContext
from procedure.status_pages.json_reading import Row, key, read_json, row, rows, text
from procedure.status_pages.maintenance import PlannedWork
from procedure.status_pages.status import (
    PageFinding,
    PageReport,
    PageStatus,
    UnreadablePage,
    UnreadReason,
    component_finding,
    summarise,
)

STATUSES = {
    "operational": PageStatus.OK,
    "degraded_performance": PageStatus.INCIDENT,
    "partial_outage": PageStatus.INCIDENT,
    "major_outage": PageStatus.INCIDENT,
    "under_maintenance": PageStatus.PLANNED,
}
CLOSED = frozenset({"resolved", "postmortem", "completed"})
IN_PROGRESS = frozenset({"in_progress", "verifying"})
SOURCE = "feed:statuspage"


@dataclass(frozen=True, slots=True)
class _Components:
    """A page's components by id: the names of groups, and whether each component is ours."""

    groups: Mapping[str, str]
    ours: Mapping[str, bool]

    def full_name(self, component: Row) -> str:
        """Return a component's name, preceded by its group's name."""
        group = self.groups.get(str(component.get("group_id")), "")
        return f"{group} {text(component.get('name'), 120)}".strip()


def parse_statuspage(body: bytes, at: datetime, context: ParserContext) -> PageReport:
    """Parse the status of our component, its open incidents and its planned work.

    Raises:
        UnreadablePage: the page is not JSON, has a different structure, or lacks our component.
    """
    page = row(read_json(body))
    context = _with_page_zone(page, context)
    parts = _index_components(page, context)
    ours = list(_component_findings(page, parts, context))
    if not ours:
        raise UnreadablePage(UnreadReason.NO_COMPONENT, ", ".join(context.components.names))
    return summarise(
        [*ours, *_incidents(page, parts, context), *_maintenance(page, parts, at, context)]
    )


def _with_page_zone(page: Row, context: ParserContext) -> ParserContext:
    name = row(page.get("page")).get("time_zone")
    zone = zone_named(name) if isinstance(name, str) else None
    return replace(context, zone=zone or context.zone)


def _index_components(page: Row, context: ParserContext) -> _Components:
    components = rows(page.get("components"))
    groups = {
        str(component.get("id")): text(component.get("name"))
        for component in components
        if component.get("group")
    }
    parts = _Components(groups, {})
    return _Components(
        groups,
        {
            str(component["id"]): _is_ours(component, parts, context)
            for component in components
            if component.get("id")
        },
    )


def _is_ours(component: Row, parts: _Components, context: ParserContext) -> bool:
    # A group has the status of its worst member, which may be a sandbox.
    return component.get("group") is not True and context.components.matches(
        parts.full_name(component)
    )


def _component_findings(
    page: Row, parts: _Components, context: ParserContext
) -> Iterator[PageFinding]:
    for component in rows(page.get("components")):
        if not _is_ours(component, parts, context):
            continue
        status = component.get("status")
        changed_at = read_instant(component.get("updated_at"), context.zone)
        known = STATUSES.get(key(status))
        yield component_finding(parts.full_name(component), text(status, 60), known, changed_at)


def _incidents(page: Row, parts: _Components, context: ParserContext) -> Iterator[PageFinding]:
    for incident in rows(page.get("incidents", [])):
        affected = _affects_us(incident, parts, context)
        if (
            affected is False
            or key(incident.get("status")) in CLOSED
            or incident.get("resolved_at")
        ):
            continue
        yield PageFinding(
            PageStatus.INCIDENT if affected else PageStatus.UNKNOWN,
            text(incident.get("name")),
            changed_at=read_instant(incident.get("updated_at"), context.zone),
            reason=None if affected else UnreadReason.UNCLEAR,
        )


def _maintenance(
    page: Row, parts: _Components, at: datetime, context: ParserContext
) -> Iterator[PageFinding]:
    for announced in rows(page.get("scheduled_maintenances", [])):
        status = key(announced.get("status"))
        work = PlannedWork(
            read_instant(announced.get("scheduled_for"), context.zone),
            read_instant(announced.get("scheduled_until"), context.zone),
            SOURCE,
            text(announced.get("name")),
        )
        # If the status says that the work is in progress, its scheduled end is ignored, because
        # work may overrun.
        under_way = status in IN_PROGRESS
        affected = _affects_us(announced, parts, context)
        if affected is False or status in CLOSED or (work.has_ended(at) and not under_way):
            continue
        reported = PageStatus.PLANNED if under_way or work.covers(at) else PageStatus.OK
        # Work that does not name a component may concern ours; before it begins, this does not
        # matter.
        unclear = affected is None and reported is PageStatus.PLANNED
        yield PageFinding(
            PageStatus.UNKNOWN if unclear else reported,
            work.title,
            # Only work that affects us may explain our failures.
            work=work if affected else None,
            changed_at=read_instant(announced.get("updated_at"), context.zone),
            reason=UnreadReason.UNCLEAR if unclear else None,
        )


def _affects_us(item: Row, parts: _Components, context: ParserContext) -> bool | None:
    """Return whether an incident or work affects our component, or None if it does not say.

    A list of components overrides the title, which may contain our name for another reason.
    """
    listed = [
        component
        for component in rows(item.get("components") or [])
        if component.get("name") or component.get("id")
    ]
    if not listed:
        return True if context.components.matches(text(item.get("name"))) else None
    return any(
        parts.ours.get(
            str(component.get("id")), context.components.matches(parts.full_name(component))
        )
        for component in listed
    )

"""Atlassian Statuspage v2 (`/api/v2/summary.json`): judged by component, not by the headline.

Real pages say `none` with an incident open, and `minor` with none: the headline is not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from procedure.feeds.feed import Lens
from procedure.feeds.instants import instant
from procedure.feeds.json_body import Row, key, read_json, row, rows, text
from procedure.feeds.word import Finding, Reason, Said, Unreadable, Word, say
from procedure.wall_clock import zone_named
from procedure.windows import Window

WORDS = {
    "operational": Word.OK,
    "degraded_performance": Word.INCIDENT,
    "partial_outage": Word.INCIDENT,
    "major_outage": Word.INCIDENT,
    "under_maintenance": Word.PLANNED,
}
CLOSED = frozenset({"resolved", "postmortem", "completed"})
UNDER_WAY = frozenset({"in_progress", "verifying"})
SOURCE = "feed:statuspage"


def statuspage(body: bytes, at: datetime, lens: Lens) -> Said:
    """Read our component, the open incidents that touch it, and its planned work.

    Raises:
        Unreadable: not JSON, not this shape, or no component of ours on it.
    """
    page = row(read_json(body))
    lens = _in_zone_of(page, lens)
    ours = list(_components(page, lens))
    if not ours:
        raise Unreadable(Reason.NO_COMPONENT, ", ".join(lens.components.names))
    return say([*ours, *_incidents(page, lens), *_planned(page, at, lens)])


def _in_zone_of(page: Row, lens: Lens) -> Lens:
    named = row(page.get("page")).get("time_zone")
    zone = zone_named(named) if isinstance(named, str) else None
    return replace(lens, zone=zone or lens.zone)


def _components(page: Row, lens: Lens) -> Iterator[Finding]:
    listed = rows(page.get("components"))
    groups = {str(one.get("id")): text(one.get("name")) for one in listed if one.get("group")}
    for one in listed:
        group = groups.get(str(one.get("group_id")), "")
        name = f"{group} {text(one.get('name'), 120)}".strip()
        # A group only repeats the worst of its members, sandboxes among them.
        if one.get("group") is True or not lens.components.matches(name):
            continue
        status = key(one.get("status"))
        word = WORDS.get(status, Word.UNKNOWN)
        yield Finding(
            word,
            f"{name}: {text(one.get('status'), 60)}",
            component=name,
            changed_at=instant(one.get("updated_at"), lens.zone),
            reason=Reason.UNKNOWN_STATUS if word is Word.UNKNOWN else None,
        )


def _incidents(page: Row, lens: Lens) -> Iterator[Finding]:
    for one in rows(page.get("incidents", [])):
        touched = _touches(one, lens)
        if touched is False or key(one.get("status")) in CLOSED or one.get("resolved_at"):
            continue
        yield Finding(
            Word.INCIDENT if touched else Word.UNKNOWN,
            text(one.get("name")),
            changed_at=instant(one.get("updated_at"), lens.zone),
            reason=None if touched else Reason.UNCLEAR,
        )


def _planned(page: Row, at: datetime, lens: Lens) -> Iterator[Finding]:
    for one in rows(page.get("scheduled_maintenances", [])):
        status = key(one.get("status"))
        window = Window(
            instant(one.get("scheduled_for"), lens.zone),
            instant(one.get("scheduled_until"), lens.zone),
            SOURCE,
            text(one.get("name")),
        )
        # Work that runs over its time is still on: the status says so, not the plan.
        under_way = status in UNDER_WAY
        if _touches(one, lens) is False or status in CLOSED or (window.over(at) and not under_way):
            continue
        yield Finding(
            Word.PLANNED if under_way or window.covers(at) else Word.OK,
            window.title,
            window=window,
            changed_at=instant(one.get("updated_at"), lens.zone),
        )


def _touches(one: Row, lens: Lens) -> bool | None:
    """Tell whether an incident touches our component; None when it names no component at all."""
    named = [text(each.get("name"), 120) for each in rows(one.get("components") or [])]
    if any(lens.components.matches(name) for name in [text(one.get("name")), *named]):
        return True
    return False if named else None

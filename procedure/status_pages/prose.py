"""Findings from a line of prose about our component, for pages and feeds written for people."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from procedure.status_pages.announced_times import AnnouncedTime, announced_times
from procedure.status_pages.feed import ParserContext
from procedure.status_pages.html_text import cut
from procedure.status_pages.keywords import LineTone
from procedure.status_pages.maintenance import MaintenanceWindow
from procedure.status_pages.status import PageFinding, PageStatus, UnreadReason
from procedure.status_pages.tense import (
    forecasts_an_end,
    sentences,
    speaks_of_now,
    states_a_trouble,
)
from procedure.status_pages.update_labels import update_of, without_stamp

# Work counts that long where its end is not announced.
OPEN_END = timedelta(days=1)
ALARMING = frozenset({LineTone.INCIDENT, LineTone.MIXED})
_REASSURING = frozenset({LineTone.NOTHING, LineTone.CLOSED})


def tone_at(line: str, at: datetime, context: ParserContext) -> LineTone | None:
    """Return the tone of a line for a reader at this time, or None when it has none.

    A line whose times all lie ahead is about planned work, whatever its words, unless a sentence
    says that a trouble has begun. The time at which a trouble shall end announces nothing, and
    what shall end later has not ended.
    """
    tone = context.keywords.tone(line)
    if tone is LineTone.NOTHING or update_of(line):
        return tone
    times = announced_times(without_stamp(line), context.zone, at)
    all_ahead = all(time.start > at for time in times)
    if not times or not (all_ahead or all(_ends(time) <= at for time in times)):
        return tone
    parts = sentences(line)
    if tone is LineTone.CLOSED:
        if not _closes_later(parts, at, context):
            return tone
        tone = context.keywords.tone_while_open(line) or LineTone.MIXED
    announcing = [part for part in parts if all_ahead and _announces(part, at, context)]
    if _has_begun([part for part in parts if part not in announcing], context):
        return tone if tone in ALARMING else LineTone.INCIDENT
    if announcing:
        return LineTone.PLANNED
    return LineTone.MIXED if all_ahead and tone is LineTone.PLANNED else tone


def _closes_later(parts: Sequence[str], at: datetime, context: ParserContext) -> bool:
    """Return whether a time ahead stands in the last sentence that closes, or before it."""
    closing = [n for n, part in enumerate(parts) if context.keywords.tone(part) is LineTone.CLOSED]
    before = " ".join(parts[: closing[-1] + 1] if closing else parts)
    times = announced_times(without_stamp(before), context.zone, at)
    return any(time.start > at for time in times)


def _announces(sentence: str, at: datetime, context: ParserContext) -> bool:
    times = announced_times(without_stamp(sentence), context.zone, at)
    starts = [time for time in times if not time.deadline]
    if not starts or speaks_of_now(sentence):
        return False
    if forecasts_an_end(sentence) and (starts[0].end is None or states_a_trouble(sentence)):
        return False
    return starts[0].hours or context.keywords.tone(sentence) is not None


def _has_begun(parts: Sequence[str], context: ParserContext) -> bool:
    return any(
        states_a_trouble(part) and context.keywords.tone(part) in {*ALARMING, LineTone.PLANNED}
        for part in parts
    )


def _ends(time: AnnouncedTime) -> datetime:
    return time.end or time.start + OPEN_END


def planned_work(
    line: str, at: datetime, context: ParserContext, *, source: str, under_way: bool = False
) -> PageFinding | None:
    """Return the finding for announced work, or None when it has ended.

    Its status is `planned` while the work is on, `ok` while it is ahead, and `unknown` when its
    time cannot be parsed, and on a day for which no hours are given. Work that its page calls
    under way is on, whatever its time: work may overrun.
    """
    times = [time for time in announced_times(line, context.zone, at) if not time.deadline]
    coming = [time for time in times if _ends(time) > at]
    if times and not coming and not under_way:
        return None
    time = next((time for time in coming if time.hours), coming[0] if coming else None)
    status = PageStatus.PLANNED if under_way else _status_of(time, at)
    window = MaintenanceWindow(None, None, source, cut(line))
    if time is not None and status is not PageStatus.UNKNOWN:
        window = replace(window, start=time.start, end=time.end)
    name = context.components.matching_name(line)
    reason = UnreadReason.UNCLEAR if status is PageStatus.UNKNOWN else None
    return PageFinding(status, cut(line), name, window, reason=reason)


def _status_of(time: AnnouncedTime | None, at: datetime) -> PageStatus:
    if time is None:
        return PageStatus.UNKNOWN
    if time.start > at:
        return PageStatus.OK
    return PageStatus.PLANNED if time.hours else PageStatus.UNKNOWN


def unclear(line: str = "", component: str = "") -> PageFinding:
    """Return a finding that a person has to read."""
    return PageFinding(PageStatus.UNKNOWN, cut(line), component, reason=UnreadReason.UNCLEAR)


# Planned work also depends on its time: see `planned_work`.
STATUS_OF_TONE = {LineTone.INCIDENT: PageStatus.INCIDENT, LineTone.NOTHING: PageStatus.OK}

"""Findings from a line of prose about our component, for pages and feeds written for people."""

from datetime import datetime

from procedure.status_pages.dates import read_span
from procedure.status_pages.feed import ParserContext
from procedure.status_pages.html_text import cut
from procedure.status_pages.keywords import LineTone
from procedure.status_pages.maintenance import MaintenanceWindow
from procedure.status_pages.status import PageFinding, PageStatus, UnreadReason


def planned_work(
    line: str, at: datetime, context: ParserContext, *, source: str
) -> PageFinding | None:
    """Return the finding for announced work, or None when it has ended.

    Its status is `planned` while the work is on, `ok` while it is ahead, and `unknown` when its
    time cannot be parsed.
    """
    start, end = read_span(line, context.zone) or (None, None)
    window = MaintenanceWindow(start, end, source, cut(line))
    if window.has_ended(at):
        return None
    name = context.components.matching_name(line)
    if start is None:
        return PageFinding(PageStatus.UNKNOWN, cut(line), name, window, reason=UnreadReason.UNCLEAR)
    return PageFinding(
        PageStatus.PLANNED if window.covers(at) else PageStatus.OK, cut(line), name, window
    )


def unclear(line: str = "", component: str = "") -> PageFinding:
    """Return a finding that a person has to read."""
    return PageFinding(PageStatus.UNKNOWN, cut(line), component, reason=UnreadReason.UNCLEAR)


# Planned work also depends on its time: see `planned_work`.
STATUS_OF_TONE = {LineTone.INCIDENT: PageStatus.INCIDENT, LineTone.NOTHING: PageStatus.OK}

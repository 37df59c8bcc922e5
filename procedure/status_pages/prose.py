"""A line of prose about our component, judged: shared by pages and feeds written for people."""

from __future__ import annotations

from datetime import datetime

from procedure.status_pages.dates import read_span
from procedure.status_pages.feed import ParserContext
from procedure.status_pages.html_text import cut
from procedure.status_pages.keywords import LineTone
from procedure.status_pages.maintenance import MaintenanceWindow
from procedure.status_pages.status import PageFinding, PageStatus, UnreadReason


def planned_work(
    line: str, at: datetime, lens: ParserContext, *, source: str
) -> PageFinding | None:
    """Tell of announced work: on, still ahead, or at a time that only a person can read.

    None once it is over.
    """
    start, end = read_span(line, lens.zone) or (None, None)
    window = MaintenanceWindow(start, end, source, cut(line))
    if window.over(at):
        return None
    name = lens.components.found(line)
    if start is None:
        return PageFinding(PageStatus.UNKNOWN, cut(line), name, window, reason=UnreadReason.UNCLEAR)
    return PageFinding(
        PageStatus.PLANNED if window.covers(at) else PageStatus.OK, cut(line), name, window
    )


def unclear(line: str = "", component: str = "") -> PageFinding:
    """Tell that a person has to read this."""
    return PageFinding(PageStatus.UNKNOWN, cut(line), component, reason=UnreadReason.UNCLEAR)


# What a tone says by itself; planned work needs its time as well, see above.
WORDS = {LineTone.INCIDENT: PageStatus.INCIDENT, LineTone.NOTHING: PageStatus.OK}

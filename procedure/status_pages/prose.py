"""A line of prose about our component, judged: shared by pages and feeds written for people."""

from __future__ import annotations

from datetime import datetime

from procedure.status_pages.dates import span
from procedure.status_pages.feed import Lens
from procedure.status_pages.html_text import cut
from procedure.status_pages.keywords import Tone
from procedure.status_pages.maintenance import Window
from procedure.status_pages.status import Finding, Reason, Word


def planned_work(line: str, at: datetime, lens: Lens, *, source: str) -> Finding | None:
    """Tell of announced work: on, still ahead, or at a time that only a person can read.

    None once it is over.
    """
    start, end = span(line, lens.zone) or (None, None)
    window = Window(start, end, source, cut(line))
    if window.over(at):
        return None
    name = lens.components.found(line)
    if start is None:
        return Finding(Word.UNKNOWN, cut(line), name, window, reason=Reason.UNCLEAR)
    return Finding(Word.PLANNED if window.covers(at) else Word.OK, cut(line), name, window)


def unclear(line: str = "", component: str = "") -> Finding:
    """Tell that a person has to read this."""
    return Finding(Word.UNKNOWN, cut(line), component, reason=Reason.UNCLEAR)


# What a tone says by itself; planned work needs its time as well, see above.
WORDS = {Tone.INCIDENT: Word.INCIDENT, Tone.NOTHING: Word.OK}

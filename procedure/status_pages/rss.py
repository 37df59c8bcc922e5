"""Parses RSS and Atom feeds; each item is a notice, judged by keywords.

A body with a document type declaration is refused before parsing, because the entities that it
declares can expand a small body enormously. Without them, the standard parser is safe.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET  # document types are refused below, before parsing

from procedure.status_pages.dates import latest
from procedure.status_pages.feed import ParserContext
from procedure.status_pages.html_text import lines, plain_text
from procedure.status_pages.keywords import LineTone
from procedure.status_pages.prose import planned_work, tone_at, unclear
from procedure.status_pages.rss_threads import (
    Notice,
    NoticeKind,
    newest_first,
    open_notices,
    subject_of,
)
from procedure.status_pages.status import (
    PageFinding,
    PageReport,
    PageStatus,
    UnreadablePage,
    UnreadReason,
    summarise,
)
from procedure.status_pages.update_labels import is_under_way, updates_of, without_stamp

ROOTS = frozenset({"rss", "RDF", "feed"})
ITEMS = frozenset({"item", "entry"})
PROSE = frozenset({"description", "summary", "content", "encoded"})
DATES = frozenset({"pubDate", "published", "updated", "date"})
HEAD_ELEMENTS = frozenset({"title", "subtitle", "description"})
MAX_ITEMS = 500
CLOCK_TOLERANCE = timedelta(hours=1)
# Vendors forget to close notices, so a notice older than this is ignored.
MAX_AGE = timedelta(days=7)
SOURCE = "feed:feed"


@dataclass(frozen=True, slots=True)
class _Notice:
    """A feed item; `tones` are the tones of its title and of its newest update.

    If no update has a label, the first line with a tone counts as the newest update. `updates` is
    the number of updates with a label. `place` is the item's position in the feed.
    """

    place: int
    title: str
    prose: str
    tones: frozenset[LineTone]
    updates: int
    under_way: bool
    at: datetime | None

    @property
    def all_well(self) -> bool:
        """Whether the notice only says that all is well."""
        return self.tones == frozenset({LineTone.NOTHING})

    @property
    def is_aside(self) -> bool:
        """Whether the notice says nothing about whether the service works now."""
        return self.tones == frozenset({LineTone.ASIDE})

    @property
    def is_alarming(self) -> bool:
        return LineTone.INCIDENT in self.tones and LineTone.ASIDE not in self.tones

    @property
    def over(self) -> bool:
        return LineTone.CLOSED in self.tones or self.all_well


def parse_rss(body: bytes, at: datetime, context: ParserContext) -> PageReport:
    """Parse the notices that name our component, except those older than seven days.

    If all notices are about other components, the status is `ok`. If there are no notices, it is
    `ok` only if the feed's head says that all is well, because a feed that has lost its content
    has no notices either.

    Raises:
        UnreadablePage: the body is not XML in UTF-8, has a document type, is neither RSS nor Atom,
            has too many notices, or has none and does not say that all is well.
    """
    root = _parse_xml(body)
    if _local_name(root) not in ROOTS:
        raise UnreadablePage(UnreadReason.SHAPE, _local_name(root)[:60])
    items = [notice for notice in root.iter() if _local_name(notice) in ITEMS]
    if len(items) > MAX_ITEMS:
        raise UnreadablePage(UnreadReason.TOO_LARGE)
    if not items and not _reports_all_well(root, context):
        raise UnreadablePage(UnreadReason.EMPTY)
    notices = [_parse_notice(place, item, at, context) for place, item in enumerate(items)]
    ours = [notice for notice in notices if _is_current(notice, at, context)]
    # If an item contains all updates on its incident, no other item closes that incident.
    threaded = any(notice.updates > 1 for notice in notices)
    by_place = {
        notice.place: _as_thread_notice(notice, at, context)
        for notice in ours
        if not (threaded and notice.updates and not notice.over)
    }
    is_open = open_notices(
        [notice for notice in by_place.values() if notice is not None],
        newest_first=newest_first(_plausible_date(notice, at) for notice in notices),
    )
    is_open |= {notice.place: False for notice in ours if by_place.get(notice.place) is None}
    return summarise(
        finding for notice in ours for finding in _findings(notice, at, context, is_open)
    )


def _reports_all_well(root: ET.Element, context: ParserContext) -> bool:
    head = next((element for element in root if _local_name(element) == "channel"), root)
    tones = {
        context.keywords.tone(plain_text("".join(element.itertext())))
        for element in head
        if _local_name(element) in HEAD_ELEMENTS
    }
    return tones - {None} == {LineTone.NOTHING}


def _parse_xml(body: bytes) -> ET.Element:
    try:
        text = body.decode("utf-8-sig")
        if "<!DOCTYPE" in text:
            raise UnreadablePage(UnreadReason.SYNTAX, "document type declarations are not accepted")
        return ET.fromstring(text)  # noqa: S314 (no document type, no entity)
    except (ET.ParseError, ValueError) as fault:
        raise UnreadablePage(UnreadReason.SYNTAX, type(fault).__name__) from None


def _local_name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _parse_notice(place: int, item: ET.Element, at: datetime, context: ParserContext) -> _Notice:
    parts = [(_local_name(element), "".join(element.itertext())) for element in item]
    prose = [line.text for name, value in parts if name in PROSE for line in lines(value)]
    title = " ".join(plain_text(value) for name, value in parts if name == "title")
    updates = updates_of(prose)
    written = latest((value for name, value in parts if name in DATES), context.zone)
    context = replace(context, written=written)
    tones = [tone for line in prose if (tone := tone_at(line, at, context))]
    newest = next((tone for tone in tones if tone is not LineTone.ASIDE), next(iter(tones), None))
    if updates and updates[0].is_closing:
        newest = LineTone.CLOSED
    elif updates and newest is not LineTone.PLANNED:
        newest = LineTone.INCIDENT
    return _Notice(
        place=place,
        title=title,
        prose=" ".join(map(without_stamp, prose)),
        tones=frozenset(filter(None, (tone_at(title, at, context), newest))),
        updates=len(updates),
        under_way=any(map(is_under_way, (title, *prose))),
        at=written,
    )


def _is_current(notice: _Notice, at: datetime, context: ParserContext) -> bool:
    fresh = notice.at is None or at - notice.at <= MAX_AGE
    return fresh and context.components.matches(f"{notice.title} {notice.prose}")


def _plausible_date(notice: _Notice, at: datetime) -> datetime | None:
    """Return the notice's date, or None if it has none or the date is in the future."""
    return None if notice.at is None or notice.at > at + CLOCK_TOLERANCE else notice.at


def _as_thread_notice(notice: _Notice, at: datetime, context: ParserContext) -> Notice | None:
    """Return the notice for `open_notices`, or None for planned work and asides."""
    over = notice.over
    planned = context.keywords.mentions_planned_work(notice.title) or (
        not over and LineTone.PLANNED in notice.tones
    )
    if planned or notice.is_aside:
        return None
    subject, date = subject_of(notice.title, context), _plausible_date(notice, at)
    if not over:
        return Notice(notice.place, NoticeKind.OPEN, subject, date)
    own_trouble = context.keywords.tone(notice.title) in {LineTone.INCIDENT, LineTone.MIXED}
    kind = NoticeKind.OVER_ITSELF if own_trouble else NoticeKind.OVER
    return Notice(notice.place, kind, subject, date, all_well=notice.all_well and not subject)


def _findings(
    notice: _Notice, at: datetime, context: ParserContext, is_open: Mapping[int, bool]
) -> Iterator[PageFinding]:
    name = context.components.matching_name(f"{notice.title} {notice.prose}")
    if notice.over or notice.is_aside:
        yield PageFinding(PageStatus.OK, component=name, changed_at=notice.at)
    elif LineTone.PLANNED in notice.tones:
        line = f"{notice.title} {notice.prose}"
        context = replace(context, written=notice.at)
        work = planned_work(line, at, context, source=SOURCE, under_way=notice.under_way)
        yield from [work] if work else []
    elif notice.place not in is_open:
        yield PageFinding(PageStatus.OK, component=name, changed_at=notice.at)
    elif notice.is_alarming and not is_open[notice.place]:
        yield PageFinding(PageStatus.INCIDENT, notice.title, name, changed_at=notice.at)
    else:
        yield unclear(notice.title, name)

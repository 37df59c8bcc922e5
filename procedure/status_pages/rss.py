"""RSS and Atom: the lowest common form; each item is a notice, judged with the keyword table.

A document type is refused before parsing: it is the only way to define an entity, and thus to
make a small body expand. The standard parser is then safe, and no further package is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET  # document types are refused below, before parsing

from procedure.status_pages.dates import latest
from procedure.status_pages.feed import ParserContext
from procedure.status_pages.html_text import lines, plain_text
from procedure.status_pages.keywords import LineTone
from procedure.status_pages.prose import planned_work, unclear
from procedure.status_pages.rss_threads import (
    Notice,
    NoticeKind,
    newest_first,
    still_open,
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

ROOTS = frozenset({"rss", "RDF", "feed"})
ITEMS = frozenset({"item", "entry"})
PROSE = frozenset({"description", "summary", "content", "encoded"})
DATES = frozenset({"pubDate", "published", "updated", "date"})
HEAD = frozenset({"title", "subtitle", "description"})
MOST_ITEMS = 500
A_CLOCK_APART = timedelta(hours=1)
# Vendors forget to close a notice: after this time one without news no longer counts.
REMEMBERED = timedelta(days=7)
SOURCE = "feed:feed"


@dataclass(frozen=True, slots=True)
class _Notice:
    """One item; `tones` are that of its title and that of its first telling line.

    That line is its newest update.
    """

    place: int
    title: str
    prose: str
    tones: frozenset[LineTone]
    at: datetime | None

    @property
    def all_well(self) -> bool:
        """Tell whether it says nothing but that all is well."""
        return self.tones == frozenset({LineTone.NOTHING})

    @property
    def over(self) -> bool:
        """Tell whether what it speaks of is over."""
        return LineTone.CLOSED in self.tones or self.all_well


def parse_rss(body: bytes, at: datetime, lens: ParserContext) -> PageReport:
    """Read the notices of the last seven days that name our component.

    A feed of other notices says that nothing is reported. One without any notice does so only
    where its head says it in words: a page that lost its content looks the same.

    Raises:
        Unreadable: not XML in UTF-8, with a document type, neither RSS nor Atom, or empty.
    """
    root = _parsed(body)
    if _local(root) not in ROOTS:
        raise UnreadablePage(UnreadReason.SHAPE, _local(root)[:60])
    items = [one for one in root.iter() if _local(one) in ITEMS]
    if len(items) > MOST_ITEMS:
        raise UnreadablePage(UnreadReason.TOO_LARGE)
    if not items and not _says_all_is_well(root, lens):
        raise UnreadablePage(UnreadReason.EMPTY)
    notices = [_notice(place, item, lens) for place, item in enumerate(items)]
    ours = [one for one in notices if _counts(one, at, lens)]
    told = {one.place: _told(one, at, lens) for one in ours}
    left = still_open(
        [one for one in told.values() if one is not None],
        newest_first=newest_first(_dated(one, at) for one in notices),
    )
    left |= {place: False for place, one in told.items() if one is None}
    return summarise(found for notice in ours for found in _findings(notice, at, lens, left))


def _says_all_is_well(root: ET.Element, lens: ParserContext) -> bool:
    head = next((one for one in root if _local(one) == "channel"), root)
    told = {
        lens.keywords.tone(plain_text("".join(one.itertext())))
        for one in head
        if _local(one) in HEAD
    }
    return told - {None} == {LineTone.NOTHING}


def _parsed(body: bytes) -> ET.Element:
    try:
        text = body.decode("utf-8-sig")
        if "<!DOCTYPE" in text:
            raise UnreadablePage(UnreadReason.SYNTAX, "a document type is refused")
        return ET.fromstring(text)  # noqa: S314 (no document type, no entity)
    except (ET.ParseError, ValueError) as fault:
        raise UnreadablePage(UnreadReason.SYNTAX, type(fault).__name__) from None


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _notice(place: int, item: ET.Element, lens: ParserContext) -> _Notice:
    parts = [(_local(one), "".join(one.itertext())) for one in item]
    prose = [line.text for name, value in parts if name in PROSE for line in lines(value)]
    title = " ".join(plain_text(value) for name, value in parts if name == "title")
    newest = next(filter(None, map(lens.keywords.tone, prose)), None)
    return _Notice(
        place=place,
        title=title,
        prose=" ".join(prose),
        tones=frozenset(filter(None, (lens.keywords.tone(title), newest))),
        at=latest((value for name, value in parts if name in DATES), lens.zone),
    )


def _counts(notice: _Notice, at: datetime, lens: ParserContext) -> bool:
    fresh = notice.at is None or at - notice.at <= REMEMBERED
    return fresh and lens.components.matches(f"{notice.title} {notice.prose}")


def _dated(notice: _Notice, at: datetime) -> datetime | None:
    """Return its date, if it can be one: a day still to come tells no order."""
    return None if notice.at is None or notice.at > at + A_CLOCK_APART else notice.at


def _told(notice: _Notice, at: datetime, lens: ParserContext) -> Notice | None:
    """Return the notice as a link of a thread; none where it speaks of planned work."""
    over = notice.over
    if lens.keywords.tells_of_work(notice.title) or (not over and LineTone.PLANNED in notice.tones):
        return None
    about, dated = subject_of(notice.title, lens), _dated(notice, at)
    if not over:
        return Notice(notice.place, NoticeKind.OPEN, about, dated)
    itself = lens.keywords.tone(notice.title) in {LineTone.INCIDENT, LineTone.MIXED}
    kind = NoticeKind.OVER_ITSELF if itself else NoticeKind.OVER
    return Notice(notice.place, kind, about, dated, all_well=notice.all_well and not about)


def _findings(
    notice: _Notice, at: datetime, lens: ParserContext, left: Mapping[int, bool]
) -> Iterator[PageFinding]:
    name = lens.components.found(f"{notice.title} {notice.prose}")
    if notice.over:
        yield PageFinding(PageStatus.OK, component=name, changed_at=notice.at)
    elif LineTone.PLANNED in notice.tones:
        work = planned_work(f"{notice.title} {notice.prose}", at, lens, source=SOURCE)
        yield from [work] if work else []
    elif notice.place not in left:
        yield PageFinding(PageStatus.OK, component=name, changed_at=notice.at)
    elif LineTone.INCIDENT in notice.tones and not left[notice.place]:
        yield PageFinding(PageStatus.INCIDENT, notice.title, name, changed_at=notice.at)
    else:
        yield unclear(notice.title, name)

"""Parses RSS and Atom feeds, in which each item is a notice.

The vendor's label of the newest update gives the status of a notice, and a machine-written period
gives the time of planned work. A notice without a label is quoted for a person to read, and no
notice is `ok` before its label closes it.

A body with a document type declaration is refused before parsing, because the entities that it
declares can expand a small body enormously. Without them, the standard parser is safe.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from xml.etree import ElementTree as ET  # document types are refused below, before parsing

from procedure.status_pages.dates import latest
from procedure.status_pages.feed import ParserContext
from procedure.status_pages.html_text import lines, plain_text
from procedure.status_pages.maintenance import PlannedWork
from procedure.status_pages.periods import HEADER, periods
from procedure.status_pages.status import (
    PageFinding,
    PageReport,
    PageStatus,
    UnreadablePage,
    UnreadReason,
    summarise,
    to_read,
)
from procedure.status_pages.update_labels import LabelKind, updates_of, without_label

ROOTS = frozenset({"rss", "RDF", "feed"})
ITEMS = frozenset({"item", "entry"})
PROSE = frozenset({"description", "summary", "content", "encoded"})
DATES = frozenset({"pubDate", "published", "updated", "date"})
MAX_ITEMS = 500
# Vendors forget to close notices, so a person reads the notices that are older than this.
MAX_AGE = timedelta(days=7)
SOURCE = "feed:feed"
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Notice:
    """A feed item about our component; `name` is the name that matched.

    `labels` are the kinds of its updates, newest first.
    """

    title: str
    prose: tuple[str, ...]
    name: str
    written: datetime | None
    labels: tuple[LabelKind, ...]

    @property
    def label(self) -> LabelKind | None:
        """The newest label. *Update* counts only beside no other."""
        telling = (label for label in self.labels if label is not LabelKind.UPDATE)
        return next(telling, next(iter(self.labels), None))

    @property
    def incident(self) -> str:
        """The title without its label, if the notice may be one of several about an incident.

        It is empty for a notice without a date, and for one with all updates on its incident.
        """
        one_of_several = len(self.labels) == 1 and self.written is not None
        return without_label(self.title).casefold() if one_of_several else ""


def parse_rss(body: bytes, at: datetime, context: ParserContext) -> PageReport:
    """Parse the notices that name our component.

    If all notices are about other components, the status is `ok`. Of the notices without a label,
    only the newest is quoted.

    Raises:
        UnreadablePage: the body is not XML in UTF-8, has a document type, is neither RSS nor Atom,
            or has too many notices or none.
    """
    root = _parse_xml(body)
    if _local_name(root) not in ROOTS:
        raise UnreadablePage(UnreadReason.SHAPE, _local_name(root)[:60])
    items = [notice for notice in root.iter() if _local_name(notice) in ITEMS]
    if len(items) > MAX_ITEMS:
        raise UnreadablePage(UnreadReason.TOO_LARGE)
    if not items:
        raise UnreadablePage(UnreadReason.EMPTY)
    notices = [notice for item in items if (notice := _parse_notice(item, context))]
    findings = [
        finding for notice in _newest(notices) for finding in _findings(notice, at, context)
    ]
    known = [finding for finding in findings if finding.status is not PageStatus.UNKNOWN]
    unread = [finding for finding in findings if finding.status is PageStatus.UNKNOWN]
    # Of equally old notices, most feeds list the newest first.
    quoted = max(unread, key=lambda finding: finding.changed_at or LONG_AGO, default=None)
    return summarise([*known, quoted] if quoted else known)


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


def _parse_notice(item: ET.Element, context: ParserContext) -> _Notice | None:
    """Return the notice, or None if it does not name our component."""
    parts = [(_local_name(element), "".join(element.itertext())) for element in item]
    title = " ".join(plain_text(value) for name, value in parts if name == "title")
    prose = tuple(line.text for name, value in parts if name in PROSE for line in lines(value))
    name = context.components.matching_name(" ".join([title, *prose]))
    labels = tuple(update.kind for update in updates_of(prose) or updates_of([title]))
    if not labels and any(HEADER in line for line in prose):
        labels = (LabelKind.SCHEDULED,)
    written = latest((value for name, value in parts if name in DATES), context.zone)
    return _Notice(title, prose, name, written, labels) if name else None


def _newest(notices: Sequence[_Notice]) -> list[_Notice]:
    """Leave out the earlier of two notices about one incident; those of one time both stay."""
    dates = [(notice.incident, notice.written) for notice in notices if notice.written]
    newest = dict(sorted(dates, key=itemgetter(1)))
    return [
        notice
        for notice in notices
        if not notice.incident or notice.written == newest[notice.incident]
    ]


def _findings(notice: _Notice, at: datetime, context: ParserContext) -> Iterator[PageFinding]:
    work = list(_planned_work(notice, at, context))
    status = _status(notice, work, at)
    if status is PageStatus.UNKNOWN:
        named = filter(context.components.matches, (notice.title, *notice.prose))
        yield to_read(next(named, notice.title), notice.name, notice.written)
        return
    text = "" if status is PageStatus.OK else notice.title
    yield PageFinding(status, text, notice.name, changed_at=notice.written)
    for each in work:
        yield PageFinding(PageStatus.OK, component=notice.name, work=each)


def _status(notice: _Notice, work: Sequence[PlannedWork], at: datetime) -> PageStatus:
    is_fresh = notice.written is None or at - notice.written <= MAX_AGE
    is_on = any(each.covers(at) for each in work)
    match notice.label:
        case LabelKind.CLOSED:
            return PageStatus.OK
        case LabelKind.OPEN | LabelKind.UPDATE if is_fresh:
            return PageStatus.INCIDENT
        case LabelKind.UNDER_WAY if is_fresh or is_on:
            return PageStatus.PLANNED
        case LabelKind.SCHEDULED if work:
            return PageStatus.PLANNED if is_on else PageStatus.OK
        case _:
            return PageStatus.UNKNOWN


def _planned_work(notice: _Notice, at: datetime, context: ParserContext) -> Iterator[PlannedWork]:
    """Yield the periods of planned work that have not ended; of work under way, the current one."""
    if notice.label not in {LabelKind.SCHEDULED, LabelKind.UNDER_WAY}:
        return
    text = " ".join((notice.title, *notice.prose))
    for start, end in periods(text, notice.written or at, context.zone):
        work = PlannedWork(start, end, SOURCE, notice.title)
        if work.covers(at) or (notice.label is LabelKind.SCHEDULED and not work.has_ended(at)):
            yield work

"""RSS and Atom: the lowest common form; each item is a notice, judged with the keyword table.

A document type is refused before parsing: it is the only way to define an entity, and thus to
make a small body expand. The standard parser is then safe, and no further package is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET  # document types are refused below, before parsing

from procedure.feeds.feed import Lens
from procedure.feeds.instants import latest
from procedure.feeds.keywords import Tone
from procedure.feeds.plain_text import lines, plain
from procedure.feeds.prose import planned_work, unclear
from procedure.feeds.word import Finding, Reason, Said, Unreadable, Word, say

ROOTS = frozenset({"rss", "RDF", "feed"})
ITEMS = frozenset({"item", "entry"})
PROSE = frozenset({"description", "summary", "content", "encoded"})
DATES = frozenset({"pubDate", "published", "updated", "date"})
MOST_ITEMS = 500
# Vendors forget to close a notice: after this time one without news no longer counts.
REMEMBERED = timedelta(days=7)
SOURCE = "feed:feed"


@dataclass(frozen=True, slots=True)
class _Notice:
    """One item; `newest` is the tone of its first telling line, which is its newest update."""

    title: str
    prose: str
    newest: Tone | None
    at: datetime | None


def syndication(body: bytes, at: datetime, lens: Lens) -> Said:
    """Read the notices of the last seven days that name our component.

    A feed without such a notice says that nothing is reported.

    Raises:
        Unreadable: not XML in UTF-8, with a document type, or neither RSS nor Atom.
    """
    root = _parsed(body)
    if _local(root) not in ROOTS:
        raise Unreadable(Reason.SHAPE, _local(root)[:60])
    items = [one for one in root.iter() if _local(one) in ITEMS]
    if len(items) > MOST_ITEMS:
        raise Unreadable(Reason.TOO_LARGE)
    ours = [one for one in (_notice(item, lens) for item in items) if _counts(one, at, lens)]
    return say(found for notice in ours for found in _findings(notice, at, lens))


def _parsed(body: bytes) -> ET.Element:
    try:
        text = body.decode("utf-8-sig")
        if "<!DOCTYPE" in text:
            raise Unreadable(Reason.SYNTAX, "a document type is refused")
        return ET.fromstring(text)  # noqa: S314 (no document type, no entity)
    except (ET.ParseError, ValueError) as fault:
        raise Unreadable(Reason.SYNTAX, type(fault).__name__) from None


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _notice(item: ET.Element, lens: Lens) -> _Notice:
    parts = [(_local(one), "".join(one.itertext())) for one in item]
    prose = [line.text for name, value in parts if name in PROSE for line in lines(value)]
    return _Notice(
        title=" ".join(plain(value) for name, value in parts if name == "title"),
        prose=" ".join(prose),
        newest=next(filter(None, map(lens.keywords.tone, prose)), None),
        at=latest((value for name, value in parts if name in DATES), lens.zone),
    )


def _counts(notice: _Notice, at: datetime, lens: Lens) -> bool:
    fresh = notice.at is None or at - notice.at <= REMEMBERED
    return fresh and lens.components.matches(f"{notice.title} {notice.prose}")


def _findings(notice: _Notice, at: datetime, lens: Lens) -> Iterator[Finding]:
    name = lens.components.found(f"{notice.title} {notice.prose}")
    told = {lens.keywords.tone(notice.title), notice.newest} - {None}
    if Tone.CLOSED in told or told == {Tone.NOTHING}:
        yield Finding(Word.OK, component=name, changed_at=notice.at)
    elif Tone.PLANNED in told:
        work = planned_work(f"{notice.title} {notice.prose}", at, lens, source=SOURCE)
        yield from [work] if work else []
    elif Tone.INCIDENT in told:
        yield Finding(Word.INCIDENT, notice.title, name, changed_at=notice.at)
    else:
        yield unclear(notice.title, name)

"""Finds the notices in a feed that are still open.

A feed announces an incident and its end in one notice or in two. In the second case, the notices
are matched by their subjects. If it is unclear whether an incident has ended, its notice is in
doubt, and a person has to judge it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from procedure.status_pages.feed import ParserContext


class NoticeKind(StrEnum):
    """The effect of a notice on earlier notices.

    `open` reports trouble. `over` ends trouble with the same subject. `over_itself` reports both
    trouble and its end.
    """

    OPEN = "open"
    OVER = "over"
    OVER_ITSELF = "over_itself"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as part of a thread; `subject` contains the significant words of its title.

    An empty subject stands for the whole component. `at` is None if the date is not usable.
    """

    place: int
    kind: NoticeKind
    subject: frozenset[str]
    at: datetime | None
    all_well: bool = False


def newest_first(dates: Iterable[datetime | None]) -> bool | None:
    """Return whether the dates are in descending order, or None if this is unclear."""
    known = [date for date in dates if date is not None]
    steps = {(a > b) - (a < b) for a, b in pairwise(known)} - {0}
    return steps == {1} if len(steps) == 1 else None


def open_notices(notices: Sequence[Notice], *, newest_first: bool | None) -> dict[int, bool]:
    """Return the indexes of the open notices, and whether each is in doubt.

    `notices` are in feed order.
    """
    ordered, certain = _oldest_first(notices, newest_first=newest_first)
    open_: dict[Notice, bool] = {}
    for notice in ordered:
        if notice.kind is NoticeKind.OPEN:
            open_[notice] = False
        else:
            ended, doubtful = _ended_by(notice, list(open_))
            doubtful = doubtful if certain else doubtful | ended
            open_ = {
                other: in_doubt or other in doubtful
                for other, in_doubt in open_.items()
                if not certain or other not in ended
            }
    return {notice.place: in_doubt for notice, in_doubt in open_.items()}


def _oldest_first(
    notices: Sequence[Notice], *, newest_first: bool | None
) -> tuple[list[Notice], bool]:
    """Return the notices in chronological order, and whether that order is certain.

    If dates are missing and the others do not show the order, the newest notice is assumed to come
    first, as in most feeds.
    """
    by_place = list(notices if newest_first is False else reversed(notices))
    dated = [(notice.at, notice) for notice in by_place if notice.at is not None]
    if len(dated) < len(notices):
        return by_place, newest_first is not None
    ordered = [notice for _, notice in sorted(dated, key=lambda pair: pair[0])]
    return ordered, newest_first is not None or len({at for at, _ in dated}) == len(dated)


def _ended_by(end: Notice, open_: Sequence[Notice]) -> tuple[set[Notice], set[Notice]]:
    """Return the notices that `end` certainly closes, and those that it may close."""
    if end.all_well:
        return set(open_), set()
    ended = {
        notice for notice in open_ if notice.subject == end.subject or notice.subject < end.subject
    }
    vague = {notice for notice in ended if not notice.subject and end.subject}
    ended -= vague
    if end.kind is NoticeKind.OVER_ITSELF:
        return ended, set()
    if end.subject:
        # Trouble with the whole component may be over, unless the notice closes other trouble.
        return ended, set() if ended else vague
    if len(_separate_subjects(open_)) > 1:
        return set(), set(open_)
    return set(open_), set()


def _separate_subjects(open_: Sequence[Notice]) -> set[frozenset[str]]:
    """Return the subjects that are not part of another subject."""
    subjects = {subject.subject for subject in open_ if subject.subject}
    return {subject for subject in subjects if not any(subject < other for other in subjects)}


_FILLER = frozenset(
    re.findall(
        r"\w+",
        """
        an of on in at to or is be by it the and for with all are was were has have had been now our
        system systems service services update updated status notice state production hep
        de du la le et au les une un des sur en pour avec est sont été aux tous toutes
        système systèmes état point mise jour cours
        der die das den dem und mit auf für im am ist sind wurde wurden
        il lo di gli del della per con sono stato
        """,
    )
)
# Dates and times differ between two notices about the same trouble, but case numbers do not.
_DATE_PART = re.compile(r"\d{1,2}|(?:19|20)\d\d|\d{1,2}h\d{0,2}")


def subject_of(title: str, context: ParserContext) -> frozenset[str]:
    """Return a title's significant words, or none if it is about the whole component."""
    rest = context.keywords.without_tone(context.components.remove_names(title)).casefold()
    return frozenset(
        word
        for word in re.findall(r"\w+", rest)
        if word not in _FILLER and len(word) > 1 and not _DATE_PART.fullmatch(word)
    )

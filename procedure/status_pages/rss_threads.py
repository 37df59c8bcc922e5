"""Notices about our component, told one after the other: which of them are still open.

A feed tells an incident and its end in two notices as often as in one. The newest notice decides,
but only about what it speaks of: the end of one of several troubles is not the end of the others.
What cannot be told apart is in doubt, and a person reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from procedure.status_pages.feed import ParserContext


class NoticeKind(StrEnum):
    """What a notice does to what was told before it.

    `over` ends the trouble of its subject. `over_itself` tells a trouble of its own and its end.
    """

    OPEN = "open"
    OVER = "over"
    OVER_ITSELF = "over_itself"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as one link of a thread; `subject` are the words that say what it is about.

    An empty subject is the component as a whole. `at` is None when the notice has no date.
    """

    place: int
    kind: NoticeKind
    subject: frozenset[str]
    at: datetime | None
    all_well: bool = False


def newest_first(dates: Iterable[datetime | None]) -> bool | None:
    """Tell how a feed is ordered, by the dates that it has; None when they do not tell."""
    known = [one for one in dates if one is not None]
    steps = {(a > b) - (a < b) for a, b in pairwise(known)} - {0}
    return steps == {1} if len(steps) == 1 else None


def still_open(told: Sequence[Notice], *, newest_first: bool | None) -> dict[int, bool]:
    """Give the places of the notices that nothing ended, and whether that is in doubt.

    `told` is in the order of the feed.
    """
    ordered, certain = _oldest_first(told, newest_first=newest_first)
    left: dict[Notice, bool] = {}
    for one in ordered:
        if one.kind is NoticeKind.OPEN:
            left[one] = False
        else:
            ended, doubtful = _ended(one, list(left))
            doubtful = doubtful if certain else doubtful | ended
            left = {
                each: doubt or each in doubtful
                for each, doubt in left.items()
                if not certain or each not in ended
            }
    return {one.place: doubt for one, doubt in left.items()}


def _oldest_first(
    told: Sequence[Notice], *, newest_first: bool | None
) -> tuple[list[Notice], bool]:
    """Order the notices; also tell whether that order is certain.

    Without dates most feeds have the newest first: that is taken, and not relied on.
    """
    by_place = list(told if newest_first is False else reversed(told))
    dated = [(one.at, one) for one in by_place if one.at is not None]
    if len(dated) < len(told):
        return by_place, newest_first is not None
    ordered = [one for _, one in sorted(dated, key=lambda pair: pair[0])]
    return ordered, newest_first is not None or len({at for at, _ in dated}) == len(dated)


def _ended(end: Notice, left: Sequence[Notice]) -> tuple[set[Notice], set[Notice]]:
    """Find what an end is the end of: for certain, and perhaps."""
    if end.all_well:
        return set(left), set()
    ended = {one for one in left if one.subject == end.subject or one.subject < end.subject}
    vague = {one for one in ended if not one.subject and end.subject}
    ended -= vague
    if end.kind is NoticeKind.OVER_ITSELF:
        return ended, set()
    if end.subject:
        # A trouble of the whole is perhaps over, unless what ended was told beside it.
        return ended, set() if ended else vague
    if len(_apart(left)) > 1:
        return set(), set(left)
    return set(left), set()


def _apart(left: Sequence[Notice]) -> set[frozenset[str]]:
    """Return the subjects of which none is part of another."""
    subjects = {one.subject for one in left if one.subject}
    return {one for one in subjects if not any(one < other for other in subjects)}


_FILLER = frozenset(
    {
        *("an", "of", "on", "in", "at", "to", "or", "is", "be", "by", "it", "the", "and", "for"),
        *("with", "all", "are", "was", "were", "has", "have", "had", "been", "now", "our"),
        *("system", "systems", "service", "services", "update", "updated", "status", "notice"),
        *("state", "production", "hep"),
        *("de", "du", "la", "le", "et", "au", "les", "une", "un", "des", "sur", "en", "pour"),
        *("avec", "est", "sont", "été", "aux", "tous", "toutes", "système", "systèmes"),
        *("état", "point", "mise", "jour", "cours"),
        *("der", "die", "das", "den", "dem", "und", "mit", "auf", "für", "im", "am", "ist"),
        *("sind", "wurde", "wurden"),
        *("il", "lo", "di", "gli", "del", "della", "per", "con", "sono", "stato"),
    }
)
# Days and times differ between two notices of one trouble; the number of a case does not.
_NO_DATE = re.compile(r"\d{1,2}|(?:19|20)\d\d|\d{1,2}h\d{0,2}")


def subject_of(title: str, lens: ParserContext) -> frozenset[str]:
    """Return the telling words of a title; none when it speaks of the component as a whole."""
    rest = lens.keywords.without_tone(lens.components.without(title)).casefold()
    return frozenset(
        word
        for word in re.findall(r"\w+", rest)
        if word not in _FILLER and len(word) > 1 and not _NO_DATE.fullmatch(word)
    )

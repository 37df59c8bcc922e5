"""Finds announced times in prose, in the forms that Swiss library networks and vendors use.

Days and hours are found one by one and then joined: "28.11.2026, 07:00 – 09:00", "le 28 novembre de
6h à 8h", "ab 18 Uhr am 28.11.", "16:30 UTC on May 28 to 02:00 UTC on May 29".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from procedure.status_pages import relative_days
from procedure.status_pages.calendar_words import MONTH_PATTERN, MONTHS, ZONES
from procedure.status_pages.tense import looks_ahead

_TOKEN = re.compile(
    r"(?<![\w.:/])(?:"
    r"(?P<iso_y>\d{4})-(?P<iso_m>\d\d)-(?P<iso_d>\d\d)(?!\d)"
    r"|(?P<dot_d>\d{1,2})\.\s?(?P<dot_m>\d{1,2})\.(?:\s?(?P<dot_y>\d{4})(?!\d))?"
    r"|(?P<slash_d>\d{1,2})/(?P<slash_m>\d{1,2})/(?P<slash_y>\d{4})(?!\d)"
    rf"|(?P<word_d>\d{{1,2}})(?:\.|°|er|st|nd|rd|th)?\s(?:of\s)?(?P<word_m>{MONTH_PATTERN})(?!\w)\.?"
    r"(?:,?\s(?P<word_y>\d{4})(?!\d))?"
    rf"|(?P<us_m>{MONTH_PATTERN})\.?\s{{1,2}}(?P<us_d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:h])"
    r"(?:,?\s(?P<us_y>\d{4})(?!\d))?"
    r"|(?P<hour>\d{1,2})(?:[:h.](?P<minute>\d\d)(?::\d\d)?(?!\d)|\s?h(?!\w)|(?=\s?(?:uhr"
    r"|heures?|o'clock|[ap]\.?m\.?)(?!\w))"
    r"|(?=\s?(?:-|–|bis|to|à|et|und|and)\s?\d{1,2}\s?(?:uhr|heures?|h|[ap]\.?m\.?)(?!\w))"
    r"|(?:(?<=alle \d)|(?<=alle \d\d)|(?<=ore \d)|(?<=ore \d\d))(?![\w.:]))"
    r"(?:\s?(?:uhr|heures?|h)(?!\w))?(?:\s?(?P<half>[ap]\.?m\.?)(?!\w))?"
    rf"(?:\s(?P<zone>{'|'.join(ZONES)})(?!\w))?"
    rf"|(?P<near>{relative_days.PATTERN})"
    r")",
    re.IGNORECASE,
)
_DAY_KINDS = ("iso", "dot", "slash", "word", "us")
# Two days that share a month: "vom 28. auf den 29. November", "5./6. Dezember", "28 au dimanche 29
# novembre".
_SHARED_MONTH = re.compile(
    r"(?<![\w.:/])(?P<day>\d{1,2})(?P<gap>\.?(?:\s?/\s?|\s?[-–]\s?"
    rf"|\s(?:auf den|au|und|et|and|e|al|to|bis)\s)(?:\w{{5,9}}\s)?)(?P<rest>\d{{1,2}}(?:\."
    rf"|er)?\s(?P<month>{MONTH_PATTERN})(?!\w))",
    re.IGNORECASE,
)
_NOON = re.compile(r"(?<!\w)(?:midi|noon|mittag|mezzogiorno)(?!\w)", re.IGNORECASE)
_MIDNIGHT = re.compile(
    r"(?<!\w)(?P<from>(?:from|de|dès|ab|von|dalla|at|à partir de)\s)?"
    r"(?:minuit|midnight|mitternacht|mezzanotte)(?!\w)",
    re.IGNORECASE,
)
_TO = re.compile(
    r"[-–—]|\b(?:auf den|bis|to|until|till|à|au|al|alle|jusqu\w*|fino)\b", re.IGNORECASE
)
_TO_OR_AND = re.compile(rf"{_TO.pattern}|\b(?:and|et|und|e)\b", re.IGNORECASE)
_DEADLINE = re.compile(
    r"\b(?:bis|until|till|by|before|vor|spätestens|avant|jusqu\w*|d'ici|fino|entro)\b"
    r"\W*(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
MAX_TEXT = 2000
MAX_GAP = 30
EVENING = 18


@dataclass(frozen=True, slots=True)
class AnnouncedTime:
    """A time span (aware UTC); `end` is None if only a start is given.

    `hours` is False if only days are given: the span then runs from midnight to midnight.
    `deadline` is True for a phrase such as "until 28.11.2026". In this case, `start` is the end of
    work that began at an unknown time.
    """

    start: datetime
    end: datetime | None
    hours: bool = True
    deadline: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    """A day or a time of day, and its position in the text; `half` is "am", "pm" or empty.

    `near` is True for a day that is named relative to the day of writing, such as "tomorrow".
    """

    begin: int
    stop: int
    day: date | None = None
    hour: int = 0
    minute: int = 0
    half: str = ""
    zone: tzinfo | None = None
    near: bool = False


@dataclass(frozen=True, slots=True)
class _SpanShape:
    """An order of days (D) and hours (H), and the indexes of the tokens for the start and the end.

    If `to` is not 0, one of the words in `between` must come between the token at the index `to`
    and the previous token.
    """

    kinds: re.Pattern[str]
    start: tuple[int, ...]
    end: tuple[int, ...] = ()
    to: int = 0
    between: re.Pattern[str] = _TO


# In each pair of indexes, the first is for the day and the second is for the hour.
_SHAPES = (
    _SpanShape(re.compile("DHDH"), (0, 1), (2, 3), to=2),
    _SpanShape(re.compile("HDHD"), (1, 0), (3, 2), to=2),
    _SpanShape(re.compile("HDH"), (1, 0), (1, 2), to=2),
    _SpanShape(re.compile("DHH"), (0, 1), (0, 2), to=2, between=_TO_OR_AND),
    _SpanShape(re.compile("HHD"), (2, 0), (2, 1), to=1, between=_TO_OR_AND),
    _SpanShape(re.compile("DH"), (0, 1)),
    _SpanShape(re.compile("HD(?!H)"), (1, 0)),
    _SpanShape(re.compile("DD"), (0,), (1,), to=1),
    _SpanShape(re.compile("D"), (0,)),
)


def announced_times(text: str, zone: tzinfo, at: datetime) -> list[AnnouncedTime]:
    """Return the days and spans in the text; if they name no time zone, `zone` applies.

    `at` is the time of writing. A day without a year gets the year in which the day is nearest to
    `at`. Hours without a day are left out, and so are impossible dates and spans ("31.02.", "09:00
    - 07:00").
    """
    return list(_announced_times(text, zone, at))


@lru_cache(maxsize=64)
def _announced_times(text: str, zone: tzinfo, at: datetime) -> tuple[AnnouncedTime, ...]:
    text = _spelled_out(text[:MAX_TEXT].replace("’", "'"))
    tokens = list(_without_second_names(list(_tokens(text, at))))
    spans, place = list[AnnouncedTime](), 0
    while place < len(tokens):
        shape, close = _shape_at(tokens[place:], text)
        span = None if shape is None else _span(shape, close, text, zone)
        spans += [span] if span else []
        place += 1 if shape is None else len(close)
    return tuple(spans)


def _spelled_out(text: str) -> str:
    text = _SHARED_MONTH.sub(r"\g<day> \g<month>\g<gap>\g<rest>", text)
    text = _MIDNIGHT.sub(lambda match: f"{match['from']}00:00" if match["from"] else "24:00", text)
    return _NOON.sub("12:00", text)


def _without_second_names(tokens: Sequence[_Token]) -> Iterator[_Token]:
    """Leave out the name of a day that also has a date: "Sunday" in "Sunday 29 November"."""
    for place, token in enumerate(tokens):
        neighbours = [*tokens[max(place - 1, 0) : place], *tokens[place + 1 : place + 2]]
        named_twice = token.near and any(
            other.day
            and not other.near
            and max(token.begin, other.begin) - min(token.stop, other.stop) <= MAX_GAP
            for other in neighbours
        )
        if not named_twice:
            yield token


def _tokens(text: str, at: datetime) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        if match["near"]:
            near = _near_day(match, text, at.date())
            yield from [_Token(match.start(), match.end(), near, near=True)] if near else []
            continue
        day = None if match["hour"] else _day(match, at.date())
        if day is not None:
            yield _Token(match.start(), match.end(), day)
        elif match["hour"] and int(match["hour"]) <= 24 and int(match["minute"] or 0) < 60:
            yield _Token(
                match.start(),
                match.end(),
                hour=int(match["hour"]),
                minute=int(match["minute"] or 0),
                half=(match["half"] or "").lower().replace(".", ""),
                zone=_zone(match["zone"]),
            )


def _near_day(match: re.Match[str], text: str, today: date) -> date | None:
    before = re.split(r"[.!?;]\s", text[: match.start()])[-1]
    after = re.split(r"[.!?;]\s", text[match.end() :], maxsplit=1)[0]
    ahead = looks_ahead(f"{before}{match['near']}{after}")
    return relative_days.relative_day(match["near"], before, after, today, ahead=ahead)


def _zone(name: str | None) -> tzinfo | None:
    return ZONES[name.upper()] if name else None


def _day(match: re.Match[str], today: date) -> date | None:
    kind = next(kind for kind in _DAY_KINDS if match[f"{kind}_d"])
    day, month, year = match[f"{kind}_d"], match[f"{kind}_m"], match[f"{kind}_y"]
    number = MONTHS.get(month.lower()) or int(month)
    if kind == "slash" and int(day) <= 12 and int(day) != number:
        return None  # the day comes first in Geneva, the month in Boston
    years = [int(year)] if year else [today.year, today.year + 1, today.year - 1]
    days = (_date(each, number, int(day)) for each in years)
    return min(filter(None, days), key=lambda known: abs(known - today), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 2000 <= year <= 2100 else None
    except ValueError:
        return None


def _shape_at(tokens: Sequence[_Token], text: str) -> tuple[_SpanShape | None, list[_Token]]:
    """Return the longest shape at the start of the tokens, and the tokens that form it."""
    close = list(_close_together(tokens, text))
    kinds = "".join("D" if token.day else "H" for token in close)
    for shape in _SHAPES:
        match = shape.kinds.match(kinds)
        if match and (not shape.to or shape.between.search(_gap(close, shape.to, text))):
            return shape, close[: match.end()]
    return None, []


def _close_together(tokens: Sequence[_Token], text: str) -> Iterator[_Token]:
    for place, token in enumerate(tokens[:5]):
        gap = _gap(tokens, place, text) if place else ""
        if len(gap) > MAX_GAP or re.search(r"[.;!?]\s", gap):
            return
        yield token


def _gap(tokens: Sequence[_Token], place: int, text: str) -> str:
    """Return the text between the token at this index and the previous token."""
    return text[tokens[place - 1].stop : tokens[place].begin]


def _span(
    shape: _SpanShape, tokens: Sequence[_Token], text: str, zone: tzinfo
) -> AnnouncedTime | None:
    start_tokens = [tokens[place] for place in shape.start]
    end_tokens = [tokens[place] for place in shape.end]
    hours = len(start_tokens) == 2
    zone = next((token.zone for token in reversed(tokens) if token.zone), zone)
    half = next((token.half for token in reversed(tokens) if token.half), "")
    start = _instant(start_tokens, zone, half)
    end = _instant(end_tokens, zone, half) if end_tokens else None
    if not hours:
        end = _next_day(end or start)
    elif end and end <= start and _is_over_night(start, start_tokens, end_tokens):
        end = _next_day(end)
    if end is not None and end <= start:
        return None
    deadline = not shape.end and _DEADLINE.search(text[: tokens[0].begin][-MAX_GAP:]) is not None
    utc_end = end.astimezone(UTC) if end else None
    return AnnouncedTime(start.astimezone(UTC), utc_end, hours=hours, deadline=deadline)


def _is_over_night(start: datetime, first: Sequence[_Token], last: Sequence[_Token]) -> bool:
    return first[0] is last[0] and start.hour >= EVENING


def _next_day(instant: datetime) -> datetime:
    return instant + timedelta(days=1)  # the same wall time, even across a clock change


def _instant(tokens: Sequence[_Token], zone: tzinfo, half: str) -> datetime:
    day = tokens[0].day
    assert day is not None
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    if len(tokens) == 1:
        return midnight
    hour, half = tokens[1].hour, tokens[1].half or half
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return midnight + timedelta(hours=hour, minutes=tokens[1].minute)

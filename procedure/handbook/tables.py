"""The schemas of a handbook's files."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import chain
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from procedure.circulation.list_advice import ListAct, ListRules, Reason
from procedure.circulation.transactions import CirculationDesk
from procedure.guide.steps import (
    ANSWER_KEY,
    ANSWER_MEANINGS,
    STEP_KEY,
    Contact,
    Step,
    Telephone,
)
from procedure.handbook.fields import (
    Address,
    ClockTime,
    Day,
    DialledNumber,
    Flag,
    Text,
    Weekdays,
    Zone,
    count,
    length,
    like,
    needed,
    percentage,
    text,
)
from procedure.handbook.library import LibrarySettings
from procedure.handbook.meanings import WITHOUT
from procedure.handbook.page import SectionedFile
from procedure.handbook.shape import Shape
from procedure.handbook.spelling import KeyRule, suggest_known
from procedure.monitoring.contract import Contract
from procedure.monitoring.model import Meaning, Target
from procedure.opening_hours import OtherHours
from procedure.status_pages.feed import Feed
from procedure.status_pages.page_parsers import FORMATS

MAX_CLOSURE = timedelta(days=60)  # a longer closure probably has a mistyped year
_SMALL = re.compile(r"[a-z][a-z0-9-]*")
_TEXTS = tuple[Text, ...]


def _region(value: object) -> str:
    """Check that the public holidays of a country, or of a country and region, are known."""
    if value == "":
        return ""
    region = text(value)
    # Importing this package would slow down every command that reads the settings.
    import holidays  # noqa: PLC0415

    country, _, part = region.partition("-")
    try:
        # `holidays` also accepts longer names of countries, so check the length. Do not look the
        # code up in the package's list of countries, which takes half a second to build.
        code = country if len(country) == len("CH") else ""
        parts = holidays.country_holidays(code).subdivisions
    except NotImplementedError:
        raise ValueError(
            f'"{country}" is not a known country; write its two-letter code, as in "CH-GE"'
        ) from None
    if part and part not in parts:
        raise ValueError(f'"{part}" is not a part of {country}; {suggest_known("", parts)}')
    return region


_LANGUAGE = like("^[a-z]{2,3}$", 'is not a language code; write one like "fr"')
LIBRARY = Shape(
    LibrarySettings,
    needed=("system", "zone", "holidays", "languages"),
    zone=Zone,
    holidays=Annotated[str, BeforeValidator(_region)],
    languages=Annotated[
        tuple[_LANGUAGE, ...],
        needed("name at least one language that has a words file"),
        AfterValidator(lambda codes: tuple(dict.fromkeys(codes))),
    ],
)


def _by_answer(values: Mapping[str, object]) -> Any:
    pattern = f"^{ANSWER_KEY.pattern}$"
    schema = {"patternProperties": {pattern: values}, "additionalProperties": False}
    return Annotated[dict[str, Text], WithJsonSchema({"type": "object"} | schema)]


STEPS = SectionedFile(
    KeyRule(STEP_KEY, "a step's key must be a capital letter followed by letters and digits"),
    Shape(
        Step,
        beside=("key",),
        kind=Literal["question", "contact", "lending"],
        answers=_by_answer({"type": "string", "pattern": r"\S"}),
        evidence=Literal[tuple(ANSWER_MEANINGS)],
        means=_by_answer({"enum": sorted({*chain(*ANSWER_MEANINGS.values())})}),
    ),
    Shape(start=Text, needed=("start",)),
)


def _absent(given: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
    if Meaning.WAY_IN in given:
        raise ValueError(f'lists "way-in", but without such a target {WITHOUT[Meaning.WAY_IN]}')
    return given


FEED = Shape(
    Feed,
    format=Literal[tuple(FORMATS)],
    url=Address,
    filter=Annotated[
        _TEXTS, needed('name your component as the page does, or write ["*"] for the whole page')
    ],
    zone=Annotated[Zone, AfterValidator(str)],
)
TARGETS = SectionedFile(
    KeyRule(_SMALL, "a target's key must consist of lower-case letters, digits and hyphens"),
    Shape(
        Target,
        beside=("key", "step"),
        url=Address,
        # At least ten seconds, out of consideration for the servers.
        interval=length(timedelta(seconds=10), timedelta(hours=24)),
        method=Literal["GET", "HEAD"],
        slow_after=length(timedelta(seconds=1), timedelta(seconds=60)),
        proxy=Address,
        means=Annotated[
            tuple[Meaning, ...],
            BeforeValidator(
                lambda given: [given] if isinstance(given, str) else given,
                json_schema_input_type=Meaning | list[Meaning],
            ),
            needed('write what the target is, or "other"'),
        ],
        campus=Flag,  # in earlier handbooks
        retries=count(0, 10),
        recovery=count(1, 10),
        feed=FEED.nested,
    ),
    Shape(without=Annotated[tuple[Meaning, ...], AfterValidator(_absent)]),
)


def _is_one_number(telephone: Telephone) -> Telephone:
    if not telephone.dialled.endswith(re.sub(r"\D", "", telephone.shown)[-4:]):
        raise ValueError(f'"{telephone.shown}" is shown, but "{telephone.dialled}" is dialled')
    return telephone


def _closes_later(hours: OtherHours) -> OtherHours:
    if hours.opens >= hours.closes:
        raise ValueError(
            f"closes at {hours.closes}, but must close after it opens at {hours.opens}"
        )
    return hours


def _closures(value: object) -> frozenset[date]:
    if not isinstance(value, list):
        raise ValueError('must be a list of dates such as "2026-12-24" or "2026-12-24/2027-01-03"')  # noqa: TRY004 - a wrong type in a file is a wrong value
    return frozenset(day for entry in cast("list[object]", value) for day in _days(entry))


def _days(entry: object) -> Iterator[date]:
    """Yield the days in `2026-12-24` or `2026-12-24/2027-01-03` (inclusive)."""
    begin, slash, end = str(entry).partition("/")
    try:
        first, last = date.fromisoformat(begin), date.fromisoformat(end if slash else begin)
    except ValueError:
        raise ValueError(
            f'"{entry}" is neither a date nor a range of dates; '
            'write "2026-12-24" or "2026-12-24/2027-01-03"'
        ) from None
    if not timedelta() <= last - first <= MAX_CLOSURE:
        raise ValueError(
            f'"{entry}" must end on or after its first day, '
            f"and within {MAX_CLOSURE.days} days of it"
        )
    for ahead in range((last - first).days + 1):
        yield first + timedelta(days=ahead)


_TELEPHONE = Shape(Telephone, dialled=DialledNumber, weekdays=Weekdays)
_OTHER_HOURS = Shape(OtherHours, weekdays=Weekdays, opens=ClockTime, closes=ClockTime)
_HOURS: dict[str, Any] = {
    "weekdays": Weekdays,
    "opens": ClockTime,
    "closes": ClockTime,
    "other_hours": tuple[Annotated[_OTHER_HOURS.nested, AfterValidator(_closes_later)], ...],
}
CONTACTS = SectionedFile(
    KeyRule(_SMALL, "a contact's key must consist of lower-case letters, digits and hyphens"),
    Shape(
        Contact,
        beside=("key",),
        telephones=tuple[Annotated[_TELEPHONE.nested, AfterValidator(_is_one_number)], ...],
        ticket=Address,
        reviewed=Day,
        **_HOURS,
    ),
    Shape(
        closures=Annotated[
            frozenset[date], BeforeValidator(_closures, json_schema_input_type=_TEXTS)
        ]
    ),
)
DESKS = SectionedFile(
    # The code is used in file names.
    KeyRule(
        re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}"),
        "a desk's code must consist of at most 50 letters, digits, hyphens and underscores",
    ),
    Shape(CirculationDesk, beside=("code",), **_HOURS),
)


LISTS = Shape(
    ListRules,
    **{reason.value: ListAct for reason in Reason if reason is not Reason.KNOWN},
    lists_stale=count(1, 24 * 31),
    lists_kept=count(1, 90),
)
CONTRACT = Shape(
    Contract,
    needed=("percent",),
    percent=percentage(50),
    notice_days=count(0, 365),
    weekdays=Weekdays,
    opens=ClockTime,
    closes=ClockTime,
)

"""Ninety days with one bar a day for each service and address, as status pages show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dashboard.history.history_text import percent
from dashboard.translations import Language
from dashboard.ui.templating import render
from procedure.local_time import library_zone
from procedure.monitoring.downtime import Availability
from procedure.outages.ninety_days import QUARTER, NinetyDays

LEAST = timedelta(minutes=1)  # less of a day is hardly a failure: a restart, one late answer


@dataclass(frozen=True, slots=True)
class DayBar:
    """A day of a target: the name of its colour and hatching, and its text."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class DailyRow:
    """The days of a service or target, oldest first.

    `failed` counts the days with an outage, `known` those with any reading. `share` is the
    availability over the ninety days in %, empty if unknown.
    """

    name: str
    bars: Sequence[DayBar]
    failed: int
    known: int
    share: str


def daily_bars(
    ninety_days: NinetyDays | None,
    keys: Iterable[str],
    names: Mapping[str, str],
    language: Language,
) -> str:
    """Return the HTML of the days of these services and targets; empty before they were read."""
    if ninety_days is None:
        return ""
    last = ninety_days.until.astimezone(library_zone()).date()
    days = [last - timedelta(days=ago) for ago in reversed(range(QUARTER.days))]
    rows = [_row(ninety_days, key, names[key], days, language) for key in keys]
    ends = [language.day(_noon(day), short=True) for day in (days[0], days[-1])]
    return render("history/daily_bars", language, rows=rows, ends=ends)


def _row(
    ninety_days: NinetyDays, key: str, name: str, days: Sequence[date], language: Language
) -> DailyRow:
    spent = [ninety_days.days[key].get(day, Availability()) for day in days]
    bars = [_bar(day, one, language) for day, one in zip(days, spent, strict=True)]
    return DailyRow(
        name,
        bars,
        failed=sum(bar.kind == "down" for bar in bars),
        known=sum(bar.kind != "none" for bar in bars),
        share=percent(ninety_days.availability[key].whole, language),
    )


def _bar(day: date, spent: Availability, language: Language) -> DayBar:
    say, when = language.say, language.day(_noon(day))
    down, slow = language.duration(spent.down), language.duration(spent.slow)
    if spent.ratio is None:
        return DayBar("none", say("{day}\u202f: jamais relevé", day=when))
    if spent.down >= LEAST:
        return DayBar("down", say("{day}\u202f: en panne {length}", day=when, length=down))
    if spent.slow >= LEAST:
        return DayBar("slow", say("{day}\u202f: lent {length}", day=when, length=slow))
    return DayBar("up", say("{day}\u202f: aucune panne", day=when))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), library_zone())

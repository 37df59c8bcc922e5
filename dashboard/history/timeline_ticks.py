"""The ticks of the time axis and their labels, correct across clock changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from dashboard.translations import GENEVA, Language

HOURS, DAY = timedelta(hours=3), timedelta(days=1)


def axis_ticks(
    span: str, since: datetime, until: datetime, language: Language, *, narrow: bool
) -> dict[int, str]:
    """Return the label of each tick by its instant in milliseconds, oldest first.

    A day has hours, a week has days, ninety days have Mondays: every second one when `narrow`.
    """
    if span == "day":
        labels = [(at, language.clock(at)) for at in local_ticks(since, until, HOURS)]
    elif span == "week":
        days = local_ticks(since, until, DAY)
        labels = [(at, language.weekday(at).replace(" ", "\n")) for at in days]
    else:
        labels = _mondays(local_ticks(since, until, DAY), language, 2 if narrow else 1)
    return {milliseconds(at): words for at, words in labels}


def local_ticks(since: datetime, until: datetime, step: timedelta) -> list[datetime]:
    """Return the local hours or midnights in a span, correct across both clock changes."""
    local = since.astimezone(GENEVA).replace(hour=0, minute=0, second=0, microsecond=0)
    ticks: list[datetime] = []
    # Wall-clock arithmetic on purpose: adding to a local time keeps its hour over a change.
    while local < until.astimezone(GENEVA):
        if local >= since.astimezone(GENEVA):
            ticks.append(local)
        local += step
    return ticks


def milliseconds(at: datetime) -> int:
    """Return an instant as Bokeh's axes count."""
    return round(at.timestamp() * 1000)


def _mondays(
    days: Sequence[datetime], language: Language, every: int
) -> list[tuple[datetime, str]]:
    mondays = [at for at in days if at.weekday() == 0][::every]
    months = [None, *(at.month for at in mondays)]
    return [
        (at, f"{at.day}\n{language.month(at)}" if at.month != before else str(at.day))
        for at, before in zip(mondays, months, strict=False)
    ]

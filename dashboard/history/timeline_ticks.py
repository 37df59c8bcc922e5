"""The ticks of the time axis and their labels, correct across clock changes."""

from __future__ import annotations

from datetime import datetime, timedelta

from dashboard.translations import GENEVA, Language

HOURS, DAY = timedelta(hours=3), timedelta(days=1)


def axis_ticks(span: str, since: datetime, until: datetime, language: Language) -> dict[int, str]:
    """Return the label of each tick by its instant in milliseconds, oldest first.

    A day has hours, a week has days.
    """
    if span == "day":
        labels = [(at, language.clock(at)) for at in local_ticks(since, until, HOURS)]
    else:
        days = local_ticks(since, until, DAY)
        labels = [(at, language.weekday(at).replace(" ", "\n")) for at in days]
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

"""The ticks of the time axis and their labels, correct across clock changes."""

from datetime import datetime, timedelta

from dashboard.translations import Language
from procedure.local_time import library_zone

DAY, MONTH = timedelta(days=1), timedelta(days=30)
# The maximum length of a span, and the distance between its ticks. Longer spans have one tick a
# day.
STEPS = (
    (timedelta(hours=1), timedelta(minutes=10)),
    (timedelta(hours=4), timedelta(minutes=30)),
    (timedelta(hours=12), timedelta(hours=1)),
    (timedelta(hours=48), timedelta(hours=3)),
)


def axis_ticks(since: datetime, until: datetime, language: Language) -> dict[int, str]:
    """Return the label of each tick by its time in milliseconds, oldest first.

    The labels are times for a span of up to two days, days of the week for up to a month, and dates
    for a longer span.
    """
    step = next((step for length, step in STEPS if until - since <= length), DAY)
    ticks = local_ticks(since, until, step)
    if step < DAY:
        labels = [(at, language.clock(at)) for at in ticks]
    else:
        dated = until - since > MONTH
        names = [language.day(at, short=True) if dated else language.weekday(at) for at in ticks]
        labels = [(at, name.replace(" ", "\n")) for at, name in zip(ticks, names, strict=True)]
    return {milliseconds(at): words for at, words in labels}


def local_ticks(since: datetime, until: datetime, step: timedelta) -> list[datetime]:
    """Return the local times of the ticks in a span, correct across both clock changes."""
    local = since.astimezone(library_zone()).replace(hour=0, minute=0, second=0, microsecond=0)
    ticks: list[datetime] = []
    # This adds to wall-clock times on purpose: a day later is the same hour, even if the clocks
    # changed in between.
    while local < until.astimezone(library_zone()):
        if local >= since.astimezone(library_zone()):
            ticks.append(local)
        local += step
    return ticks


def milliseconds(at: datetime) -> int:
    """Return a time in the unit of Bokeh's axes."""
    return round(at.timestamp() * 1000)

"""The availability and the outages of a year or of all years, read once for all pages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import param

from dashboard.core.context import AppContext
from dashboard.core.state import State
from procedure import frames
from procedure.errors import ProcedureError
from procedure.frames.period_frames import Period
from procedure.records import Records

YEAR = timedelta(days=365)
# What a choice shows, by its key: the length, None for everything, and the periods of its rows.
CHOICES: Mapping[str, tuple[timedelta | None, Period]] = {
    "year": (YEAR, "month"),
    "all": (None, "year"),
}
RENEWED_AFTER = timedelta(minutes=10)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PastPeriods:
    """The periods of a choice: the rows of `frames.PERIODS` by target or service."""

    choice: str
    rows: Mapping[str, list[dict[str, Any]]]


class YearsState(State):
    """What is shown of the years; nothing is read before somebody chooses a length."""

    context: AppContext = param.ClassSelector(class_=AppContext, precedence=-1)
    choice = param.Selector(default="", objects=["", *CHOICES])
    periods: PastPeriods | None = param.ClassSelector(
        class_=PastPeriods, doc="The periods of the choice, None until they were read."
    )
    failed = param.Boolean(default=False, doc="Whether the database could not be read.")

    @param.depends("choice", watch=True)
    async def read(self) -> None:
        """Read the periods of the choice, in a thread; a page that comes later shares them."""
        choice = self.choice
        self.param.update(periods=None, failed=False)
        try:
            periods = await _shared(self.context, choice)
        except ProcedureError as fault:
            _log.error("the years cannot be read: %s", fault)
            self.set(failed=self.choice == choice)
        else:
            # Somebody may have chosen again meanwhile.
            if self.choice == choice:
                self.periods = periods


async def _shared(context: AppContext, choice: str) -> PastPeriods:
    """Return the periods that all pages share; read anew when they are old."""
    now, key = context.now(), f"years {choice}"
    begun, reading = context.shared.get(key, (None, None))
    if begun is None or not now - RENEWED_AFTER < begun <= now or _has_failed(reading):
        reading = asyncio.ensure_future(asyncio.to_thread(read_periods, context, choice, now))
        context.shared[key] = (now, reading)
    # A page that is closed meanwhile must not end the reading of the others.
    return await asyncio.shield(reading)


def _has_failed(reading: asyncio.Future[PastPeriods]) -> bool:
    return reading.done() and (reading.cancelled() or reading.exception() is not None)


def read_periods(context: AppContext, choice: str, until: datetime) -> PastPeriods:
    """Return the periods of a choice; some tenths of a second for ten years.

    Raises an error of the database, as `History` does.
    """
    length, by = CHOICES[choice]
    since = None if length is None else until - length
    records = Records(context.journal, context.history, context.handbook, since=since, until=until)
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in frames.records(records.periods(by)):
        rows.setdefault(row["target"], []).append(row)
    return PastPeriods(choice, rows)

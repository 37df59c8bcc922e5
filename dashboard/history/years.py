"""The availability and the outages of a year or of all years, read once for all pages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import param

from dashboard.core.context import AppContext
from dashboard.core.state import State
from procedure import frames
from procedure.errors import ProcedureError
from procedure.frames.period_frames import Period
from procedure.handbook.services import services
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
    """The periods of a choice for a target or service: the rows of `frames.PERIODS`."""

    choice: str
    key: str
    rows: Sequence[Mapping[str, Any]]


class YearsState(State):
    """What is shown of the years; nothing is read before somebody chooses a length."""

    context: AppContext = param.ClassSelector(class_=AppContext, precedence=-1)
    choice = param.Selector(default="", objects=["", *CHOICES])
    key = param.String(doc="The target or service that is shown.")
    periods: PastPeriods | None = param.ClassSelector(
        class_=PastPeriods, doc="The periods that were read last, None where none were."
    )
    failed = param.Boolean(default=False, doc="Whether the database could not be read.")

    @property
    def shown(self) -> PastPeriods | None:
        """The periods of the choice and key, None until they were read."""
        asked = (self.choice, self.key)
        read = self.periods
        return read if read is not None and (read.choice, read.key) == asked else None

    @param.depends("choice", "key", watch=True)
    async def read(self) -> None:
        """Read the periods in a thread; a page that comes later shares them."""
        asked = (self.choice, self.key)
        if not self.choice:
            return
        try:
            periods = await _shared(self.context, *asked)
        except ProcedureError as fault:
            _log.error("the years cannot be read: %s", fault)
            self.set(failed=True)
        else:
            # Somebody may have chosen again meanwhile.
            if (self.choice, self.key) == asked:
                self.param.update(periods=periods, failed=False)


async def _shared(context: AppContext, choice: str, key: str) -> PastPeriods:
    """Return the periods that all pages share; read anew when they are old."""

    def read() -> asyncio.Future[PastPeriods]:
        now = context.now()
        return asyncio.ensure_future(asyncio.to_thread(read_periods, context, choice, key, now))

    reading = context.computed_once("years", read, choice, key, holds=RENEWED_AFTER)
    try:
        # A page that is closed meanwhile must not end the reading of the others.
        return await asyncio.shield(reading)
    except ProcedureError:
        context.computed_once.forget("years")
        raise


def read_periods(context: AppContext, choice: str, key: str, until: datetime) -> PastPeriods:
    """Return the periods of a target or service; a tenth of a second for ten years.

    Raises an error of the database, as `History` does.
    """
    length, by = CHOICES[choice]
    since = None if length is None else until - length
    covered = {service.key: service.targets for service in services(context.handbook)}
    records = Records(
        context.journal,
        context.history,
        context.handbook,
        since=since,
        until=until,
        targets=covered.get(key, (key,)),
    )
    periods = records.periods(by)
    return PastPeriods(choice, key, frames.records(periods[periods["target"] == key]))

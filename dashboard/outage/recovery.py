"""Finds out from the history when each vantage began to get answers from Alma again."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from dashboard.core.context import AppContext
from procedure.diagnosis.evidence import roles_of
from procedure.diagnosis.recovery import answered_again
from procedure.errors import JournalUnwritable
from procedure.monitoring.model import Outcome

BEFORE_WELL = timedelta(hours=1)  # how far back to search for the last failures


class Recovery:
    """The time at which each vantage recovered.

    The history is read again only if `well`, the time since which everything has worked, changes.
    """

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._well: datetime | None = None
        self._answered: tuple[tuple[str, datetime], ...] = ()

    def answered(self, well: datetime) -> tuple[tuple[str, datetime], ...]:
        """Return each vantage that failed, with the time of its recovery, earliest first."""
        if self._well != well:
            self._well, self._answered = well, answered_again(self._outcomes(well))
        return self._answered

    def _outcomes(self, well: datetime) -> Iterator[Outcome]:
        """Yield the outcomes for the usual way in; none if the history cannot be read."""
        since, until = well - BEFORE_WELL, self._context.clock.now()
        for target in roles_of(self._context.handbook.current.targets.values()).usual[:1]:
            with suppress(JournalUnwritable):
                yield from self._context.store.history.outcomes(
                    since=since, until=until, target=target
                )

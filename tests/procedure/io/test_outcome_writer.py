"""While outcomes cannot be written, the writer keeps the newest outcomes, up to a limit."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from procedure.errors import JournalUnwritable
from procedure.io.outcome_writer import MOST_PENDING, OutcomeWriter
from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.model import Outcome, Status
from tests.support.memory import MemoryHistory

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)


class Refusing(MemoryHistory):
    """A history that refuses the first batch."""

    refused: int | None = None

    def record(self, outcomes: Sequence[Outcome]) -> None:
        if self.refused is None:
            self.refused = len(outcomes)
            raise JournalUnwritable("no room")
        super().record(outcomes)


def outcome(second: int) -> Outcome:
    return Outcome("a", "https://a.example/", "server", NOON + timedelta(seconds=second), Status.UP)


async def keep_once(keeper: OutcomeWriter) -> None:
    running = asyncio.create_task(keeper.run())
    await asyncio.sleep(0)
    keeper.stop()
    await running


async def test_refused_blind_periods_are_held_and_recorded_later() -> None:
    history = Refusing()
    short, long = (BlindPeriod(NOON, NOON + timedelta(seconds=second)) for second in (5, 60))

    keeper = OutcomeWriter(history, timedelta(hours=1))
    keeper.add(outcome(0))
    keeper.add_blind_periods([short])
    await keep_once(keeper)
    assert history.blind_periods(since=NOON, until=NOON + timedelta(hours=1)) == ()
    keeper.add_blind_periods([long])
    await keep_once(keeper)
    assert history.blind_periods(since=NOON, until=NOON + timedelta(hours=1)) == (long,)


async def test_refused_outcomes_are_held_and_recorded_later() -> None:
    history = Refusing()

    keeper = OutcomeWriter(history, timedelta(hours=1))
    for second in range(MOST_PENDING + 3):
        keeper.add(outcome(second))
    await keep_once(keeper)
    assert keeper.fault == "JournalUnwritable"
    await keep_once(keeper)
    outcomes = list(history.outcomes(since=NOON))
    assert history.refused == MOST_PENDING + 3
    assert (len(outcomes), outcomes[0]) == (MOST_PENDING, outcome(3))
    assert keeper.fault is None

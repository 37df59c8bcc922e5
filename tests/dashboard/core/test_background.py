"""What is kept up for all pages is read aside, and keeps what it has where a reading fails."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dashboard.core.background import update_ninety_days, update_recent_states
from dashboard.core.context import AppContext
from procedure.errors import ProcedureError
from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.model import FailureCause, Outcome, Status
from tests.dashboard.conftest import Clock


async def test_the_long_past_is_read_aside_and_kept_where_a_later_reading_fails(
    context: AppContext, caplog: pytest.LogCaptureFixture
) -> None:
    await update_ninety_days(context)
    first = context.ninety_days
    assert (first is not None, context.ninety_days_failed) == (True, False)
    context.history.states = _broken  # type: ignore[method-assign]
    await update_ninety_days(context)
    assert (context.ninety_days, context.ninety_days_failed) == (first, True)
    assert "the last ninety days cannot be read" in caplog.text


async def test_a_stretch_that_was_kept_is_laid_over_before_the_watch_knows_of_it(
    context: AppContext, clock: Clock
) -> None:
    minute = timedelta(minutes=1)
    seen = Outcome("switch", "", "server", clock() - minute, Status.DOWN, FailureCause.DNS)
    context.history.record([seen])
    context.history.record_blind_period(BlindPeriod(clock() - 2 * minute, clock()))
    await update_recent_states(context)
    assert context.watch.board.blind_periods == ()
    assert [one.verdict for one in context.recent_states.states("switch", seen.at, clock())] == [
        Status.UNKNOWN
    ]


def _broken(**_: object) -> None:
    raise ProcedureError("the disk is gone")

"""What is kept up for all pages is read aside, and keeps what it has where a reading fails."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from dashboard.core.background import renew_chronicle, renew_long_past
from dashboard.core.context import AppContext
from procedure.errors import ProcedureError
from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.model import FailureCause, Outcome, Status
from tests.dashboard.conftest import Clock


def test_the_long_past_is_read_aside_and_kept_where_a_later_reading_fails(
    house: AppContext, caplog: pytest.LogCaptureFixture
) -> None:
    asyncio.run(renew_long_past(house))
    first = house.long_past
    assert (first is not None, house.long_past_fault) == (True, False)
    house.history.states = _broken  # type: ignore[method-assign]
    asyncio.run(renew_long_past(house))
    assert (house.long_past, house.long_past_fault) == (first, True)
    assert "the last ninety days cannot be read" in caplog.text


def test_a_stretch_that_was_kept_is_laid_over_before_the_watch_knows_of_it(
    house: AppContext, clock: Clock
) -> None:
    minute = timedelta(minutes=1)
    seen = Outcome("switch", "", "server", clock() - minute, Status.DOWN, FailureCause.DNS)
    house.history.record([seen])
    house.history.cut_off(BlindPeriod(clock() - 2 * minute, clock()))
    asyncio.run(renew_chronicle(house))
    assert house.watch.board.cuts == ()
    assert [one.verdict for one in house.chronicle.states("switch", seen.at, clock())] == [
        Status.UNKNOWN
    ]


def _broken(**_: object) -> None:
    raise ProcedureError("the disk is gone")

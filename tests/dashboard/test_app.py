"""The composition: what the settings say reaches those who need it, and nobody else."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from dashboard.app import credentials, neighbour_watch, renew_chronicle, renew_long_past
from dashboard.settings import Settings
from dashboard.state.house import House
from procedure.cut_off import CutOff
from procedure.errors import ProcedureError
from procedure.feeds.feed import Feed
from procedure.handbook import Handbook
from procedure.history import MemoryHistory
from procedure.journal import MemoryJournal
from procedure.monitoring import Cause, Outcome, Verdict
from procedure.neighbours import Broken, Heard, Neighbour
from tests.dashboard.conftest import Clock


def test_the_servicenow_user_goes_to_feeds_of_that_format_alone(handbook: Handbook) -> None:
    table = Feed("exlibris-servicenow", "https://Status.example.org/api/now/table/x", ("EU03",))
    page = replace(handbook.targets["exlibris-status"], feed=table)
    papers = replace(handbook, targets={**handbook.targets, "exlibris-status": page})
    known = Settings("sqlite://", servicenow_user="relais", servicenow_password="s3cret")
    assert credentials(papers, known) == {"https://status.example.org": ("relais", "s3cret")}
    assert credentials(handbook, known) == {}
    assert credentials(papers, Settings("sqlite://")) == {}


def test_a_persons_reading_holds_as_long_as_the_settings_say(clock, watch, handbook) -> None:
    settings = Settings("sqlite://", reading_holds=timedelta(minutes=5))
    house = House(settings, handbook, MemoryJournal(clock), MemoryHistory(), watch, clock)
    assert house.voices.holds == timedelta(minutes=5)


def test_only_the_download_is_kept_from_the_browsers(handbook: Handbook) -> None:
    kept = [key for key, one in handbook.targets.items() if not one.browser]
    assert kept == ["offline-utility"]


def test_the_neighbours_of_the_papers_are_looked_at(handbook: Handbook) -> None:
    assert dict(neighbour_watch(handbook, "Relais").latest) == {}
    lausanne = Neighbour("lausanne", "Lausanne", "https://relais.example.org/board.json", {})
    papers = replace(handbook, neighbours={"lausanne": lausanne})
    heard = Heard("lausanne", broken=Broken.NOT_YET)
    assert dict(neighbour_watch(papers, "Relais").latest) == {"lausanne": heard}


def test_the_long_past_is_read_aside_and_kept_where_a_later_reading_fails(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    asyncio.run(renew_long_past(house))
    first = house.long_past
    assert (first is not None, house.long_past_fault) == (True, False)
    house.history.states = _broken  # type: ignore[method-assign]
    asyncio.run(renew_long_past(house))
    assert (house.long_past, house.long_past_fault) == (first, True)
    assert "the last ninety days cannot be read" in caplog.text


def test_a_stretch_that_was_kept_is_laid_over_before_the_watch_knows_of_it(
    house: House, clock: Clock
) -> None:
    minute = timedelta(minutes=1)
    seen = Outcome("switch", "", "server", clock() - minute, Verdict.DOWN, Cause.DNS)
    house.history.record([seen])
    house.history.cut_off(CutOff(clock() - 2 * minute, clock()))
    asyncio.run(renew_chronicle(house))
    assert house.watch.board.cuts == ()
    assert [one.verdict for one in house.chronicle.states("switch", seen.at, clock())] == [
        Verdict.UNKNOWN
    ]


def _broken(**_: object) -> None:
    raise ProcedureError("the disk is gone")

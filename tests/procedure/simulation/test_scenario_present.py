"""A scenario plays live, from its start until somebody ends it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.settings import PACKAGED_HANDBOOK
from procedure.diagnosis.scenario import (
    Scenario,
    ScenarioOutcome,
    ScenarioReading,
    ScenarioReport,
)
from procedure.handbook.model import Handbook
from procedure.io.handbook_files import load_handbook
from procedure.monitoring.model import FailureCause, Status, Vantage
from procedure.simulation.scenario_present import ScenarioPresent
from procedure.status_pages.feed import Feed
from procedure.status_pages.status import PageStatus

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
DOWN, SLOW, UP = Status.DOWN, Status.SLOW, Status.UP
SCENARIO = Scenario(
    "A trial",
    NOON,
    (Vantage("mail-1", "Uni Mail"),),
    (
        ScenarioOutcome(0, "server", "alma-saml", DOWN, "timeout"),
        ScenarioOutcome(120, "server", "alma-saml", SLOW),
        ScenarioOutcome(60, "server", "alma-secours", DOWN, "status"),
        ScenarioOutcome(0, "mail-1", "alma-saml", DOWN, "a cause of its own"),
    ),
    (ScenarioReading(60, "exlibris-status", PageStatus.INCIDENT),),
    (ScenarioReport(0, "mail-1", works=False), ScenarioReport(90, "mail-1", works=True)),
    (),
)


class Present:
    """Plays the scenario at ten times its speed, from a minute after noon, on a manual clock."""

    def __init__(self, handbook: Handbook) -> None:
        self.now, self.handbook = NOON, handbook
        begun = NOON + timedelta(minutes=1)
        self.present = ScenarioPresent(handbook, SCENARIO, begun, lambda: self.now, speed=10)

    def at(self, seconds: float) -> None:
        self.now = NOON + timedelta(minutes=1, seconds=seconds)

    def seen(self, target: str) -> tuple[Status, FailureCause | None]:
        outcome = asyncio.run(self.present.probe(self.handbook.targets[target]))
        assert (outcome.at, outcome.vantage) == (self.now, "server")
        return outcome.status, outcome.cause


@pytest.fixture
def play() -> Present:
    return Present(load_handbook(PACKAGED_HANDBOOK))


@pytest.mark.parametrize(
    ("seconds", "usual", "fallback"),
    [
        (-1, (UP, None), (UP, None)),
        (0, (DOWN, FailureCause.TIMEOUT), (UP, None)),
        (6, (DOWN, FailureCause.TIMEOUT), (DOWN, FailureCause.STATUS)),
        (3600, (SLOW, None), (DOWN, FailureCause.STATUS)),  # each target keeps its last state
    ],
)
def test_outcomes_of_the_server(
    play: Present, seconds: float, usual: tuple[object, ...], fallback: tuple[object, ...]
) -> None:
    play.at(seconds)
    assert (play.seen("alma-saml"), play.seen("alma-secours")) == (usual, fallback)
    assert play.seen("switch") == (UP, None)
    play.present.end()
    assert (play.seen("alma-saml"), play.seen("alma-secours")) == ((UP, None), (UP, None))


def test_reports_of_a_status_page(play: Present) -> None:
    feed = Feed("statuspage", "https://status.example.org/", ())
    said = []
    for seconds in (-1, 5, 7):
        play.at(seconds)
        reading = asyncio.run(play.present.read("exlibris-status", feed, interval=timedelta(1)))
        said.append(reading.status)
    assert said == [PageStatus.OK, PageStatus.OK, PageStatus.INCIDENT]


def test_rounds_of_workstations_and_staff_reports(play: Present) -> None:
    play.at(-1)
    assert list(play.present.new_reports()) == []
    play.at(1)
    ((vantage, outcomes),) = play.present.rounds()
    assert vantage == Vantage("mail-1", "Uni Mail")
    assert {outcome.target for outcome in outcomes if outcome.status is DOWN} == {"alma-saml"}
    assert {outcome.vantage for outcome in outcomes} == {"mail-1"}
    assert [new_report.works for new_report in play.present.new_reports()] == [False]
    play.at(20)
    assert [new_report.works for new_report in play.present.new_reports()] == [True]
    assert list(play.present.new_reports()) == []

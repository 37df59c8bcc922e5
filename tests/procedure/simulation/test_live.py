"""The simulated present: an outage as the server, status pages and workstations would report it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from procedure.handbook.model import Handbook
from procedure.io.handbook_files import load_handbook
from procedure.monitoring.model import FailureCause, Status
from procedure.outages.outage_entries import OutageLog
from procedure.records.sources import PACKAGED_HANDBOOK
from procedure.simulation.episodes import ALMA
from procedure.simulation.incidents import GOES_ON, PAGE, under_way
from procedure.simulation.live import AT_EACH_DESK, SimulatedPresent
from procedure.simulation.sample import Sample
from procedure.status_pages.status import PageStatus
from tests.support.memory import recorded

BEGUN = datetime(2026, 11, 23, 23, 10, tzinfo=UTC)  # 00:10 in Geneva: the outage began yesterday
OVER = BEGUN + GOES_ON


@pytest.fixture(scope="module")
def handbook() -> Handbook:
    return load_handbook(PACKAGED_HANDBOOK)


def present(handbook: Handbook, at: datetime) -> SimulatedPresent:
    return SimulatedPresent(handbook, under_way(BEGUN), BEGUN, lambda: at)


def probed(handbook: Handbook, at: datetime) -> dict[str, tuple[datetime, Status, object]]:
    simulated = present(handbook, at)
    seen = [asyncio.run(simulated.probe(target)) for target in handbook.targets.values()]
    return {outcome.target: (outcome.at, outcome.status, outcome.cause) for outcome in seen}


def test_only_alma_is_down_until_the_outage_is_over(handbook: Handbook) -> None:
    for at, alma in (
        (BEGUN, (BEGUN, Status.DOWN, FailureCause.TIMEOUT)),
        (OVER, (OVER, Status.UP, None)),
    ):
        expected = dict.fromkeys(handbook.targets, (at, Status.UP, None))
        assert probed(handbook, at) == expected | dict.fromkeys(ALMA, alma)


def test_alma_status_page_announces_the_outage_until_it_is_over(handbook: Handbook) -> None:
    def status(key: str, at: datetime) -> PageStatus:
        feed = handbook.targets[key].feed
        assert feed is not None
        reading = asyncio.run(present(handbook, at).read(key, feed, interval=timedelta(minutes=5)))
        assert (reading.target, reading.at, reading.reason) == (key, at, None)
        return reading.status

    assert status(PAGE, BEGUN) is PageStatus.INCIDENT
    assert status(PAGE, OVER) is PageStatus.OK
    assert status("slsp-psi", BEGUN) is PageStatus.OK


def test_workstations_of_all_desks_see_the_same(handbook: Handbook) -> None:
    rounds = dict(present(handbook, BEGUN).rounds())
    assert sum(vantage.vdi for vantage in rounds) == len(handbook.desks)
    assert len(rounds) == AT_EACH_DESK * len(handbook.desks)
    assert {vantage.site for vantage in rounds} == {desk.site for desk in handbook.desks.values()}
    for outcomes in rounds.values():
        down = {outcome.target for outcome in outcomes if outcome.status is Status.DOWN}
        assert down == set(ALMA)
        assert {outcome.target for outcome in outcomes} == set(handbook.targets)


def test_history_has_an_open_declared_outage(handbook: Handbook) -> None:
    past = Sample(handbook, until=BEGUN, days=2, now=under_way(BEGUN))
    log = OutageLog()
    log.extend(recorded(*past.entries))
    assert [record.over is None for record in log.records()] == [False, True]
    current = log.current()
    assert current is not None
    assert current.declared.begun == BEGUN - timedelta(minutes=40)
    assert current.message is not None
    lent = [
        entry for entry in past.entries if entry.KIND == "loan" and entry.at > current.declared.at
    ]
    assert {loan.desk for loan in lent} == {"MAIL", "BASTIONS", "CMU"}  # type: ignore[attr-defined]
    assert all(entry.at < BEGUN for entry in past.entries)


def test_no_workstation_is_vdi_if_the_handbook_has_none() -> None:
    koha = load_handbook(PACKAGED_HANDBOOK.parent / "libraries" / "koha-example")
    assert not any(vantage.vdi for vantage, _ in present(koha, BEGUN).rounds())

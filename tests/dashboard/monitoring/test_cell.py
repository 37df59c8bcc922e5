"""A cell counts the workstations that reach a target, out of those with a fresh reading."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.monitoring.cell import GridCell, SiteSummary, cell, site_summaries, sites_of
from procedure.handbook.model import Handbook
from procedure.monitoring.board import TargetStatus
from procedure.monitoring.model import FailureCause, Outcome, Status, Target, Vantage
from procedure.monitoring.workstation_registry import WorkstationRegistry
from tests.support.clock import NOON
from tests.support.memory import MemoryHistory

UP, SLOW, DOWN, UNKNOWN = Status.UP, Status.SLOW, Status.DOWN, Status.UNKNOWN
OLDEST = NOON - timedelta(minutes=3)
SEEN = {
    "pc-1": (UP, 1, 20.0),
    "pc-2": (DOWN, 1, 9.0),
    "pc-3": (SLOW, 1, 3000.0),
    "pc-4": (UP, 4, 20.0),
}
SITES = {"pc-1": "Mail", "pc-2": "CMU", "pc-3": "CMU", "pc-4": "Mail", "pc-5": ""}


def summary(
    handbook: Handbook, seen: dict[str, tuple[Status, int, float]], *, blunt: bool = False
) -> tuple[SiteSummary, ...]:
    registry = WorkstationRegistry(MemoryHistory())
    registry.vantages = {key: Vantage(key, site) for key, site in SITES.items()}
    registry.latest = {
        ("switch", key): Outcome(
            "switch",
            "https://switch.example.org/",
            key,
            NOON - timedelta(minutes=ago),
            status,
            FailureCause.NETWORK if status is DOWN else None,
            latency_ms=took,
        )
        for key, (status, ago, took) in seen.items()
    }
    return site_summaries(handbook.targets["switch"], registry, OLDEST, blunt=blunt)


def test_summary_by_site_with_the_total_last(handbook: Handbook) -> None:
    sites = summary(handbook, SEEN)
    assert [(site.key, site.reach, site.of, len(site.results)) for site in sites] == [
        ("switch/@CMU", 1, 2, 2),
        ("switch/@Mail", 1, 1, 2),
        ("switch/@", 0, 0, 1),
        ("switch/*", 2, 3, 5),
    ]
    assert [site.status for site in sites] == [SLOW, UP, UNKNOWN, SLOW]
    assert [site.cause for site in sites] == [
        FailureCause.NETWORK,
        None,
        None,
        FailureCause.NETWORK,
    ]
    assert [site.latency_ms for site in sites] == [3000.0, 20.0, None, 1510.0]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ((UP, UP, SLOW), UP),
        ((UP, SLOW, SLOW), SLOW),
        ((DOWN, DOWN), DOWN),
        ((UP, DOWN), SLOW),
    ],
)
def test_summary_status_is_the_majority_and_a_minority_is_trouble(
    handbook: Handbook, statuses: tuple[Status, ...], expected: Status
) -> None:
    seen = {f"pc-{place}": (status, 1, 20.0) for place, status in enumerate(statuses, start=1)}
    assert summary(handbook, seen)[-1].status is expected


def test_site_summaries_leave_out_targets_without_a_browser_probe(handbook: Handbook) -> None:
    target = replace(handbook.targets["switch"], browser=False)
    assert site_summaries(target, WorkstationRegistry(MemoryHistory()), OLDEST) == ()


def test_sites_of_unassigned_workstations_come_last() -> None:
    vantages = [Vantage("a"), Vantage("b", "CMU"), Vantage("c", "Arve"), Vantage("d", "CMU")]
    assert list(sites_of(vantages).items()) == [("Arve", 1), ("CMU", 2), ("", 1)]


def test_summary_answer_is_unknown_when_the_server_gets_an_error(handbook: Handbook) -> None:
    total = summary(handbook, {"pc-1": (UP, 1, 20.0), "pc-2": (DOWN, 1, 9.0)}, blunt=True)[-1]
    results = [(result.status, result.blurred) for result in total.results[:2]]
    assert results == [(UNKNOWN, True), (DOWN, False)]
    assert (total.reach, total.of) == (0, 1)


MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
SWITCH = Target("switch", "https://switch.example.org", "A3", MINUTE)
NEWEST = Outcome("switch", SWITCH.url, "server", NOON, Status.DOWN, FailureCause.DNS)
JUDGED = TargetStatus(
    "switch", NOON, Status.DOWN, FailureCause.DNS, NOON - MINUTE, NEWEST, flapping=True
)


def test_cell_before_the_first_reading_is_unknown() -> None:
    assert cell(SWITCH, "server", None, ()) == GridCell("switch", "server", step="A3")
    assert GridCell("switch", "server").unread


def test_cell_keeps_its_status_until_it_is_too_old() -> None:
    assert cell(SWITCH, "server", JUDGED, (NEWEST,)) == GridCell(
        "switch",
        "server",
        status=Status.DOWN,
        cause=FailureCause.DNS,
        since=NOON - MINUTE,
        newest=NEWEST,
        flapping=True,
        fresh_until=NOON + 3 * MINUTE,
        hour=(NEWEST,),
        step="A3",
    )


def test_stale_cell_stays_unknown() -> None:
    stale = replace(JUDGED, status=Status.UNKNOWN, cause=None, since=NOON, stale=True)
    shown = cell(SWITCH, "server", stale, ())
    assert (shown.status, shown.since, shown.stale) == (Status.UNKNOWN, NOON, True)
    assert shown.fresh_until is None


def test_cell_name_is_unique_within_its_page() -> None:
    assert GridCell("alma-saml", "server").key == "alma-saml/server"

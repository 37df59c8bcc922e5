"""Evidence for a diagnosis: each vantage's view, each target's role, and valid readings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from procedure.diagnosis.evidence import (
    AvailableEvidence,
    Evidence,
    Roles,
    VantageView,
    announced_work,
    collect_evidence,
    roles_of,
)
from procedure.diagnosis.staff_reports import StaffReport
from procedure.monitoring.model import SERVER, Meaning, Status, Target, Vantage
from procedure.status_pages.maintenance import PlannedWork
from procedure.status_pages.reading_validity import Reading
from procedure.status_pages.status import PageStatus
from tests.support.readings import NOW

UP, SLOW, DOWN, UNKNOWN = Status.UP, Status.SLOW, Status.DOWN, Status.UNKNOWN
ROLES = Roles(usual=("alma",), others=("rescue",), pages=("vendor",))
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("statuses", "reaches"),
    [
        ({}, None),
        ({"a": UNKNOWN, "b": UNKNOWN}, None),
        ({"other": UP}, None),
        ({"a": DOWN}, False),
        ({"a": DOWN, "b": UNKNOWN}, False),
        ({"a": DOWN, "b": UP}, True),
        ({"a": SLOW, "b": DOWN}, True),
    ],
)
def test_reaches_any_of_the_targets(statuses: dict[str, Status], reaches: bool | None) -> None:
    assert VantageView(SERVER, statuses).reaches(["a", "b"]) is reaches


@pytest.mark.parametrize(
    ("works", "statuses", "expected"),
    [
        (True, {"alma": DOWN}, True),
        (False, {"alma": UP}, False),
        (None, {"alma": UP, "rescue": DOWN}, True),
        (None, {"alma": DOWN, "rescue": UP}, None),
        (None, {"rescue": UP}, None),
        (None, {"alma": DOWN, "rescue": DOWN}, False),
        (None, {"switch": UP}, None),
    ],
)
def test_alma_works_at_prefers_a_report_to_probes(
    works: bool | None, statuses: dict[str, Status], expected: bool | None
) -> None:
    view = VantageView(Vantage("pc-1"), statuses, works)
    assert Evidence("pc-1", ROLES, {}).alma_works_at(view) is expected


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([], False),
        ([("A", False)], False),
        ([("A", False), ("A", False)], False),
        ([("A", False), ("B", False)], True),
        ([("A", False), ("B", False), ("C", False)], True),
        ([("A", False), ("B", None)], False),
        ([("A", False), ("B", False), ("C", None)], True),
        ([("A", False), ("B", False), ("C", True)], False),
    ],
)
def test_reports_from_two_sites_outweigh_probes(
    reports: list[tuple[str, bool | None]], expected: bool
) -> None:
    views = [
        VantageView(Vantage(f"pc-{number}", site), {}, works)
        for number, (site, works) in enumerate(reports)
    ]
    assert Evidence("pc-1", ROLES, {}).reports_outweigh(views) is expected


def test_views_of_the_server_the_asker_and_the_workstations() -> None:
    views = {key: VantageView(Vantage(key), {"alma": UP}) for key in ("server", "pc-1", "pc-2")}
    evidence = Evidence("pc-1", ROLES, views)
    assert (evidence.server, evidence.asker_view) == (views["server"], views["pc-1"])
    assert evidence.workstations == (views["pc-1"], views["pc-2"])
    nothing = Evidence("pc-9", ROLES, {})
    assert (nothing.server, nothing.asker_view) == (
        VantageView(SERVER),
        VantageView(Vantage("pc-9")),
    )
    assert nothing.workstations == ()


def test_roles_of_each_meaning() -> None:
    meanings = [*((meaning,) for meaning in Meaning), (Meaning.CAMPUS, Meaning.LOGIN)]
    targets = [
        Target(f"t{number}", "https://example.test/", "A1", MINUTE, means=means)
        for number, means in enumerate(meanings)
    ]
    key = {meaning: f"t{number}" for number, meaning in enumerate(Meaning)}
    roles = roles_of(iter(targets))
    assert roles == Roles(
        usual=(key[Meaning.WAY_IN],),
        others=(key[Meaning.OTHER_WAY_IN],),
        system=(key[Meaning.SYSTEM],),
        outside=(key[Meaning.OUTSIDE],),
        campus=(key[Meaning.CAMPUS], "t10"),
        pages=(key[Meaning.STATUS_PAGE],),
        logins=(key[Meaning.LOGIN], "t10"),
    )
    assert roles.ways_in == (key[Meaning.WAY_IN], key[Meaning.OTHER_WAY_IN])


def read(status: PageStatus, *work: PlannedWork, target: str = "vendor", ago: int = 1) -> Reading:
    at = NOW - ago * MINUTE
    return Reading(target, at, at + 3 * MINUTE, "feed:rss", status, planned_work=work)


def collect(known: AvailableEvidence, now: datetime = NOW) -> Evidence:
    return collect_evidence(known, ROLES, asker="pc-1", now=now)


def test_collect_evidence_adds_reports_to_what_is_known_of_a_vantage() -> None:
    def reported(key: str, *, works: bool) -> StaffReport:
        return StaffReport(UUID(int=1), NOW, key, works, "CMU", vdi=True)

    known = AvailableEvidence(
        vantages={"pc-1": Vantage("pc-1", "MAIL")},
        statuses={("alma", "pc-1"): UP, ("alma", "server"): DOWN, ("alma", "pc-9"): UP},
        reports={"pc-1": reported("pc-1", works=True), "pc-2": reported("pc-2", works=False)},
        cut_off=True,
        errors=frozenset({"alma"}),
    )
    assert collect(known) == Evidence(
        asker="pc-1",
        roles=ROLES,
        views={
            "server": VantageView(SERVER, {"alma": DOWN}),
            "pc-1": VantageView(Vantage("pc-1", "MAIL"), {"alma": UP}, works=True),
            "pc-2": VantageView(Vantage("pc-2", "CMU", vdi=True), {}, works=False),
        },
        cut_off=True,
        errors=frozenset({"alma"}),
    )


AHEAD = PlannedWork(NOW + MINUTE, None, "feed:rss")
UNTIMED = PlannedWork(None, None, "feed:rss")
OVER = PlannedWork(NOW - 2 * MINUTE, NOW, "feed:rss")
ON = PlannedWork(NOW, NOW + MINUTE, "feed:rss")


@pytest.mark.parametrize(
    ("reading", "planned"),
    [
        (read(PageStatus.PLANNED), True),
        (read(PageStatus.PLANNED, UNTIMED), True),
        (read(PageStatus.PLANNED, AHEAD), False),
        (read(PageStatus.PLANNED, UNTIMED, AHEAD), False),
        (read(PageStatus.PLANNED, ago=3), False),
        (read(PageStatus.OK), False),
        (read(PageStatus.OK, UNTIMED), False),
        (read(PageStatus.OK, ON), True),
        (read(PageStatus.OK, OVER), False),
        # Planned work counts until its end, even if the reading that announced it has expired.
        (read(PageStatus.OK, ON, ago=30), True),
        (read(PageStatus.UNKNOWN), False),
    ],
)
def test_collect_evidence_planned_work(reading: Reading, planned: bool) -> None:
    beside = {"consortium": (read(PageStatus.UNKNOWN, target="consortium"),)}
    known = AvailableEvidence(readings={**beside, "vendor": (reading,)})
    assert collect(known).planned is planned
    by_hand = AvailableEvidence(planned_work=reading.planned_work)
    assert collect(by_hand).planned is (ON in reading.planned_work)


def test_collect_evidence_has_the_current_status_of_the_pages() -> None:
    readings = {
        "vendor": (read(PageStatus.OK, ago=2), read(PageStatus.INCIDENT)),
        "old": (read(PageStatus.OK, target="old", ago=3),),
        "unread": (read(PageStatus.UNKNOWN, target="unread"),),
        "silent": (),
        "other": (read(PageStatus.OK, target="other"),),
    }
    assert collect(AvailableEvidence(readings=readings)).words == {
        "vendor": PageStatus.INCIDENT,
        "other": PageStatus.OK,
    }


def test_announced_work_leaves_out_ended_work() -> None:
    by_hand = PlannedWork(NOW, NOW + MINUTE, "person:pc-1")
    known = AvailableEvidence(
        readings={
            "vendor": (read(PageStatus.OK, ON, ago=5), read(PageStatus.OK, AHEAD, OVER)),
            "silent": (),
            "other": (read(PageStatus.PLANNED, UNTIMED, target="other"),),
        },
        planned_work=(by_hand, OVER),
    )
    assert announced_work(known, NOW) == (AHEAD, UNTIMED, by_hand)
    assert announced_work(AvailableEvidence(), datetime(2026, 1, 1, tzinfo=UTC)) == ()


def test_announced_work_stands_beside_a_line_to_read() -> None:
    known = AvailableEvidence(readings={"vendor": (read(PageStatus.UNKNOWN, AHEAD),)})
    assert announced_work(known, NOW) == (AHEAD,)


def test_collect_evidence_without_facts() -> None:
    assert collect(AvailableEvidence()) == Evidence(
        asker="pc-1",
        roles=ROLES,
        views={"server": VantageView(SERVER, {}, works=None)},
        words={},
        planned=False,
        cut_off=False,
        errors=frozenset(),
    )
    assert Evidence("pc-1", ROLES, {}) == replace(collect(AvailableEvidence()), views={})
    assert roles_of([]) == Roles()
    assert Evidence("pc-1", Roles(), {}).server.reaches(["alma"]) is None

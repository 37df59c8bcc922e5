"""Only the newest report of each workstation counts, and only while it is fresh."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from procedure.diagnosis.evidence import (
    AvailableEvidence,
    Evidence,
    Roles,
    VantageView,
    announced_work,
    collect_evidence,
)
from procedure.diagnosis.scenario import Scenario, ScenarioReading, evidence_at
from procedure.diagnosis.staff_reports import StaffReport, StaffReports
from procedure.journal import Entry
from procedure.monitoring.model import SERVER, Status, Vantage
from procedure.status_pages.maintenance import (
    MaintenanceWithdrawn,
    PlannedWork,
)
from procedure.status_pages.reading_validity import (
    PageStatusReadByStaff,
    feed_reading,
    person_reading,
)
from procedure.status_pages.status import PageReport, PageStatus
from tests.support import make
from tests.support.memory import MemoryJournal

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ROLES = Roles(
    usual=("alma-saml",),
    others=("alma-secours",),
    outside=("switch",),
    campus=("tickets",),
    pages=("slsp-psi",),
    logins=("tickets",),
)


def fold(*entries: Entry) -> StaffReports:
    journal = MemoryJournal(lambda: NOW, *entries)
    reports = StaffReports()
    assert reports.extend(journal.since()) is bool(entries)
    return reports


def report(minutes_ago: float, works: bool, workstation: str = "pc-1") -> StaffReport:
    return StaffReport(uuid4(), NOW - minutes_ago * MINUTE, workstation, works, site="Uni Mail")


def taken(minutes_ago: float, word: PageStatus) -> PageStatusReadByStaff:
    return make.page_read(
        uuid4(), word, "slsp-psi", at=NOW - minutes_ago * MINUTE, workstation="pc-1"
    )


def test_reports_has_the_newest_of_a_workstation_while_fresh() -> None:
    newest = report(3, works=False)
    reports = fold(report(5, works=True), newest, report(20, works=True, workstation="pc-2"))
    assert reports.reports(NOW) == {"pc-1": newest}


def test_late_report_does_not_replace_a_newer_one() -> None:
    newer = report(1, works=True)
    assert fold(newer, report(9, works=False)).reports(NOW) == {"pc-1": newer}


def test_readings_has_the_newest_of_a_page() -> None:
    newest = taken(2, PageStatus.INCIDENT)
    assert fold(taken(4, PageStatus.OK), newest).readings() == {"slsp-psi": person_reading(newest)}


def test_planned_work_lasts_until_it_is_withdrawn() -> None:
    kept = make.planned(uuid4(), NOW, NOW + MINUTE, "exlibris-status", at=NOW)
    withdrawn = make.planned(uuid4(), NOW, NOW + 2 * MINUTE, "exlibris-status", at=NOW)
    assert fold(
        kept, withdrawn, MaintenanceWithdrawn(id=uuid4(), at=NOW, window=withdrawn.id)
    ).planned_work() == (kept,)


def test_staff_reports_are_empty_without_entries() -> None:
    silent = fold()
    assert (silent.readings(), silent.planned_work()) == ({}, ())


def test_collect_evidence_uses_only_fresh_facts() -> None:
    feed = feed_reading(
        "slsp-psi", "feed", PageReport(PageStatus.OK), at=NOW - MINUTE, interval=MINUTE
    )
    old = feed_reading(
        "exlibris-status", "feed", PageReport(PageStatus.OK), at=NOW - 9 * MINUTE, interval=MINUTE
    )
    known = AvailableEvidence(
        vantages={"pc-1": Vantage("pc-1", "Uni Mail")},
        statuses={("alma-saml", "pc-1"): Status.DOWN, ("switch", "server"): Status.UP},
        readings={"slsp-psi": (feed,), "exlibris-status": (old,)},
        reports={"pc-9": report(1, works=False, workstation="pc-9")},
        planned_work=(PlannedWork(NOW - MINUTE, NOW + MINUTE, "person:pc-1"),),
    )
    assert collect_evidence(known, ROLES, asker="pc-1", now=NOW) == Evidence(
        asker="pc-1",
        roles=ROLES,
        views={
            "server": VantageView(SERVER, {"switch": Status.UP}),
            "pc-1": VantageView(Vantage("pc-1", "Uni Mail"), {"alma-saml": Status.DOWN}),
            "pc-9": VantageView(Vantage("pc-9", "Uni Mail"), {}, works=False),
        },
        words={"slsp-psi": PageStatus.OK},
        planned=True,
    )


@pytest.mark.parametrize("minutes", [0, 14.9, 15, 60])
def test_collect_evidence_of_read_planned_work_equals_the_replay(
    minutes: float,
) -> None:
    known = AvailableEvidence(
        readings={"slsp-psi": (person_reading(taken(minutes, PageStatus.PLANNED)),)}
    )
    reading = ScenarioReading(0, "slsp-psi", PageStatus.PLANNED)
    scenario = Scenario("", NOW - minutes * MINUTE, (), (), (reading,), (), ())
    live = collect_evidence(known, ROLES, asker="server", now=NOW)
    replayed = evidence_at(scenario, 60 * minutes, "server", ROLES)
    assert (live.planned, live.words) == (replayed.planned, replayed.words)
    assert live.planned is (minutes < 15)


def test_collect_evidence_planned_work_is_on_during_its_time() -> None:
    ahead = PlannedWork(NOW + MINUTE, None, "feed:feed")
    page_report = PageReport(PageStatus.PLANNED, planned_work=(ahead,))
    feed = feed_reading("slsp-psi", "feed", page_report, at=NOW, interval=MINUTE)
    known = AvailableEvidence(readings={"slsp-psi": (feed,)})
    assert collect_evidence(known, ROLES, asker="server", now=NOW).planned is False
    assert collect_evidence(known, ROLES, asker="server", now=NOW + MINUTE).planned is True


def test_announced_work_includes_work_that_has_not_begun() -> None:
    ahead = PlannedWork(NOW + MINUTE, NOW + 2 * MINUTE, "feed:feed", "Upgrade")
    over = PlannedWork(NOW - 2 * MINUTE, NOW - MINUTE, "feed:feed")
    page_report = PageReport(PageStatus.OK, planned_work=(ahead, over))
    feed = feed_reading("slsp-psi", "feed", page_report, at=NOW, interval=MINUTE)
    known = AvailableEvidence(readings={"slsp-psi": (feed,)})
    assert announced_work(known, NOW) == (ahead,)
    assert collect_evidence(known, ROLES, asker="server", now=NOW).planned is False


@pytest.mark.parametrize(
    ("minutes_ago", "fresh"), [(-0.1, False), (0, True), (14.9, True), (15, False), (16, False)]
)
def test_is_fresh_for_a_quarter_of_an_hour(minutes_ago: float, fresh: bool) -> None:
    assert report(minutes_ago, works=True).is_fresh(NOW) is fresh


def test_reports_of_one_instant_keep_the_order_of_the_journal() -> None:
    later = report(1, works=False)
    assert fold(report(1, works=True), later).reports(NOW) == {"pc-1": later}

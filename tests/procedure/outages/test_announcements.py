"""The announcements are derived from the journal, and matched with the observed downtimes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from procedure.journal import Entry
from procedure.monitoring.downtime import Downtime, StatusInterval, availability
from procedure.monitoring.model import FailureCause, Status
from procedure.monitoring.service_states import Service
from procedure.outages.announcements import (
    Announcement,
    AnnouncementLog,
    add_announcements,
    without_planned_work,
)
from procedure.status_pages.maintenance import MaintenanceWithdrawn
from procedure.status_pages.reading_validity import PageStatusChanged, PageStatusReadByStaff
from procedure.status_pages.status import PageStatus
from tests.support import make
from tests.support.memory import MemoryJournal

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
SERVICES = (Service("A3", ("switch",)), Service("A4", ("alma",), announced=True))
ids = (UUID(int=n) for n in count(1))


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def says(
    minute: float, word: PageStatus, page: str = "exlibris", own: float | None = None
) -> PageStatusChanged:
    changed = None if own is None else at(own)
    return PageStatusChanged(
        next(ids), at(minute), page, word, "feed:statuspage", changed_at=changed
    )


def reads(minute: float, word: PageStatus, page: str = "exlibris") -> PageStatusReadByStaff:
    return make.page_read(next(ids), word, page, at=at(minute), workstation="pc-1")


def announced(*entries: Entry) -> tuple[Announcement, ...]:
    journal, log = MemoryJournal(lambda: START), AnnouncementLog()
    journal.append(*entries)
    log.extend(journal.since())
    return log.announcements()


PAGE = "exlibris"
OUTAGE = Downtime("alma", at(0), at(60), FailureCause.TIMEOUT)


def joined(*entries: Entry, outage: Downtime = OUTAGE) -> Downtime:
    (downtime,) = add_announcements([outage], announced(*entries), SERVICES)
    return downtime


def test_announced_until_the_page_changes() -> None:
    notices = announced(
        says(51, PageStatus.INCIDENT, own=49),
        says(70, PageStatus.OK),
        reads(5, PageStatus.INCIDENT, "slsp"),
        reads(9, PageStatus.INCIDENT, "slsp"),
        says(10, PageStatus.PLANNED, "slsp"),
    )
    assert notices == (
        Announcement("slsp", at(5), at(10), by_person=True),
        Announcement("slsp", at(10), None, planned=True),
        Announcement("exlibris", at(49), at(70)),
    )


def test_announced_ignores_an_own_time_too_old_or_in_the_future() -> None:
    for own in (-1441, 52):
        assert announced(says(51, PageStatus.INCIDENT, own=own)) == (
            Announcement("exlibris", at(51), None),
        )


def test_announced_includes_manual_planned_work_until_withdrawn() -> None:
    window = make.planned(next(ids), at(-5), at(60), "alma", at=at(-90))
    planned = Announcement(
        "alma", at(-5), at(60), planned=True, by_person=True, known_since=at(-90)
    )
    assert announced(window) == (planned,)
    assert announced(window, MaintenanceWithdrawn(id=next(ids), at=at(-80), window=window.id)) == ()


def test_joined_downtime_has_the_official_times() -> None:
    assert joined(says(12, PageStatus.INCIDENT), says(70, PageStatus.OK)) == replace(
        OUTAGE, official_start=at(12), official_end=at(70), incident=True, official_page=PAGE
    )
    assert joined(says(12, PageStatus.INCIDENT)) == replace(
        OUTAGE, official_start=at(12), incident=True, official_page=PAGE
    )
    both = (
        says(12, PageStatus.INCIDENT),
        says(70, PageStatus.OK),
        says(30, PageStatus.INCIDENT, "slsp"),
    )
    assert joined(*both) == replace(
        OUTAGE, official_start=at(12), incident=True, official_page=PAGE
    )


def test_joined_accepts_an_incident_announced_within_an_hour_of_the_end() -> None:
    assert joined(says(119, PageStatus.INCIDENT)).official_start == at(119)
    assert joined(says(120, PageStatus.INCIDENT)) == OUTAGE
    assert joined(says(-30, PageStatus.INCIDENT), says(0, PageStatus.OK)) == OUTAGE


def test_joined_ignores_a_single_reading_of_the_day_before() -> None:
    tomorrow = replace(OUTAGE, start=at(1440), end=at(1500))
    assert joined(reads(5, PageStatus.INCIDENT), outage=tomorrow) == tomorrow
    assert joined(says(5, PageStatus.INCIDENT), outage=tomorrow).official_start == at(5)


def test_joined_planned_work_marks_a_downtime_and_an_incident_dates_it() -> None:
    window = make.planned(next(ids), at(-5), at(60), "alma", at=at(-90))
    planned = replace(
        OUTAGE, official_start=at(-5), official_end=at(60), planned=True, official_page="alma"
    )
    assert joined(window) == planned
    over = joined(window, says(40, PageStatus.INCIDENT), says(80, PageStatus.OK))
    times = {"official_start": at(40), "official_end": at(80), "official_page": PAGE}
    assert over == replace(OUTAGE, **times, planned=True, incident=True)
    later = make.planned(next(ids), at(16), at(60), "alma", at=at(-90))
    assert joined(later) == OUTAGE


def test_joined_leaves_a_downtime_without_an_announcement_unchanged() -> None:
    internet = replace(OUTAGE, target="switch")
    assert joined(says(12, PageStatus.INCIDENT), outage=internet) == internet


def test_joined_open_downtime_has_no_official_end() -> None:
    lasting = replace(OUTAGE, end=None)
    assert joined(says(12, PageStatus.INCIDENT), outage=lasting) == replace(
        lasting, official_start=at(12), incident=True, official_page=PAGE
    )


def test_without_planned_work_leaves_out_announced_time() -> None:
    states = [
        StatusInterval("alma", at(0), at(60), Status.UP),
        StatusInterval("alma", at(60), at(90), Status.DOWN),
        StatusInterval("alma", at(90), at(120), Status.UP),
    ]
    work = [Announcement("alma", at(50), at(80), planned=True), Announcement("x", at(85), None)]
    left = without_planned_work(states, work)
    assert left == [
        StatusInterval("alma", at(0), at(50), Status.UP),
        StatusInterval("alma", at(80), at(90), Status.DOWN),
        StatusInterval("alma", at(90), at(120), Status.UP),
    ]
    assert (availability(states).ratio, availability(left).ratio) == (0.75, 8 / 9)
    assert without_planned_work(states, [Announcement("alma", at(100), None, planned=True)])[
        -1
    ].end == at(100)

"""Status pages are read through feeds and by people; a reading is valid for a limited time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from procedure.status_pages.maintenance import PlannedWork
from procedure.status_pages.reading_validity import (
    CurrentStatus,
    LastPageStatus,
    PageStatusChanged,
    Reading,
    current_status,
    feed_reading,
    is_fresh,
    person_reading,
)
from procedure.status_pages.status import PageReport, PageStatus, UnreadReason
from tests.support import make
from tests.support.memory import MemoryJournal
from tests.support.readings import INTERVAL, NOW, ago, read_by_feed, read_by_staff


def test_feed_reading_is_valid_for_three_intervals() -> None:
    window = PlannedWork(NOW, None, "feed:statuspage", "Upgrade")
    report = PageReport(PageStatus.INCIDENT, "Loans fail", ("EU03",), (window,), ago(30), None)
    assert feed_reading(
        "exlibris-status", "statuspage", report, at=NOW, interval=INTERVAL
    ) == Reading(
        target="exlibris-status",
        at=NOW,
        until=NOW + timedelta(minutes=15),
        source="feed:statuspage",
        status=PageStatus.INCIDENT,
        summary="Loans fail",
        components=("EU03",),
        planned_work=(window,),
        changed_at=ago(30),
    )


def test_person_reading_is_valid_for_a_quarter_hour_or_as_configured() -> None:
    entry = make.page_read(1, PageStatus.OK, "slsp-psi", at=NOW, workstation="CMU-3")
    assert person_reading(entry) == Reading(
        "slsp-psi", NOW, NOW + timedelta(minutes=15), "person:CMU-3", PageStatus.OK
    )
    assert person_reading(entry, holds=timedelta(minutes=5)).until == NOW + timedelta(minutes=5)


def test_person_reading_with_a_feed_like_workstation_is_not_a_feed() -> None:
    entry = make.page_read(1, PageStatus.OK, "slsp-psi", at=NOW, workstation="feed:statuspage")
    assert person_reading(entry).by_person
    assert not read_by_feed(PageStatus.OK).by_person


@pytest.mark.parametrize(
    ("minutes", "counts"), [(-0.01, False), (0, True), (14.99, True), (15, False)]
)
def test_is_fresh_until_the_reading_expires(minutes: float, counts: bool) -> None:
    assert is_fresh(read_by_staff(PageStatus.OK, minutes), NOW) is counts
    assert is_fresh(read_by_feed(PageStatus.OK, minutes), NOW) is counts


def test_current_status_is_the_newest_and_keeps_both_kinds() -> None:
    person, feed = read_by_staff(PageStatus.INCIDENT, 4), read_by_feed(PageStatus.OK, 2)
    older = [read_by_staff(PageStatus.OK, 9), read_by_feed(PageStatus.INCIDENT, 8)]
    for order in permutations([person, feed, *older]):
        assert current_status(order, NOW) == CurrentStatus(feed, person, feed, feed)


def test_current_status_unknown_feed_keeps_a_persons_reading() -> None:
    person, feed = read_by_staff(PageStatus.INCIDENT, 4), read_by_feed(PageStatus.UNKNOWN, 1)
    assert current_status([person, feed], NOW) == CurrentStatus(person, person, feed, person)


def test_current_status_of_only_unknown_readings_has_the_newest_reason() -> None:
    old, new = read_by_feed(PageStatus.UNKNOWN, 6), read_by_feed(PageStatus.UNKNOWN, 1)
    assert current_status([new, old], NOW) == CurrentStatus(new, None, new, None)


def test_current_status_remembers_the_last_known_reading() -> None:
    assert current_status(
        [read_by_feed(PageStatus.OK, 40), read_by_staff(PageStatus.OK, 29)], NOW
    ) == CurrentStatus(last_known=read_by_staff(PageStatus.OK, 29))
    assert current_status([], NOW) == CurrentStatus()


def test_current_status_ignores_readings_from_the_future() -> None:
    assert current_status([read_by_feed(PageStatus.OK, -1)], NOW) == CurrentStatus()


def test_current_status_prefers_a_person_at_the_same_instant() -> None:
    person, feed = read_by_staff(PageStatus.INCIDENT), read_by_feed(PageStatus.OK)
    assert (
        current_status([person, feed], NOW).counts
        == current_status([feed, person], NOW).counts
        == person
    )


AT = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)


def reading(
    word: PageStatus, at: datetime = AT, target: str = "slsp-psi", summary: str = ""
) -> Reading:
    return Reading(target, at, at + timedelta(hours=1), "feed:statuspage", word, summary)


def kept(
    words: LastPageStatus, journal: MemoryJournal, *latest: Reading
) -> tuple[PageStatusChanged, ...]:
    changed = words.changes({newest.target: newest for newest in latest}, LATER)
    words.extend(journal.append(*changed))
    return changed


def test_last_page_status_records_a_change_and_its_reversal_once() -> None:
    words, journal = LastPageStatus(), MemoryJournal(lambda: AT)
    assert kept(words, journal, reading(PageStatus.OK)) == ()
    report = kept(words, journal, reading(PageStatus.INCIDENT, summary="EU03 is down"))
    assert report == (
        PageStatusChanged(
            report[0].id, AT, "slsp-psi", PageStatus.INCIDENT, "feed:statuspage", "EU03 is down"
        ),
    )
    assert kept(words, journal, reading(PageStatus.INCIDENT, LATER)) == ()
    assert kept(words, journal, reading(PageStatus.UNKNOWN, LATER)) == ()
    assert [change.word for change in kept(words, journal, reading(PageStatus.OK, LATER))] == [
        PageStatus.OK
    ]


def test_last_page_status_records_nothing_twice_after_a_restart() -> None:
    words, journal = LastPageStatus(), MemoryJournal(lambda: AT)
    kept(words, journal, reading(PageStatus.INCIDENT))
    anew = LastPageStatus()
    anew.extend(journal.since())
    assert kept(anew, journal, reading(PageStatus.INCIDENT, LATER)) == ()
    assert kept(anew, journal, reading(PageStatus.INCIDENT, target="exlibris-status")) != ()


def test_last_page_status_records_each_new_line_to_read_once() -> None:
    words, journal = LastPageStatus(), MemoryJournal(lambda: AT)
    slow = quote("Alma is slow")
    assert [entry.summary for entry in kept(words, journal, slow)] == ["Alma is slow"]
    assert kept(words, journal, slow, quote("Alma is slow")) == ()
    (down,) = kept(words, journal, quote("Alma is down"))
    assert (down.word, down.summary) == (PageStatus.UNKNOWN, "Alma is down")
    assert [entry.word for entry in kept(words, journal, reading(PageStatus.OK))] == ["ok"]


def quote(line: str) -> Reading:
    return replace(reading(PageStatus.UNKNOWN, summary=line), reason=UnreadReason.UNCLEAR)


def test_quote_is_only_what_a_page_says_to_people() -> None:
    assert quote("Alma is down").quote == "Alma is down"
    assert replace(quote("HTTP 503"), reason=UnreadReason.BUSY).quote == ""
    assert reading(PageStatus.INCIDENT, summary="Alma is down").quote == ""

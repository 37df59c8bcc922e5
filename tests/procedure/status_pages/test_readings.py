"""Who read the vendor's word, until when it counts, and whether we see the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest

from procedure.journal import MemoryJournal
from procedure.monitoring.model import Status
from procedure.status_pages.maintenance import MaintenanceWindow
from procedure.status_pages.readings import (
    CurrentStatus,
    Disagreement,
    Dispute,
    LastPageStatus,
    PageStatusChanged,
    PageStatusReadByStaff,
    Reading,
    Share,
    current_status,
    from_feed,
    from_person,
    is_fresh,
    official_against_observed,
)
from procedure.status_pages.status import PageReport, PageStatus, UnreadReason

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
INTERVAL = timedelta(minutes=5)
UP, SLOW, DOWN, UNKNOWN = Status.UP, Status.SLOW, Status.DOWN, Status.UNKNOWN


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def fed(word: PageStatus, minutes: float = 1, target: str = "exlibris-status") -> Reading:
    reason = UnreadReason.SYNTAX if word is PageStatus.UNKNOWN else None
    said = PageReport(word, reason=reason)
    return from_feed(target, "statuspage", said, at=ago(minutes), interval=INTERVAL)


def taken(word: PageStatus, minutes: float = 1, target: str = "exlibris-status") -> Reading:
    return from_person(
        PageStatusReadByStaff(UUID(int=1), ago(minutes), target, word, "CMU-3", "mb")
    )


def test_a_feeds_reading_keeps_what_was_said_and_holds_three_intervals() -> None:
    window = MaintenanceWindow(NOW, None, "feed:statuspage", "Upgrade")
    said = PageReport(PageStatus.INCIDENT, "Loans fail", ("EU03",), (window,), ago(30), None)
    assert from_feed("exlibris-status", "statuspage", said, at=NOW, interval=INTERVAL) == Reading(
        target="exlibris-status",
        at=NOW,
        until=NOW + timedelta(minutes=15),
        source="feed:statuspage",
        word=PageStatus.INCIDENT,
        summary="Loans fail",
        components=("EU03",),
        windows=(window,),
        changed_at=ago(30),
    )


def test_a_persons_reading_holds_a_quarter_of_an_hour_or_as_set() -> None:
    entry = PageStatusReadByStaff(UUID(int=1), NOW, "slsp-psi", PageStatus.OK, "CMU-3")
    assert from_person(entry) == Reading(
        "slsp-psi", NOW, NOW + timedelta(minutes=15), "person:CMU-3", PageStatus.OK
    )
    assert from_person(entry, holds=timedelta(minutes=5)).until == NOW + timedelta(minutes=5)


def test_a_workstation_cannot_pass_for_a_feed() -> None:
    entry = PageStatusReadByStaff(UUID(int=1), NOW, "slsp-psi", PageStatus.OK, "feed:statuspage")
    assert from_person(entry).by_person
    assert not fed(PageStatus.OK).by_person


@pytest.mark.parametrize(
    ("minutes", "counts"), [(-0.01, False), (0, True), (14.99, True), (15, False)]
)
def test_a_reading_counts_from_its_instant_until_it_no_longer_holds(
    minutes: float, counts: bool
) -> None:
    assert is_fresh(taken(PageStatus.OK, minutes), NOW) is counts
    assert is_fresh(fed(PageStatus.OK, minutes), NOW) is counts


def test_only_a_page_that_was_reached_is_to_be_read_by_eye() -> None:
    reached = from_feed(
        "x",
        "feed",
        PageReport(PageStatus.UNKNOWN, reason=UnreadReason.LOGIN),
        at=NOW,
        interval=INTERVAL,
    )
    cut = from_feed(
        "x",
        "feed",
        PageReport(PageStatus.UNKNOWN, reason=UnreadReason.UNREACHABLE),
        at=NOW,
        interval=INTERVAL,
    )
    assert [one.by_eye for one in (reached, cut, fed(PageStatus.OK))] == [True, False, False]


def test_the_newest_counts_and_both_kinds_are_kept() -> None:
    person, feed = taken(PageStatus.INCIDENT, 4), fed(PageStatus.OK, 2)
    older = [taken(PageStatus.OK, 9), fed(PageStatus.INCIDENT, 8)]
    for order in permutations([person, feed, *older]):
        assert current_status(order, NOW) == CurrentStatus(feed, person, feed, feed)


def test_a_feed_that_tells_nothing_does_not_wipe_out_what_a_person_read() -> None:
    person, feed = taken(PageStatus.INCIDENT, 4), fed(PageStatus.UNKNOWN, 1)
    assert current_status([person, feed], NOW) == CurrentStatus(person, person, feed, person)


def test_when_no_reading_tells_anything_the_newest_says_why() -> None:
    old, new = fed(PageStatus.UNKNOWN, 6), fed(PageStatus.UNKNOWN, 1)
    assert current_status([new, old], NOW) == CurrentStatus(new, None, new, None)


def test_old_readings_date_the_silence_and_count_no_longer() -> None:
    assert current_status([fed(PageStatus.OK, 40), taken(PageStatus.OK, 29)], NOW) == CurrentStatus(
        last_known=taken(PageStatus.OK, 29)
    )
    assert current_status([], NOW) == CurrentStatus()


def test_a_reading_from_the_future_does_not_count() -> None:
    assert current_status([fed(PageStatus.OK, -1)], NOW) == CurrentStatus()


def test_at_the_same_instant_a_persons_word_weighs_more() -> None:
    person, feed = taken(PageStatus.INCIDENT), fed(PageStatus.OK)
    assert (
        current_status([person, feed], NOW).counts
        == current_status([feed, person], NOW).counts
        == person
    )


def test_silence_of_the_vendor_is_named_with_both_counts() -> None:
    readings = [fed(PageStatus.OK), fed(PageStatus.OK, target="slsp-psi")]
    assert official_against_observed(readings, [DOWN, DOWN, DOWN], NOW) == Disagreement(
        Dispute.SILENT, Share(0, 2), Share(3, 3)
    )


def test_an_incident_that_nobody_sees_is_named() -> None:
    readings = [fed(PageStatus.INCIDENT), taken(PageStatus.OK, target="slsp-psi")]
    assert official_against_observed(readings, [UP, SLOW, UNKNOWN], NOW) == Disagreement(
        Dispute.NOT_SEEN, Share(1, 2), Share(0, 2)
    )


@pytest.mark.parametrize(
    ("words", "verdicts"),
    [
        ([PageStatus.OK], [UP, SLOW]),
        ([PageStatus.OK], [DOWN, UP]),
        ([PageStatus.INCIDENT], [DOWN, UP]),
        ([PageStatus.PLANNED], [DOWN, DOWN]),
        ([PageStatus.PLANNED], [UP]),
        ([PageStatus.OK], []),
        ([PageStatus.OK], [UNKNOWN]),
        ([PageStatus.UNKNOWN], [DOWN]),
        ([], [DOWN]),
    ],
)
def test_agreement_or_ignorance_is_no_disagreement(
    words: list[PageStatus], verdicts: list[Status]
) -> None:
    readings = [fed(word, target=f"page-{n}") for n, word in enumerate(words)]
    assert official_against_observed(readings, verdicts, NOW) is None


def test_most_observations_must_fail_before_the_vendor_is_called_silent() -> None:
    said = official_against_observed([fed(PageStatus.OK)], [DOWN, DOWN, UP, UNKNOWN], NOW)
    assert said == Disagreement(Dispute.SILENT, Share(0, 1), Share(2, 3))
    assert official_against_observed([fed(PageStatus.OK)], [DOWN, UP, UP], NOW) is None


def test_planned_work_on_another_page_explains_a_failure() -> None:
    readings = [fed(PageStatus.OK), fed(PageStatus.PLANNED, target="slsp-psi")]
    assert official_against_observed(readings, [DOWN], NOW) is None


def test_only_the_newest_telling_word_of_each_page_and_source_counts() -> None:
    readings = [
        fed(PageStatus.OK, 2),
        fed(PageStatus.INCIDENT, 6),
        fed(PageStatus.UNKNOWN, 1),
        fed(PageStatus.OK, 20),
    ]
    assert official_against_observed(readings, [DOWN], NOW) == Disagreement(
        Dispute.SILENT, Share(0, 1), Share(1, 1)
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
    changed = words.changed({one.target: one for one in latest}, LATER)
    words.extend(journal.append(*changed))
    return changed


def test_a_change_is_kept_once_and_the_way_back_too() -> None:
    words, journal = LastPageStatus(), MemoryJournal(lambda: AT)
    assert kept(words, journal, reading(PageStatus.OK)) == ()
    said = kept(words, journal, reading(PageStatus.INCIDENT, summary="EU03 is down"))
    assert said == (
        PageStatusChanged(
            said[0].id, AT, "slsp-psi", PageStatus.INCIDENT, "feed:statuspage", "EU03 is down"
        ),
    )
    assert kept(words, journal, reading(PageStatus.INCIDENT, LATER)) == ()
    assert kept(words, journal, reading(PageStatus.UNKNOWN, LATER)) == ()
    assert [one.word for one in kept(words, journal, reading(PageStatus.OK, LATER))] == [
        PageStatus.OK
    ]


def test_after_a_restart_nothing_is_kept_twice() -> None:
    words, journal = LastPageStatus(), MemoryJournal(lambda: AT)
    kept(words, journal, reading(PageStatus.INCIDENT))
    anew = LastPageStatus()
    anew.extend(journal.since())
    assert kept(anew, journal, reading(PageStatus.INCIDENT, LATER)) == ()
    assert kept(anew, journal, reading(PageStatus.INCIDENT, target="exlibris-status")) != ()

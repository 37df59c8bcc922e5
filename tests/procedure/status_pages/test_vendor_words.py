"""Of what the vendor's pages say, the journal keeps each change once, also across a restart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from procedure.journal import MemoryJournal
from procedure.status_pages.readings import PageStatusChanged, Reading
from procedure.status_pages.status import PageStatus
from procedure.status_pages.vendor_words import LastPageStatus

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

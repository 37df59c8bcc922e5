"""Only entries made by people begin and end an outage, never those made by a machine."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from procedure.circulation.imports.conflicts import OutagePeriod
from procedure.diagnosis.staff_reports import StaffReport
from procedure.journal import Entry
from procedure.outages.outage_entries import (
    OutageLog,
    OutageRecord,
)
from tests.support import make
from tests.support.memory import MemoryJournal

AT = datetime(2026, 11, 24, 8, 21, tzinfo=UTC)
FIRST, SECOND = UUID(int=1), UUID(int=2)
DECLARED = make.outage(FIRST, "Alma EU03", at=AT - timedelta(minutes=9))


def later(minutes: int) -> datetime:
    return AT + timedelta(minutes=minutes)


def book(*entries: Entry) -> OutageLog:
    journal = MemoryJournal(lambda: AT, *entries)
    made = OutageLog()
    made.extend(journal.since())
    return made


def test_declared_outage_puts_c1_in_force() -> None:
    record = book(DECLARED).current()
    assert record == OutageRecord(DECLARED)
    assert record.lending


def test_outage_notes_are_in_order() -> None:
    news = make.news(3, FIRST, "Prêtez en secours.", at=later(5), next_news=later(40))
    note = make.note(4, FIRST, "CAD appelé", at=later(6), contact="cad")
    other = make.note(5, SECOND, "ailleurs", at=later(7))
    record = book(DECLARED, news, note, other).record(FIRST)
    assert record == OutageRecord(DECLARED, (news,), (note,))
    assert record.message == news


def test_outage_news_may_lift_c1_before_the_end() -> None:
    lifted = make.news(3, FIRST, "", at=later(5), lending=False)
    record = book(DECLARED, lifted).current()
    assert record is not None
    assert (record.lending, record.message) == (False, None)


def test_outage_ends_with_the_first_confirmation() -> None:
    ended = make.ended(3, FIRST, at=later(60), ended=later(50))
    again = make.ended(4, FIRST, at=later(90), ended=later(80))
    made = book(DECLARED, ended, again)
    assert made.current() is None
    assert made.records() == (OutageRecord(DECLARED, over=ended),)
    assert not made.records()[0].lending


def test_newest_period_is_that_of_the_last_declared_outage() -> None:
    ended = make.ended(3, FIRST, at=later(60), ended=later(50))
    second = make.outage(SECOND, "Alma EU03", at=later(90), begun=later(80))
    assert book().newest_period() is None
    assert book(DECLARED).newest_period() == OutagePeriod(DECLARED.begun)
    assert book(DECLARED, ended).newest_period() == OutagePeriod(DECLARED.begun, later(50))
    assert book(DECLARED, second, ended).newest_period() == OutagePeriod(later(80))


def test_outage_log_ignores_other_entries() -> None:
    made = OutageLog()
    journal = MemoryJournal(lambda: AT, StaffReport(UUID(int=9), AT, "pc-1", works=False))
    assert made.extend(journal.since()) is False
    assert made.records() == ()
    assert made.record(FIRST) is None

"""A dossier tells one outage whole: what was seen, said and done, and what is left; no user."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from dashboard.settings import PACKAGED_HANDBOOK
from procedure.circulation.transactions import Export, Loan, Void
from procedure.diagnosis.report_entry import Reported
from procedure.guide.walk import AnswerGiven
from procedure.io.handbook_files import load_handbook
from procedure.journal import Entry, MemoryJournal
from procedure.monitoring.downtime import Outage, State
from procedure.monitoring.history import MemoryHistory
from procedure.monitoring.model import Cause, Outcome, Verdict
from procedure.outages.dossier import (
    DeskLoans,
    Dossier,
    Official,
    OpenPoint,
    dossier,
    read_dossier,
    span,
)
from procedure.outages.record import (
    OutageDeclared,
    OutageEnded,
    OutageNews,
    OutageNoted,
    OutageRecord,
)
from procedure.outages.timeline import Event, Happening
from procedure.reconciliation.entries import ReportTaken, Uploaded
from procedure.reconciliation.row_state import RowState
from procedure.status_pages.maintenance import WindowPlanned
from procedure.status_pages.readings import OfficialSaid, ReadingTaken
from procedure.status_pages.status import Word

RULES = load_handbook(PACKAGED_HANDBOOK).scans
BEGUN = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
OUTAGE = UUID(int=1)
PATRON = "SLSP-123456789"


def at(minutes: float) -> datetime:
    return BEGUN + timedelta(minutes=minutes)


def loan(number: int, minutes: float, desk: str = "MAIL", **more: object) -> Loan:
    return Loan(UUID(int=number), at(minutes), desk, PATRON, f"10610012{number}", "pc-1", **more)


DECLARED = OutageDeclared(OUTAGE, at(9), "Alma EU03", BEGUN, workstation="pc-0")
NEWS = OutageNews(UUID(int=2), at(10), OUTAGE, "Prêtez en secours.", at(50), workstation="pc-0")
TOLD = OutageNoted(UUID(int=3), at(14), OUTAGE, "ticket 4711", contact="cad", workstation="pc-0")
NOTE = OutageNoted(UUID(int=4), at(15), OUTAGE, f"{PATRON} attend", workstation="pc-1")
ENDED = OutageEnded(UUID(int=5), at(75), OUTAGE, at(60), workstation="pc-0")
WHOLE = OutageRecord(DECLARED, (NEWS,), (TOLD, NOTE), ENDED)
LANES = {
    "alma-saml": (
        State("alma-saml", at(-15), BEGUN, Verdict.UP),
        State("alma-saml", BEGUN, at(60), Verdict.DOWN, Cause.TIMEOUT),
        State("alma-saml", at(60), at(105), Verdict.UP),
    ),
    "switch": (State("switch", at(-15), at(105), Verdict.UP),),
}


def told(*entries: Entry, record: OutageRecord = WHOLE, now: datetime | None = None) -> Dossier:
    journal = MemoryJournal(lambda: BEGUN)
    journal.append(*entries)
    return dossier(record, journal.since(), LANES, rules=RULES, now=now or at(300))


def test_what_was_seen_from_the_server_is_told_where_it_changed() -> None:
    made = told()
    assert made.events == (
        Event(BEGUN, Happening.SEEN, "alma-saml", "down", cause=Cause.TIMEOUT),
        Event(at(60), Happening.SEEN, "alma-saml", "up"),
    )
    assert made.observed == (Outage("alma-saml", BEGUN, at(60), Cause.TIMEOUT),)
    assert (made.since, made.until) == (at(-15), at(105))
    assert made.lasted == timedelta(hours=1)


def test_a_target_down_from_the_first_is_told_and_a_gap_is_no_change() -> None:
    lanes = {
        "switch": (
            State("switch", at(-15), at(0), Verdict.DOWN, Cause.DNS),
            State("switch", at(0), at(5), None),
            State("switch", at(5), at(20), Verdict.DOWN, Cause.DNS),
        )
    }
    made = dossier(WHOLE, (), lanes, rules=RULES, now=at(300))
    assert made.events == (Event(at(-15), Happening.SEEN, "switch", "down", cause=Cause.DNS),)


def test_what_people_said_and_did_stands_in_order_and_shows_no_user() -> None:
    entries = (
        DECLARED, NEWS, TOLD, NOTE, ENDED,
        AnswerGiven(UUID(int=6), at(3), UUID(int=7), "A1", "no", "pc-1", "AB"),
        Reported(UUID(int=8), at(2), "pc-1", works=False, site="Uni Mail", about=f"prêt {PATRON}"),
        ReadingTaken(UUID(int=9), at(4), "exlibris-status", Word.OK, "pc-1"),
        WindowPlanned(UUID(int=10), at(-500), "alma-saml", at(30), at(40), "mise à jour"),
    )  # fmt: skip
    made = told(*entries)
    said = [one for one in made.events if one.kind is not Happening.SEEN]
    assert [one.text for one in made.outage.notes] == ["ticket 4711", "[…] attend"]
    assert said == [
        Event(at(2), Happening.REPORT, "", "fails", "prêt […]", workstation="pc-1"),
        Event(at(3), Happening.ANSWER, "A1", "no", workstation="pc-1"),
        Event(at(4), Happening.OFFICIAL, "exlibris-status", "ok", workstation="pc-1"),
        Event(at(9), Happening.DECLARED, "", "lending", "Alma EU03", workstation="pc-0"),
        Event(at(10), Happening.NEWS, text="Prêtez en secours.", until=at(50), workstation="pc-0"),
        Event(at(14), Happening.CONTACT, "cad", text="ticket 4711", workstation="pc-0"),
        Event(at(15), Happening.NOTE, text="[…] attend", workstation="pc-1"),
        Event(at(30), Happening.WINDOW, "alma-saml", text="mise à jour", until=at(40)),
        Event(at(75), Happening.ENDED, until=at(60), workstation="pc-0"),
    ]


def test_what_belongs_to_another_outage_or_another_time_is_left_out() -> None:
    other = UUID(int=99)
    entries = (
        OutageDeclared(other, at(1), "autre", at(1)),
        OutageNews(UUID(int=2), at(10), other, "ailleurs"),
        Reported(UUID(int=3), at(-16), "pc-1", works=False),
        AnswerGiven(UUID(int=4), at(105), UUID(int=7), "A1", "no"),
    )
    assert {one.kind for one in told(*entries).events} == {Happening.SEEN}


def test_loans_are_counted_by_the_hour_and_followed_to_alma_however_late() -> None:
    void = Void(UUID(int=40), at(21), UUID(int=33), "mauvais lecteur")
    export = Export(UUID(int=50), at(200), "MAIL", (UUID(int=30), UUID(int=31)), "MAIL.dat", "0")
    uploaded = Uploaded(UUID(int=51), at(210), export.id, "pc-0")
    report = ReportTaken(UUID(int=52), at(220), export.id, ((UUID(int=31), "item_unknown"),))
    made = told(
        loan(29, -1), loan(30, 10), loan(31, 20), loan(32, 50), loan(33, 20), loan(34, 70, "CMU"),
        loan(35, 76), void, export, uploaded, report,
    )  # fmt: skip
    kinds = (Happening.LOANS, Happening.EXPORT, Happening.UPLOAD, Happening.ALMA_REPORT)
    nine, ten = datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert [one for one in made.events if one.kind in kinds] == [
        Event(at(10), Happening.LOANS, "MAIL", count=2, until=nine),
        Event(at(50), Happening.LOANS, "MAIL", count=1, until=ten),
        Event(at(70), Happening.LOANS, "CMU", count=1, until=ten),
        Event(at(200), Happening.EXPORT, "MAIL", count=2),
        Event(at(210), Happening.UPLOAD, "MAIL", count=2, workstation="pc-0"),
        Event(at(220), Happening.ALMA_REPORT, "MAIL", count=1),
    ]
    assert made.loans == (
        DeskLoans("CMU", {RowState.RECORDED: 1}),
        DeskLoans(
            "MAIL",
            {RowState.UPLOADED: 1, RowState.REFUSED: 1, RowState.RECORDED: 1, RowState.VOID: 1},
        ),
    )
    assert made.loans_total == 5


def test_the_official_word_is_told_from_the_first_incident_to_the_ok_after_it() -> None:
    made = told(
        OfficialSaid(UUID(int=6), at(-20), "exlibris-status", Word.INCIDENT, "feed:statuspage"),
        OfficialSaid(UUID(int=7), at(1), "exlibris-status", Word.OK, "feed:statuspage"),
        OfficialSaid(UUID(int=8), at(24), "exlibris-status", Word.INCIDENT, "feed:statuspage"),
        ReadingTaken(UUID(int=9), at(30), "exlibris-status", Word.INCIDENT, "pc-1"),
        ReadingTaken(UUID(int=10), at(70), "exlibris-status", Word.OK, "pc-1"),
        ReadingTaken(UUID(int=11), at(20), "slsp-psi", Word.INCIDENT, "pc-2"),
    )
    assert made.official == (
        Official("slsp-psi", at(20), None, "person:pc-2"),
        Official("exlibris-status", at(24), at(70), "feed:statuspage"),
    )


def test_nothing_is_left_open_once_all_is_done() -> None:
    announced = ReadingTaken(UUID(int=9), at(30), "exlibris-status", Word.INCIDENT, "pc-1")
    assert told(announced).open_points == ()


def test_what_is_left_is_counted() -> None:
    gap = Outage("alma-saml", BEGUN, None, Cause.TIMEOUT, timedelta(minutes=6))
    lanes = {
        "alma-saml": (
            State("alma-saml", BEGUN, at(10), Verdict.DOWN, Cause.TIMEOUT),
            State("alma-saml", at(10), at(16), None),
            State("alma-saml", at(16), at(40), Verdict.DOWN, Cause.TIMEOUT),
        )
    }
    journal = MemoryJournal(lambda: BEGUN)
    export = Export(UUID(int=50), at(35), "MAIL", (UUID(int=31),), "MAIL.dat", "0")
    gone = Export(UUID(int=51), at(36), "MAIL", (UUID(int=32), UUID(int=33)), "MAIL-2.dat", "0")
    undone = Void(UUID(int=60), at(38), UUID(int=33), "lu deux fois")
    journal.append(loan(30, 10), loan(31, 11), loan(32, 12), loan(33, 13), export, gone)
    journal.append(undone, Uploaded(UUID(int=61), at(39), gone.id))
    bare = OutageRecord(DECLARED)
    made = dossier(bare, journal.since(), lanes, rules=RULES, now=at(40))
    assert made.observed == (gap,)
    assert made.open_points == (
        OpenPoint("not_over", 1),
        OpenPoint("still_down", 1),
        OpenPoint("nobody_told", 1),
        OpenPoint("no_message", 1),
        OpenPoint("not_announced", 1),
        OpenPoint("not_read", 1),
        OpenPoint("to_export", 1),
        OpenPoint("to_upload", 1),
        OpenPoint("to_verify", 1),
        OpenPoint("to_undo", 1),
    )


def test_the_span_ends_now_while_it_lasts_and_half_an_hour_after_its_end() -> None:
    assert span(OutageRecord(DECLARED), at(40)) == (at(-15), at(40))
    assert span(WHOLE, at(300)) == (at(-15), at(105))
    assert span(WHOLE, at(80)) == (at(-15), at(80))


def test_a_dossier_is_read_from_the_journal_and_the_history() -> None:
    journal, history = MemoryJournal(lambda: BEGUN), MemoryHistory()
    journal.append(DECLARED, ENDED)
    history.expect({"alma-saml": timedelta(minutes=5)})
    for minutes, verdict in ((-10, Verdict.UP), (0, Verdict.DOWN), (5, Verdict.UP)):
        history.record([Outcome("alma-saml", "https://a/", "server", at(minutes), verdict)])
    made = read_dossier(OUTAGE, journal, history, RULES, now=at(300))
    assert made is not None
    assert made.outage == OutageRecord(DECLARED, over=ENDED)
    assert made.observed == (Outage("alma-saml", at(0), at(5), None),)
    assert read_dossier(UUID(int=77), journal, history, RULES, now=at(300)) is None

"""A dossier covers a whole outage, from the readings to the open points, and names no patron."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from dashboard.settings import PACKAGED_HANDBOOK
from procedure.circulation.settlements import ReturnSettledByHand, SettledByHand
from procedure.circulation.transactions import Loan, Void
from procedure.diagnosis.staff_reports import StaffReport
from procedure.guide.walk import AnswerGiven
from procedure.io.handbook_files import load_handbook
from procedure.journal import Entry
from procedure.monitoring.downtime import Downtime, StatusInterval
from procedure.monitoring.model import FailureCause, Outcome, Status
from procedure.monitoring.service_states import Service
from procedure.outages.dossier import DeskLoans, Dossier, dossier, read_dossier, span
from procedure.outages.official_periods import OfficialPeriod
from procedure.outages.outage_entries import (
    OutageRecord,
)
from procedure.outages.timeline import HourlyLoans, TimelineEvent
from procedure.reconciliation.carts import CartCount
from procedure.reconciliation.checklist import BEFORE, BLOCK_BACK, BLOCK_OFF
from procedure.reconciliation.journal_entries import ChecklistTicked, FileUploaded, SignedOff
from procedure.reconciliation.open_points import OpenPoint
from procedure.reconciliation.stage_counts import StageCounts
from procedure.status_pages.reading_validity import PageStatusChanged
from procedure.status_pages.status import PageStatus
from tests.support import make
from tests.support.memory import MemoryHistory, MemoryJournal

RULES = load_handbook(PACKAGED_HANDBOOK).scans
BEGUN = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
OUTAGE = UUID(int=1)
PATRON = "SLSP-123456789"


def at(minutes: float) -> datetime:
    return BEGUN + timedelta(minutes=minutes)


def loan(number: int, minutes: float, desk: str = "MAIL", **more: object) -> Loan:
    return make.loan(
        number, f"10610012{number}", PATRON, at=at(minutes), desk=desk, workstation="pc-1", **more
    )


DECLARED = make.outage(OUTAGE, "Alma EU03", at=at(9), begun=BEGUN, workstation="pc-0")
NEWS = make.news(2, OUTAGE, "Prêtez en secours.", at=at(10), next_news=at(50), workstation="pc-0")
TICKET_NOTE = make.note(3, OUTAGE, "ticket 4711", at=at(14), contact="cad", workstation="pc-0")
NOTE = make.note(4, OUTAGE, f"{PATRON} attend", at=at(15), workstation="pc-1")
ENDED = make.ended(5, OUTAGE, at=at(75), ended=at(60), workstation="pc-0")
WHOLE = OutageRecord(DECLARED, (NEWS,), (TICKET_NOTE, NOTE), ENDED)
DOWN = StatusInterval("alma-saml", BEGUN, at(60), Status.DOWN, FailureCause.TIMEOUT)
UP_AGAIN = StatusInterval("alma-saml", at(60), at(105), Status.UP)
LANES = {
    "alma-saml": (StatusInterval("alma-saml", at(-15), BEGUN, Status.UP), DOWN, UP_AGAIN),
    "switch": (StatusInterval("switch", at(-15), at(105), Status.UP),),
}


def dossier_of(
    *entries: Entry, record: OutageRecord = WHOLE, now: datetime | None = None
) -> Dossier:
    journal = MemoryJournal(lambda: BEGUN, *entries)
    return dossier(record, journal.since(), LANES, rules=RULES, now=now or at(300))


def test_dossier_has_changes_seen_by_the_server() -> None:
    made = dossier_of()
    assert made.events == (
        TimelineEvent(BEGUN, DOWN),
        TimelineEvent(at(60), UP_AGAIN),
    )
    assert made.observed == (Downtime("alma-saml", BEGUN, at(60), FailureCause.TIMEOUT),)
    assert (made.since, made.until) == (at(-15), at(105))
    assert made.lasted == timedelta(hours=1)


def test_dossier_counts_no_change_for_a_gap_or_a_target_down_at_the_start() -> None:
    lanes = {
        "switch": (
            StatusInterval("switch", at(-15), at(0), Status.DOWN, FailureCause.DNS),
            StatusInterval("switch", at(0), at(5), None),
            StatusInterval("switch", at(5), at(20), Status.DOWN, FailureCause.DNS),
        )
    }
    made = dossier(WHOLE, (), lanes, rules=RULES, now=at(300))
    assert made.events == (TimelineEvent(at(-15), lanes["switch"][0]),)


def test_dossier_has_acts_in_order_without_identifiers() -> None:
    answer = AnswerGiven(UUID(int=6), at(3), UUID(int=7), "A1", "no", "pc-1", "AB")
    report = StaffReport(UUID(int=8), at(2), "pc-1", works=False, about=f"prêt {PATRON}")
    read = make.page_read(9, PageStatus.OK, at=at(4), workstation="pc-1")
    planned = make.planned(10, at(30), at(40), at=at(-500), title="mise à jour", workstation="pc-1")
    made = dossier_of(DECLARED, NEWS, TICKET_NOTE, NOTE, ENDED, answer, report, read, planned)
    events = [event for event in made.events if not isinstance(event.what, StatusInterval)]
    assert [note.text for note in made.outage.notes] == ["ticket 4711", "[…] attend"]
    assert [(event.at, event.what, event.text, event.workstation) for event in events] == [
        (at(2), replace(report, about="prêt […]"), "prêt […]", "pc-1"),
        (at(3), answer, "", "pc-1"),
        (at(4), read, "", "pc-1"),
        (at(9), DECLARED, "Alma EU03", "pc-0"),
        (at(10), NEWS, "Prêtez en secours.", "pc-0"),
        (at(14), TICKET_NOTE, "ticket 4711", "pc-0"),
        (at(15), replace(NOTE, text="[…] attend"), "[…] attend", "pc-1"),
        (at(30), planned, "mise à jour", ""),
        (at(75), ENDED, "", "pc-0"),
    ]


def test_dossier_hides_identifiers_in_every_language() -> None:
    words = {"fr": f"Appelez {PATRON}.", "en": f"Call {PATRON}."}
    news = make.news(2, OUTAGE, words["fr"], at=at(10), words=words)
    public = make.statement(3, OUTAGE, {"fr": f"Panne {PATRON}"}, words, at=at(12))
    hidden = {"fr": "Appelez […].", "en": "Call […]."}
    record = OutageRecord(DECLARED, (news,), (), ENDED)
    made = dossier_of(DECLARED, news, public, ENDED, record=record)
    assert [entry.words for entry in made.outage.news] == [hidden]
    shown = [event.what for event in made.events]
    assert replace(news, message=hidden["fr"], words=hidden) in shown
    assert replace(public, titles={"fr": "Panne […]"}, texts=hidden) in shown


def test_dossier_leaves_out_other_outages_and_times() -> None:
    other = UUID(int=99)
    entries = (
        make.outage(other, "autre", at=at(1), begun=at(1)),
        make.news(2, other, "ailleurs", at=at(10)),
        StaffReport(UUID(int=3), at(-16), "pc-1", works=False),
        AnswerGiven(UUID(int=4), at(105), UUID(int=7), "A1", "no"),
    )
    assert [event.what for event in dossier_of(*entries).events] == [DOWN, UP_AGAIN]


def test_dossier_counts_loans_by_hour_and_follows_them_to_alma() -> None:
    void = Void(id=UUID(int=40), at=at(21), loan=UUID(int=33), reason="mauvais lecteur")
    export = make.export(50, 30, 31, at=at(200), name="MAIL.dat")
    uploaded = FileUploaded(id=UUID(int=51), at=at(210), export=export.id, workstation="pc-0")
    report = make.report(52, export.id, (UUID(int=31), "item_unknown"), at=at(220))
    made = dossier_of(
        DECLARED,
        ENDED,
        loan(29, -1),
        loan(30, 10),
        loan(31, 20),
        loan(32, 50),
        loan(33, 20),
        loan(34, 70, "CMU"),
        loan(35, 76),
        void,
        export,
        uploaded,
        report,
    )
    assert [event for event in made.events if event.desk] == [
        TimelineEvent(at(10), HourlyLoans(at(20), workstation="pc-1"), "MAIL", 2),
        TimelineEvent(at(50), HourlyLoans(at(50), workstation="pc-1"), "MAIL", 1),
        TimelineEvent(at(70), HourlyLoans(at(70), workstation="pc-1"), "CMU", 1),
        TimelineEvent(at(200), export, "MAIL", 2),
        TimelineEvent(at(210), uploaded, "MAIL", 2),
        TimelineEvent(at(220), report, "MAIL", 1),
    ]
    assert made.loans == (
        DeskLoans("CMU", StageCounts(on_the_way=1)),
        DeskLoans("MAIL", StageCounts(on_the_way=2, to_settle=1, cancelled=1)),
    )
    assert (made.loans_total, made.loans_void) == (4, 1)
    assert (made.refused, made.refusals, made.settled) == ((("item_unknown", 1),), 1, None)


def test_dossier_official_period_from_first_incident_to_next_ok() -> None:
    made = dossier_of(
        PageStatusChanged(
            UUID(int=6), at(-20), "exlibris-status", PageStatus.INCIDENT, "feed:statuspage"
        ),
        PageStatusChanged(UUID(int=7), at(1), "exlibris-status", PageStatus.OK, "feed:statuspage"),
        PageStatusChanged(
            UUID(int=8),
            at(24),
            "exlibris-status",
            PageStatus.INCIDENT,
            "feed:statuspage",
            changed_at=at(20),
        ),
        make.page_read(9, PageStatus.INCIDENT, at=at(30), workstation="pc-1"),
        make.page_read(10, PageStatus.OK, at=at(70), workstation="pc-1"),
        make.page_read(11, PageStatus.INCIDENT, "slsp-psi", at=at(20), workstation="pc-2"),
    )
    assert made.official == (
        OfficialPeriod("slsp-psi", at(20), None, "person:pc-2"),
        OfficialPeriod("exlibris-status", at(24), at(70), "feed:statuspage", stated=at(20)),
    )


def quote(number: int, minutes: float, line: str, word: PageStatus = PageStatus.UNKNOWN):
    return PageStatusChanged(UUID(int=number), at(minutes), "slsp-psi", word, "feed:x", line)


def test_dossier_has_the_lines_that_pages_left_to_a_person() -> None:
    old, standing = quote(6, -90, "Alma is slow"), quote(7, -60, "Alma is down")
    new = quote(8, 30, f"Alma is back, {PATRON}")
    events = dossier_of(old, standing, new).events
    assert [(event.at, event.text) for event in events if event.text] == [
        (at(-60), "Alma is down"),
        (at(30), "Alma is back, […]"),
    ]
    closed = quote(7, -60, "", PageStatus.OK)
    assert [event.text for event in dossier_of(old, closed).events if event.text] == []


def test_dossier_without_open_points() -> None:
    announced = make.page_read(9, PageStatus.INCIDENT, at=at(30), workstation="pc-1")
    assert dossier_of(announced).open_points == ()


def test_dossier_counts_open_points() -> None:
    gap = Downtime("alma-saml", BEGUN, None, FailureCause.TIMEOUT, timedelta(minutes=6))
    lanes = {
        "alma-saml": (
            StatusInterval("alma-saml", BEGUN, at(10), Status.DOWN, FailureCause.TIMEOUT),
            StatusInterval("alma-saml", at(10), at(16), None),
            StatusInterval("alma-saml", at(16), at(40), Status.DOWN, FailureCause.TIMEOUT),
        )
    }
    journal = MemoryJournal(lambda: BEGUN, DECLARED)
    export = make.export(50, 31, at=at(35), name="MAIL.dat")
    gone = make.export(51, 32, 33, at=at(36), name="MAIL-2.dat")
    undone = Void(id=UUID(int=60), at=at(38), loan=UUID(int=33), reason="lu deux fois")
    journal.append(loan(30, 10), loan(31, 11), loan(32, 12), loan(33, 13), export, gone)
    journal.append(undone, FileUploaded(id=UUID(int=61), at=at(39), export=gone.id))
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
        OpenPoint("unticked", 4),
    )


def test_dossier_counts_items_left_on_the_carts_of_its_outage() -> None:
    announced = make.page_read(9, PageStatus.INCIDENT, at=at(30), workstation="pc-1")
    settled = ReturnSettledByHand(
        id=UUID(int=62), at=at(90), back=UUID(int=60), how="rendu à l’écran d’Alma", operator="cr"
    )
    made = dossier_of(
        DECLARED,
        ENDED,
        announced,
        make.back(60, "A1", at=at(20)),
        make.back(61, "A2", at=at(30)),
        make.back(63, "A3", at=at(200)),
        settled,
    )
    assert made.carts == (CartCount("MAIL", by_hand=1, left=1),)
    assert made.open_points == (OpenPoint("on_carts", 1),)
    assert TimelineEvent(at(90), settled, "MAIL", 1) in made.events


def test_dossier_has_one_line_for_loans_settled_by_hand_together() -> None:
    about = {"at": at(90), "how": f"rendu à {PATRON}", "operator": "cr", "workstation": "pc-0"}
    settled = [SettledByHand(id=UUID(int=60 + n), loan=UUID(int=n), **about) for n in (30, 31)]
    made = dossier_of(DECLARED, ENDED, loan(30, 10), loan(31, 20), loan(99, -30), *settled)
    lines = [event for event in made.events if isinstance(event.what, SettledByHand)]
    assert lines == [TimelineEvent(at(90), replace(settled[0], how="rendu à […]"), "MAIL", 2)]


def test_dossier_has_an_open_point_for_a_block_that_its_outage_removed() -> None:
    """If the block is removed again in a later outage, the earlier outage has no open point."""
    announced = make.page_read(9, PageStatus.INCIDENT, at=at(30), workstation="pc-1")
    ticks = [
        ChecklistTicked(id=UUID(int=70 + n), at=at(80), point=point, operator="cr")
        for n, point in enumerate(BEFORE)
    ]
    settled = SettledByHand(id=UUID(int=60), at=at(90), loan=UUID(int=30), how="x", operator="cr")
    until_signed = (
        DECLARED,
        ENDED,
        announced,
        loan(30, 10),
        *ticks,
        make.export(50, 30, at=at(85)),
        settled,
        SignedOff(
            id=UUID(int=61), at=at(95), operator="cr", states=(("resolved", 1),), position=12
        ),
    )
    assert dossier_of(*until_signed).open_points == (OpenPoint("block_back", 1),)
    back = ChecklistTicked(id=UUID(int=80), at=at(96), point=BLOCK_BACK, operator="cr")
    again = ChecklistTicked(id=UUID(int=81), at=at(200), point=BLOCK_OFF, operator="cr")
    assert dossier_of(*until_signed, back, again).open_points == ()


def test_dossier_counts_how_long_planned_work_overran() -> None:
    planned = make.planned(10, at(0), at(25), at=at(-500), title="mise à jour")
    record = replace(WHOLE, declared=replace(DECLARED, planned=True))
    made = dossier_of(planned, record=record)
    assert (made.overran, made.open_points) == (timedelta(minutes=35), ())
    assert dossier_of(record=record).overran == timedelta()


def test_dossier_counts_refused_loans_once_and_refusals_separately() -> None:
    """One loan is refused in two files, for two reasons, and another loan once."""
    first = make.export(50, 30, 31, at=at(200), name="MAIL.dat")
    again = make.export(51, 30, at=at(210), name="MAIL-2.dat")
    made = dossier_of(
        DECLARED,
        ENDED,
        loan(30, 10),
        loan(31, 20),
        first,
        make.report(
            52, first.id, (UUID(int=30), "user_not_found"), (UUID(int=31), "blocked"), at=at(205)
        ),
        again,
        make.report(53, again.id, (UUID(int=30), "blocked"), at=at(215)),
    )
    assert (made.refused, made.refusals) == ((("blocked", 2),), 3)


def test_span_ends_now_or_half_an_hour_after_the_end() -> None:
    assert span(OutageRecord(DECLARED), at(40)) == (at(-15), at(40))
    assert span(WHOLE, at(300)) == (at(-15), at(105))
    assert span(WHOLE, at(80)) == (at(-15), at(80))


def test_dossier_has_whole_downtimes_at_the_ends_of_its_span() -> None:
    journal, history = MemoryJournal(lambda: BEGUN), MemoryHistory()
    journal.append(DECLARED, ENDED)
    history.set_intervals({"usual": timedelta(minutes=5), "other": timedelta(minutes=5)})
    for minutes in range(-60, 300, 5):
        for target, first, end in (("other", -30, 60), ("usual", 10, 200)):
            status = Status.DOWN if first <= minutes < end else Status.UP
            history.record([Outcome(target, "https://a/", "server", at(minutes), status)])
    both = Service("A4", ("usual", "other"), announced=True)
    made = read_dossier(OUTAGE, journal, history, RULES, now=at(300), services=[both])
    assert made is not None
    assert made.observed == (
        Downtime("A4", at(10), at(60), None),
        Downtime("other", at(-30), at(60), None),
        Downtime("usual", at(10), at(200), None),
    )
    # `failed` is the first downtime of an address, even if the service's other address answers.
    assert made.failed == made.observed[1]
    assert made.answered == at(60)
    assert {(lane[0].start, lane[-1].end) for lane in made.lanes.values()} == {(at(-15), at(105))}


def test_read_dossier_from_journal_and_history() -> None:
    journal, history = MemoryJournal(lambda: BEGUN), MemoryHistory()
    journal.append(DECLARED, ENDED)
    history.set_intervals({"alma-saml": timedelta(minutes=5)})
    for minutes, status in ((-10, Status.UP), (0, Status.DOWN), (5, Status.UP)):
        history.record([Outcome("alma-saml", "https://a/", "server", at(minutes), status)])
    made = read_dossier(OUTAGE, journal, history, RULES, now=at(300))
    assert made is not None
    assert made.outage == OutageRecord(DECLARED, over=ENDED)
    assert made.observed == (Downtime("alma-saml", at(0), at(5), None),)
    assert read_dossier(UUID(int=77), journal, history, RULES, now=at(300)) is None

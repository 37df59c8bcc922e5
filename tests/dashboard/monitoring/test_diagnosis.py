"""What follows from the evidence, as asked from one workstation among others."""

from __future__ import annotations

from datetime import timedelta

from dashboard.core.context import House
from dashboard.core.session import Visit
from dashboard.guide.diagnosis_advice import diagnosed
from dashboard.guide.next_action import Asked
from dashboard.monitoring.diagnosis import Insight
from dashboard.monitoring.probe_grid import Board
from dashboard.translations import language
from procedure.diagnosis.rules import Origin
from procedure.errors import JournalUnwritable
from procedure.monitoring.history import MemoryHistory
from procedure.monitoring.model import Cause, Vantage, Verdict
from procedure.status_pages.status import Word
from tests.dashboard.conftest import Clock, StillWatch

ALMA = ("alma-saml", "alma-secours")


def insight_of(house: House, workstation: str = "pc-1", desk: str = "MAIL") -> Insight:
    visit = Visit(workstation=workstation, desk=desk)
    return Insight(house=house, visit=visit, board=Board(house=house))


def look(insight: Insight, *, alma: bool, outside: bool = True) -> None:
    looks = [{"target": key, "answered": alma, "ms": 50} for key in ALMA]
    insight.sighted([*looks, {"target": "switch", "answered": outside, "ms": 20}], 0)


def answers(insight: Insight) -> dict[str, str | None]:
    return {step: one.answer for step, one in insight.suggestions.items()}


def test_nothing_is_suggested_while_nothing_is_known(house: House) -> None:
    insight = insight_of(house)
    assert (insight.diagnosis.fault, insight.next) == (Origin.UNKNOWN, "A1")
    assert answers(insight) == {"A1": None, "A2": None, "A3": None, "A4": None}


def test_colleagues_and_pages_speak_for_the_whole_way(house: House) -> None:
    here, there = insight_of(house), insight_of(house, "pc-2", "CMU")
    look(here, alma=False)
    look(there, alma=False)
    for page in ("etats-unige", "slsp-psi", "exlibris-status"):
        here.read(page, Word.OK)
    here.refresh()
    assert answers(here) == {"A1": "no", "A2": "no", "A3": "yes", "A4": "no"}
    assert (here.diagnosis.fault, here.next) == (Origin.ALMA, "B2")


def test_looks_count_while_the_history_takes_nothing(house: House) -> None:
    class Full(MemoryHistory):
        def record(self, *_: object) -> None:
            raise JournalUnwritable("gone")

    house.history = Full()
    look(insight_of(house), alma=False)
    assert {key for key, _ in house.sightings} == {*ALMA, "switch"}


def test_what_a_person_read_serves_every_workstation_and_expires(
    house: House, clock: Clock
) -> None:
    here, there = insight_of(house), insight_of(house, "pc-2")
    here.read("exlibris-status", Word.INCIDENT)
    there.refresh()
    assert answers(there)["A1"] == "yes"
    clock.pass_by(minutes=15)
    there.refresh()
    assert answers(there)["A1"] is None


def test_a_report_quickens_the_looks_for_a_quarter_of_an_hour(house: House, clock: Clock) -> None:
    insight = insight_of(house)
    assert insight.interval_ms == 600_000
    insight.report(works=False, about="  la recherche ")
    assert insight.interval_ms == 60_000
    assert insight.reported_here is not None
    assert insight.reported_here.about == "la recherche"
    assert insight.reported_here.site == "Uni Mail"
    clock.pass_by(minutes=16)
    insight.refresh()
    assert insight.reported_here is None
    clock.pass_by(minutes=15)
    insight.refresh()
    assert insight.interval_ms == 600_000


def test_a_round_made_while_the_line_was_cut_undoes_no_newer_one(
    house: House, clock: Clock
) -> None:
    insight = insight_of(house)
    look(insight, alma=True)
    late = [{"target": "alma-saml", "answered": False, "ms": 9}]
    insight.sighted(late, 120_000)
    assert house.sightings["alma-saml", "pc-1"].verdict is Verdict.UP
    assert [one.verdict for one in house.history.outcomes(since=clock() - timedelta(hours=1))] == [
        Verdict.DOWN,
        Verdict.UP,
        Verdict.UP,
        Verdict.UP,
    ]


def test_a_closed_page_is_absent_and_not_failing(house: House, clock: Clock) -> None:
    here, there = insight_of(house), insight_of(house, "pc-2")
    look(there, alma=False)
    here.refresh()
    assert answers(here)["A2"] == "no"
    clock.pass_by(minutes=31)
    here.refresh()
    assert (house.vantages, house.sightings) == ({}, {})
    assert answers(here)["A2"] is None


def test_the_server_speaks_when_no_workstation_does(
    house: House, watch: StillWatch, clock: Clock
) -> None:
    for key in ALMA:
        for _ in range(4):
            watch.see(key, Verdict.DOWN, cause=Cause.TIMEOUT, at=clock())
            clock.pass_by(seconds=5)
    watch.see("switch", Verdict.UP)
    insight = insight_of(house)
    assert (insight.diagnosis.fault, insight.diagnosis.rule) == (Origin.ALMA, "alma_silent")
    assert insight.interval_ms == 60_000


def test_the_vantage_stands_at_the_site_of_its_desk(house: House) -> None:
    assert insight_of(house).vantage == Vantage("pc-1", "Uni Mail")
    assert insight_of(house, desk="").vantage == Vantage("pc-1", "")


def test_a_change_of_what_the_server_sees_asks_for_a_look(
    house: House, watch: StillWatch, clock: Clock
) -> None:
    watch.see("alma-saml", Verdict.UP)
    insight = insight_of(house)
    for verdict, asked in ((Verdict.UP, 0), (Verdict.DOWN, 1), (Verdict.DOWN, 1), (Verdict.UP, 2)):
        for _ in range(3):
            clock.pass_by(seconds=20)
            watch.see("alma-saml", verdict)
        insight.board.refresh()
        insight.refresh()
        assert insight.asked == asked


def test_a_closed_workstation_is_let_go_at_once(house: House) -> None:
    here = insight_of(house)
    look(here, alma=False)
    house.leave("nobody")
    assert house.vantages == {"pc-1": Vantage("pc-1", "Uni Mail")}
    house.leave("pc-1")
    assert (house.vantages, house.sightings) == ({}, {})


def test_a_browsers_answer_is_no_objection_to_an_error_that_the_server_reads(
    house: House, watch: StillWatch, clock: Clock
) -> None:
    insight = insight_of(house)
    for key in ALMA:
        watch.see_enough(key, Verdict.DOWN, cause=Cause.STATUS, http_status=503)
    watch.see("switch", Verdict.UP)
    insight.board.refresh()
    look(insight, alma=True)
    insight.refresh()
    assert (insight.diagnosis.fault, insight.diagnosis.rule) == (Origin.ALMA, "alma_silent")
    clock.pass_by(seconds=30)
    for key in ALMA:
        watch.see_enough(key, Verdict.DOWN, cause=Cause.TIMEOUT)
    watch.see("switch", Verdict.UP)
    insight.board.refresh()
    insight.refresh()
    assert insight.diagnosis.fault is Origin.WATCHER


def test_a_login_that_answers_the_server_with_an_error_is_the_fault_once_people_say_so(
    house: House, watch: StillWatch
) -> None:
    watch.see_enough("alma-saml", Verdict.DOWN, cause=Cause.STATUS, http_status=503)
    for key in ("alma-secours", "switch", "tickets"):
        watch.see_enough(key, Verdict.UP)
    here, there = insight_of(house), insight_of(house, "pc-2", "CMU")
    for one in (here, there):
        look(one, alma=True)  # a browser takes the error for an answer
        one.report(works=False)
    here.board.refresh()
    here.refresh()
    assert (here.diagnosis.fault, here.diagnosis.rule, here.diagnosis.others) == (
        *(Origin.LOGIN, "login_errors"),
        (Origin.ALMA,),
    )
    told = diagnosed(here, Asked("répondez aux questions"), language("fr"))
    assert told is not None
    assert told.fact == "La connexion à Alma renvoie une erreur, l’autre lien répond."

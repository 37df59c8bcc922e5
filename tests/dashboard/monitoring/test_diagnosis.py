"""The diagnosis at one workstation, from the evidence of several."""

from datetime import timedelta

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.guide.diagnosis_advice import diagnosis_advice
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.diagnosis_text import reason_text
from dashboard.monitoring.grid import ProbeGrid
from dashboard.translations import language
from procedure.diagnosis.reasons import DiagnosisReason
from procedure.diagnosis.rules import RULES, FaultLocation
from procedure.errors import JournalUnwritable
from procedure.monitoring.model import FailureCause, Status, Vantage
from procedure.status_pages.status import PageStatus
from tests.support.clock import Clock
from tests.support.memory import MemoryHistory
from tests.support.still_watch import StillWatch

ALMA = ("alma-saml", "alma-secours")


def diagnosis_of(
    context: AppContext, workstation: str = "pc-1", desk: str = "MAIL"
) -> DiagnosisState:
    session = Session(workstation=workstation, desk=desk)
    return DiagnosisState(context=context, session=session, grid=ProbeGrid(context=context))


def look(diagnosis: DiagnosisState, *, alma: bool, outside: bool = True) -> None:
    looks = [{"target": key, "answered": alma, "ms": 50} for key in ALMA]
    diagnosis.record_round([*looks, {"target": "switch", "answered": outside, "ms": 20}], 0)


def answers(diagnosis: DiagnosisState) -> dict[str, str | None]:
    return {step: suggestion.answer for step, suggestion in diagnosis.suggestions.items()}


def test_diagnosis_without_knowledge_suggests_nothing(context: AppContext) -> None:
    diagnosis = diagnosis_of(context)
    assert (diagnosis.result.fault, diagnosis.next) == (FaultLocation.UNKNOWN, "A1")
    assert answers(diagnosis) == {"A1": None, "A2": None, "A3": None, "A4": None}


def test_diagnosis_from_workstations_and_pages_suggests_the_whole_path(context: AppContext) -> None:
    here, there = diagnosis_of(context), diagnosis_of(context, "pc-2", "CMU")
    look(here, alma=False)
    look(there, alma=False)
    for page in ("etats-unige", "slsp-psi", "exlibris-status"):
        here.read(page, PageStatus.OK)
    here.updates.refresh()
    assert answers(here) == {"A1": "no", "A2": "no", "A3": "yes", "A4": "no"}
    assert (here.result.fault, here.next) == (FaultLocation.ALMA, "B2")


def test_diagnosis_counts_readings_that_the_history_refuses(context: AppContext) -> None:
    class Full(MemoryHistory):
        def record(self, *_: object) -> None:
            raise JournalUnwritable("gone")

    context.store.history = Full()
    look(diagnosis_of(context), alma=False)
    assert {key for key, _ in context.watches.workstations.latest} == {*ALMA, "switch"}


def test_diagnosis_uses_a_persons_reading_until_it_expires(
    context: AppContext, clock: Clock
) -> None:
    here, there = diagnosis_of(context), diagnosis_of(context, "pc-2")
    here.read("exlibris-status", PageStatus.INCIDENT)
    there.updates.refresh()
    assert answers(there)["A1"] == "yes"
    clock.pass_by(minutes=15)
    there.updates.refresh()
    assert answers(there)["A1"] is None


def test_report_speeds_up_readings_for_a_quarter_hour(context: AppContext, clock: Clock) -> None:
    diagnosis = diagnosis_of(context)
    assert diagnosis.interval_ms == 600_000
    diagnosis.report(works=False, about="  la recherche ")
    assert diagnosis.interval_ms == 60_000
    assert diagnosis.reported_here is not None
    assert diagnosis.reported_here.about == "la recherche"
    assert diagnosis.reported_here.site == "Uni Mail"
    clock.pass_by(minutes=16)
    diagnosis.updates.refresh()
    assert diagnosis.reported_here is None
    clock.pass_by(minutes=15)
    diagnosis.updates.refresh()
    assert diagnosis.interval_ms == 600_000


def test_round_made_offline_does_not_replace_a_newer_one(context: AppContext, clock: Clock) -> None:
    diagnosis = diagnosis_of(context)
    look(diagnosis, alma=True)
    late = [{"target": "alma-saml", "answered": False, "ms": 9}]
    diagnosis.record_round(late, 120_000)
    assert context.watches.workstations.latest["alma-saml", "pc-1"].status is Status.UP
    assert [
        outcome.status
        for outcome in context.store.history.outcomes(since=clock() - timedelta(hours=1))
    ] == [
        Status.DOWN,
        Status.UP,
        Status.UP,
        Status.UP,
    ]


def test_closed_page_counts_as_absent_not_failing(context: AppContext, clock: Clock) -> None:
    here, there = diagnosis_of(context), diagnosis_of(context, "pc-2")
    look(there, alma=False)
    here.updates.refresh()
    assert answers(here)["A2"] == "no"
    clock.pass_by(minutes=31)
    here.updates.refresh()
    assert (context.watches.workstations.vantages, context.watches.workstations.latest) == ({}, {})
    assert answers(here)["A2"] is None


def test_server_counts_when_no_workstation_does(
    context: AppContext, watch: StillWatch, clock: Clock
) -> None:
    for key in ALMA:
        for _ in range(4):
            watch.see(key, Status.DOWN, cause=FailureCause.TIMEOUT, at=clock())
            clock.pass_by(seconds=5)
    watch.see("switch", Status.UP)
    diagnosis = diagnosis_of(context)
    assert (diagnosis.result.fault, diagnosis.result.rule) == (FaultLocation.ALMA, "alma_silent")
    assert diagnosis.interval_ms == 60_000


def test_vantage_is_at_the_site_of_its_desk(context: AppContext) -> None:
    assert diagnosis_of(context).vantage == Vantage("pc-1", "Uni Mail")
    assert diagnosis_of(context, desk="").vantage == Vantage("pc-1", "")


def test_change_at_the_server_asks_workstations_for_a_reading(
    context: AppContext, watch: StillWatch, clock: Clock
) -> None:
    watch.see("alma-saml", Status.UP)
    diagnosis = diagnosis_of(context)
    for status, asked in ((Status.UP, 0), (Status.DOWN, 1), (Status.DOWN, 1), (Status.UP, 2)):
        for _ in range(3):
            clock.pass_by(seconds=20)
            watch.see("alma-saml", status)
        diagnosis.updates.refresh()
        assert diagnosis.asked == asked


def test_removed_workstation_is_forgotten_at_once(context: AppContext) -> None:
    here = diagnosis_of(context)
    look(here, alma=False)
    context.watches.workstations.remove("nobody")
    assert context.watches.workstations.vantages == {"pc-1": Vantage("pc-1", "Uni Mail")}
    context.watches.workstations.remove("pc-1")
    assert (context.watches.workstations.vantages, context.watches.workstations.latest) == ({}, {})


def test_browser_answer_does_not_contradict_an_error_of_the_server(
    context: AppContext, watch: StillWatch, clock: Clock
) -> None:
    diagnosis = diagnosis_of(context)
    for key in ALMA:
        watch.see_enough(key, Status.DOWN, cause=FailureCause.STATUS, http_status=503)
    watch.see("switch", Status.UP)
    diagnosis.grid.updates.refresh()
    look(diagnosis, alma=True)
    diagnosis.updates.refresh()
    assert (diagnosis.result.fault, diagnosis.result.rule) == (FaultLocation.ALMA, "alma_silent")
    clock.pass_by(seconds=30)
    for key in ALMA:
        watch.see_enough(key, Status.DOWN, cause=FailureCause.TIMEOUT)
    watch.see("switch", Status.UP)
    diagnosis.updates.refresh()
    assert diagnosis.result.fault is FaultLocation.WATCHER


def test_login_error_is_the_fault_once_people_report_it(
    context: AppContext, watch: StillWatch
) -> None:
    watch.see_enough("alma-saml", Status.DOWN, cause=FailureCause.STATUS, http_status=503)
    for key in ("alma-secours", "switch", "tickets"):
        watch.see_enough(key, Status.UP)
    here, there = diagnosis_of(context), diagnosis_of(context, "pc-2", "CMU")
    for diagnosis in (here, there):
        look(diagnosis, alma=True)  # a browser mistakes the error page for an answer
        diagnosis.report(works=False)
    here.updates.refresh()
    assert (here.result.fault, here.result.rule, here.result.others) == (
        FaultLocation.LOGIN,
        "login_errors",
        (FaultLocation.ALMA,),
    )
    advice = diagnosis_advice(here, language("fr"))
    assert advice is not None
    assert advice.fact == "La connexion à Alma renvoie une erreur, l’autre lien répond."


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
@pytest.mark.parametrize("count", [1, 2])
def test_every_rule_has_its_sentence_in_both_languages(rule: str, count: int) -> None:
    reason = DiagnosisReason(rule, count, 3)
    french, english = (reason_text(reason, language(code)) for code in ("fr", "en"))
    assert french != english
    assert not any(mark in french + english for mark in "{}")

"""The coordinators' page, without a browser: what it shows, offers and records."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import panel as pn
import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.visitor import SignedInBy, visitor_of
from dashboard.outage.coordination_page import CoordinationPage, CourseView, FactsView
from dashboard.outage.ending_view import EndingView, OfferedEndView
from dashboard.outage.message_view import MessageView
from dashboard.outage.outage import OutageState
from dashboard.outage.outage_text import title
from dashboard.translations import language
from dashboard.ui.live_html import plain_html
from procedure.access.roles import Role
from procedure.diagnosis.rules import FaultLocation
from procedure.diagnosis.suspected_outage import CONDITION_OF, Condition, ConditionSince, Suspected
from procedure.monitoring.model import Outcome, Status
from tests.support import make
from tests.support.clock import NOON
from tests.support.page_models import outage_of
from tests.support.still_watch import StillWatch
from tests.support.upkeep import fail

FRENCH = language("fr")
FILLED = re.compile(r'class="btn[^"]*btn--main[^"]*" data-act="([^"]+)"')


@pytest.fixture
def outage(context: AppContext) -> OutageState:
    return outage_of(context, Session(workstation="pc-1"))


def shown(outage: OutageState, code: str = "fr") -> str:
    return plain_html(CoordinationPage(outage=outage, language=language(code)))


def text(html: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", html).replace("\u202f", " ").split())


def tick(outage: OutageState) -> None:
    outage.updates.context.clock.pass_by(seconds=1)
    outage.updates.refresh()


@pytest.mark.parametrize("code", ["fr", "en", "de"])
def test_place_renders_in_each_state(outage: OutageState, code: str) -> None:
    assert pn.panel(CoordinationPage(outage=outage, language=language(code))).get_root()
    outage.declare("Alma", message="Prêtez.", news="13:00")
    outage.note("", contact="cad")
    assert "failure" not in shown(outage, code)
    outage.end()
    assert "failure" not in shown(outage, code)


def test_each_state_has_at_most_one_filled_button(outage: OutageState) -> None:
    assert FILLED.findall(shown(outage)) == []
    outage.first_failure = NOON
    assert FILLED.findall(shown(outage)) == ["declare"]
    outage.declare("Alma")
    assert FILLED.findall(shown(outage)) == ["send"]
    outage.well_since = NOON
    assert FILLED.findall(shown(outage)) == ["end"]


def test_declaration_starts_at_the_first_failure_shown_in_the_band(
    context: AppContext, watch: StillWatch
) -> None:
    """No outage is suspected yet, and no workstation has reported anything."""
    for key in context.handbook.current.targets:
        watch.see_enough(key, Status.DOWN if key.startswith("alma") else Status.UP)
    context.clock.pass_by(seconds=60)
    outage = outage_of(context, Session(workstation="pc-1"))
    assert outage.suspected is None
    message = MessageView(outage=outage, language=FRENCH)
    (begun,) = re.findall(r'name="begun" value="([^"]+)"', message._html())
    assert begun == FRENCH.clock(outage.diagnosis.grid.state.since) == "11:59"
    assert "Premier échec relevé à" in text(message._html())
    message._form("declare", {"title": "Alma", "begun": begun, "to-desks": "on"})
    assert outage.record.declared.begun == NOON - timedelta(minutes=1)


def test_nothing_fails_is_said_only_after_readings(context: AppContext, watch: StillWatch) -> None:
    def quiet() -> bool:
        message = MessageView(outage=outage_of(context, Session()), language=FRENCH)
        return "Rien n’échoue en ce moment." in text(message._html())

    assert not quiet()
    for key in context.handbook.current.targets:
        watch.see_enough(key, Status.UP)
    assert quiet()


def test_outage_of_planned_work_begins_with_the_work(outage: OutageState) -> None:
    outage.first_failure = NOON
    work = NOON - timedelta(hours=2)
    outage.suspected = Suspected(FaultLocation.PLANNED, work, True, "Mise à jour")
    assert outage.begun == work


def test_facts_name_the_declarer_the_contact_reached_and_the_loans(
    context: AppContext, outage: OutageState
) -> None:
    outage.declare("Alma", begun="11:30")
    outage.note("", contact="di")
    loans = [make.loan(n, f"A{n}", at=NOON, desk=desk) for n, desk in ((1, "MAIL"), (2, "CMU"))]
    context.store.journal.append(
        *loans, make.loan(3, "B1", at=NOON - timedelta(hours=2), desk="MAIL")
    )
    outage.updates.refresh()
    facts = text(FactsView(outage=outage, language=FRENCH)._html())
    assert "Déclarée 12:00 par LM" in facts
    assert "Prêts depuis 2, à 2 guichets" in facts


def test_facts_name_closed_desks_and_when_they_reopen(
    context: AppContext, outage: OutageState
) -> None:
    """NOON is 12:00 on Tuesday 24 November in Geneva; a desk without opening hours is not named."""
    outage.declare("Alma")
    facts = FactsView(outage=outage, language=FRENCH)
    assert "Guichets fermés" not in facts._html()
    afternoon = {"weekdays": (2,), "opens": "13:00", "closes": "18:00"}
    change_hours(context, CMU=afternoon, ARVE={"weekdays": (3,)}, MAIL={"weekdays": (2,)})
    outage.updates.refresh()
    closed = (
        "Uni CMU, prêt, jusqu’à 13:00 · Uni Arve (Sciences), prêt, jusqu’à mercredi 25 novembre"
    )
    assert f"Guichets fermés {closed} Dossier" in text(facts._html())
    context.clock.pass_by(minutes=60)
    outage.updates.refresh()
    assert "Uni CMU" not in facts._html()


def change_hours(context: AppContext, **hours: Mapping[str, object]) -> None:
    handbook = context.handbook.current
    desks = {code: replace(desk, **hours.get(code, {})) for code, desk in handbook.desks.items()}
    context.handbook.current = replace(handbook, desks=desks)


def test_contact_is_noted_with_one_press(outage: OutageState) -> None:
    outage.declare("Alma")
    facts = FactsView(outage=outage, language=FRENCH)
    assert 'data-act="reached" data-value="cad"' in facts._html()
    facts._act("reached", "cad")
    assert 'data-act="reached" data-value="cad"' not in facts._html()
    (note,) = outage.record.notes
    assert (note.contact, note.operator) == ("cad", "LM")


def test_course_is_newest_first_and_names_who_acted(outage: OutageState) -> None:
    course = CourseView(outage=outage, language=FRENCH)
    assert course._html() == ""
    outage.declare("Alma", begun="11:30", message="Prêtez.")
    tick(outage)
    course._form("note", {"note": "ticket 4711", "drawn": "0"})
    lines = [text(line) for line in re.findall("<li>(.+?)</li>", course._html(), re.DOTALL)]
    assert lines == [
        "12:00 Note : ticket 4711 (LM)",
        "12:00 Aux postes : Prêtez. (LM)",
        "12:00 Panne déclarée, C1 en vigueur. (LM)",
        "11:30 Début de la panne.",
    ]
    course._form("note", {"note": " ", "drawn": "1"})
    assert "Écrivez la note." in course._html()


def test_offered_end_is_when_the_last_desk_recovered(
    context: AppContext, outage: OutageState
) -> None:
    outage.declare("Alma", begun="11:30")
    (usual,) = [key for key in context.handbook.current.targets if key == "alma-saml"]

    def read(vantage: str, status: Status, minutes: int) -> Outcome:
        at = NOON + timedelta(minutes=minutes)
        return Outcome(usual, "https://alma.example", vantage, at, status)

    context.store.history.record(
        [
            read("server", Status.DOWN, 0),
            read("pc-8", Status.DOWN, 0),
            read("server", Status.UP, 3),
            read("pc-8", Status.UP, 5),
        ]
    )
    context.clock.pass_by(seconds=17 * 60)
    well, now = NOON + timedelta(minutes=7), context.clock.now()
    context.watches.recent.condition = ConditionSince(
        Condition.WELL, well, FaultLocation.NOTHING, now
    )
    answered = outage._recovery.answered(well)
    assert answered == (
        ("server", NOON + timedelta(minutes=3)),
        ("pc-8", NOON + timedelta(minutes=5)),
    )
    outage.set(answered=answered, well_since=answered[-1][1])
    offer = OfferedEndView(outage=outage, language=FRENCH)
    assert "La panne est finie, 12:05" in text(offer._html())
    assert "Premier : serveur de Relais, 12:03. Dernier : pc-8, 12:05." in text(offer._html())
    offer._form("draft", {"ended": "11:58"})
    assert "La panne est finie, 11:58" in text(offer._html())
    offer._form("end", {"ended": "11:58"})
    assert offer.refusal.startswith("Elle a été déclarée après cette fin.")
    offer._form("end", {"ended": "11:58"})
    assert outage.over.over.ended == NOON - timedelta(minutes=2)


def test_outage_can_be_ended_while_something_fails(outage: OutageState) -> None:
    ending = EndingView(outage=outage, language=FRENCH)
    assert not ending._is_shown()
    outage.declare("Alma", begun="11:30")
    assert ending._is_shown()
    ending._form("end", {"ended": "11:20"})
    assert "La fin serait avant le début" in ending._html()
    for _ in range(2):
        assert outage.record is not None
        ending._form("end", {"ended": "11:50"})
    assert (outage.record, ending._is_shown()) == (None, False)


def test_mistaken_declaration_is_withdrawn_with_message_and_publication(
    context: AppContext, outage: OutageState
) -> None:
    outage.declare("Alma", message="Prêtez.")
    declared = outage.record.declared.id
    context.store.journal.append(make.statement(1, declared, {"fr": "Panne"}))
    outage.updates.refresh()
    course = CourseView(outage=outage, language=FRENCH)
    course._form("take-back", {"reason": " "})
    assert "Dites pourquoi" in course._html()
    assert outage.record is not None
    course._form("take-back", {"reason": "un seul poste, carte 2060000017"})
    assert (outage.record, outage.over, outage.published, course._html()) == (None, None, (), "")
    outages = context.folds.outages
    assert (outages.records(), outages.newest_period()) == ((), None)
    (record,) = outages.every()
    assert (record.withdrawn.reason, record.withdrawn.operator, record.lending) == (
        "un seul poste, carte […]",
        "LM",
        False,
    )
    assert outage.withdrawn == record
    context.clock.pass_by(seconds=3600)
    outage.updates.refresh()
    assert outage.withdrawn is None


def test_outage_that_overlaps_another_is_named_before_it_is_recorded(outage: OutageState) -> None:
    outage.declare("Première", begun="11:30")
    outage.end("12:00")
    message = MessageView(outage=outage, language=FRENCH)
    message._form("declare", {"title": "Seconde", "begun": "11:45"})
    assert "Elle recouvre une autre panne : Première." in text(message._html())
    assert outage.record is None
    message._form("declare", {"title": "Seconde", "begun": "11:50"})
    assert outage.record is None
    message._form("declare", {"title": "Seconde", "begun": "11:50"})
    assert outage.record is not None


def test_offered_end_names_the_public_page_if_something_is_published(
    outage: OutageState,
) -> None:
    outage.declare("Alma")
    outage.well_since = NOON
    offer = OfferedEndView(outage=outage, language=FRENCH)
    assert "La page publique le dit aussi." not in offer._html()
    outage.published = (make.statement(1, outage.record.declared.id, {"fr": "Panne"}),)
    assert "La page publique le dit aussi." in offer._html()


def test_undelivered_alert_and_failed_backup_are_shown(
    context: AppContext, outage: OutageState
) -> None:
    facts = FactsView(outage=outage, language=FRENCH)
    assert "alerte" not in facts._html()
    context.upkeep.keep_unreached("alerts", ["E-Mail (1)"])
    fail(context.upkeep, "backup")
    tick(outage)
    assert "La dernière alerte n’est pas partie." in facts._html()
    assert "E-Mail (1)" in facts._html()
    assert "La sauvegarde automatique n’a pas été faite." in facts._html()


def test_name_is_asked_for_if_nobody_signs_in(outage: OutageState) -> None:
    message = MessageView(outage=outage, language=FRENCH)
    assert 'name="who" value="LM"' in message._html()
    message._form("signed", {"who": ""})
    message._form("declare", {"title": "Alma", "who": ""})
    assert (outage.record, "qui agit" in message._html()) == (None, True)
    message._form("declare", {"title": "Alma", "who": "A. Favre"})
    assert outage.record.declared.operator == "A. Favre"
    outage.session.name_signer("B.")
    assert 'name="who" value="B."' in message._html()
    signed_in = visitor_of(Role.COORDINATOR, "anne", SignedInBy.ACCOUNT)
    another = outage_of(outage.context, Session(visitor=signed_in, workstation="pc-2"))
    FactsView(outage=another, language=FRENCH)._act("reached", "cad")
    assert 'name="who"' not in shown(another)
    assert another.record.notes[0].operator == "anne"


@pytest.mark.parametrize("code", ["fr", "en"])
def test_every_suspicion_has_its_title(code: str) -> None:
    troubles = [fault for fault, mood in CONDITION_OF.items() if mood is Condition.TROUBLE]
    suspected = [Suspected(fault, NOON) for fault in troubles]
    assert len({title(suspicion, language(code)) for suspicion in suspected}) == len(troubles)
    named = Suspected(FaultLocation.PLANNED, NOON, True, "Mise à jour")
    assert title(named, language(code)) == "Mise à jour"

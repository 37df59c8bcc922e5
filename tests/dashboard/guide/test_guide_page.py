"""The guide's page: its questions in every language, and its parts for each role in each phase."""

import re
from datetime import timedelta
from typing import Any

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.visitor import UNRESTRICTED, SignedInBy, Visitor, visitor_of
from dashboard.guide.guide import Guide
from dashboard.guide.guide_page import GuidePage
from dashboard.guide.guide_phase import GuideMode, GuidePhase
from dashboard.guide.suggested_path import SuggestedPath
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.grid import ProbeGrid
from dashboard.monitoring.workstations import Workstations
from dashboard.outage.outage import OutageState
from dashboard.translations import language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import TEMPLATES
from procedure.access.roles import Role
from procedure.monitoring.model import Status

COORDINATOR = visitor_of(Role.COORDINATOR, "anne", SignedInBy.ACCOUNT)
STAFF = visitor_of(Role.STAFF, "sam", SignedInBy.ACCOUNT)
ANALYST = visitor_of(Role.ANALYST, "ana", SignedInBy.ACCOUNT)
CALM = "cette page vous dira quoi faire"


def opened(
    context: AppContext, query: str = "", code: str = "fr", **who: Any
) -> tuple[Guide, GuidePage]:
    grid, session = ProbeGrid(context=context), Session(query=query, signer="LM", **who)
    guide = Guide(context=context, session=session, grid=grid)
    diagnosis = DiagnosisState(context=context, session=session, grid=grid)
    outage = OutageState(context=context, session=session, diagnosis=diagnosis)
    path = SuggestedPath(guide=guide, diagnosis=diagnosis)
    return guide, GuidePage(
        guide_phase=GuidePhase(suggested_path=path, outage=outage),
        workstations=Workstations(grid=grid, diagnosis=diagnosis),
        language=language(code),
    )


def html(place: GuidePage, *, printed: bool = False) -> str:
    """Return the HTML that the page shows or prints."""
    panes = place.__panel__().select(LiveHTML)
    return "".join(
        pane.shown_html() for pane in panes if ("only-print" in pane.css_classes) is printed
    )


def acts(place: GuidePage) -> set[str]:
    """Return the actions that the page offers and the pages it links to."""
    return set(re.findall(r'data-(?:act|go)="(\w+)"', html(place)))


@pytest.fixture
def works(context: AppContext, watch) -> None:
    for key in context.handbook.current.targets:
        watch.see(key, Status.UP)


@pytest.mark.parametrize("code", ["fr", "en", "de"])
def test_page_shows_every_question_in_every_language(context: AppContext, code: str) -> None:
    _, place = opened(context, "step=A1", code)
    place.__panel__().get_root()
    shown = html(place)
    assert re.findall(r'data-step="(\w+)"', shown) == ["A1", "A2", "A3", "A4"]
    for step in ("A1", "A2", "A3", "A4"):
        assert context.handbook.current.words[code].steps[step].title in shown


def test_page_asks_the_first_question_and_marks_answers(context: AppContext) -> None:
    guide, place = opened(context, "step=A1")
    answers = re.compile(r'data-act="answer" data-value="([^"]+)"')
    assert answers.findall(html(place)) == ["A1/yes", "A1/no"]
    assert html(place).count("pas demandé") == 3
    guide.answer("A1", "no")
    assert answers.findall(html(place)) == ["A2/yes", "A2/no", "A2/vdi"]
    assert 'data-act="change" data-value="A1"' in html(place)


def test_page_changes_an_answer(context: AppContext) -> None:
    guide, place = opened(context, "walk=A1.no-A2.no-A3.no")
    press(place, "change", "A2")
    assert 'data-value="A2/vdi"' in html(place)
    assert 'data-value="A2/no"' not in html(place)  # the current answer
    press(place, "answer", "A2/vdi")
    assert (guide.step, 'data-value="A2/no"' in html(place)) == ("B2", False)


def press(place: GuidePage, act: str, value: str = "") -> None:
    panes = place.__panel__().select(LiveHTML)
    pane = next(pane for pane in panes if f'data-act="{act}"' in pane.html)
    pane.receive({"act": act, "value": value})


@pytest.mark.usefixtures("works")
def test_page_is_calm_until_the_procedure_is_opened_or_something_fails(context: AppContext) -> None:
    guide, place = opened(context)
    assert (CALM in html(place), "data-step" in html(place)) == (True, False)
    guide.begin()
    assert (CALM in html(place), "data-step" in html(place)) == (False, True)
    guide.close()
    assert (CALM in html(place), "data-step" in html(place)) == (True, False)


@pytest.mark.usefixtures("works")
def test_report_opens_the_procedure_and_taking_it_back_closes_it(context: AppContext) -> None:
    guide, place = opened(context, workstation="pc-1")
    press(place, "fails")
    assert (guide.is_open, "Dit ici à 12:00" in html(place)) == (True, True)
    press(place, "report", "yes")
    assert (guide.is_open, CALM in html(place)) == (False, True)


@pytest.mark.usefixtures("works")
def test_desk_reads_one_calm_sentence_until_the_outage_is_ended(context: AppContext) -> None:
    _, place = opened(context, "walk=A1.yes&step=C1", visitor=STAFF)
    _, coordination = opened(context)
    coordination.guide_phase.outage.declare("Alma")
    place.workstations.updates.refresh()
    shown = html(place)
    assert "Un lecteur attend\u202f? Prêtez comme avant." in shown
    assert shown.count("btn--main") == 1
    assert ("data-step" in shown, CALM in shown, "Suivre la panne" in shown) == (False,) * 3
    coordination.guide_phase.outage.end()
    place.workstations.updates.refresh()
    assert place.guide_phase.phase is not GuideMode.LEND_ON


@pytest.mark.usefixtures("works")
@pytest.mark.parametrize(
    ("visitor", "tells", "leads"),
    [
        (UNRESTRICTED, True, True),
        (COORDINATOR, True, True),
        (STAFF, False, False),
        (Visitor(by=SignedInBy.OPEN), False, True),
    ],
)
def test_calm_page_shows_coordinators_readiness_and_where_to_declare(
    context: AppContext, visitor: Visitor, tells: bool, leads: bool
) -> None:
    _, place = opened(context, visitor=visitor)
    shown = html(place)
    assert ("readiness" in shown, "coordination" in acts(place)) == (tells, leads)
    assert ("Annoncer des travaux" in shown, "btn--main" in shown) == (leads, False)


@pytest.mark.parametrize("query", ["", "step=A1"])
def test_analyst_sees_no_button_that_acts(context: AppContext, watch, query: str) -> None:
    if not query:
        for key in context.handbook.current.targets:
            watch.see(key, Status.UP)
    _, place = opened(context, query, visitor=ANALYST)
    assert acts(place) <= {"all", "path"}  # these actions only reveal more text
    assert "btn--main" not in html(place)


def test_detail_is_one_press_away(context: AppContext) -> None:
    _, place = opened(context, "step=A1")
    assert ('class="grid' in html(place), '<svg class="tree' in html(place)) == (False, False)
    press(place, "all")
    press(place, "path")
    assert ('class="grid' in html(place), '<svg class="tree' in html(place)) == (True, True)


def test_end_at_a_contact_shows_its_numbers_and_records_the_call(
    context: AppContext,
) -> None:
    _, place = opened(context, "walk=A1.no-A2.yes&step=B1")
    assert "Ensuite, B1\u202f: appelez la coordination (CODIS)" in html(place)
    assert 'class="btn btn--big" href="tel:+41223797180"' in html(place)
    assert "CODIS averti" not in html(place)
    place.guide_phase.outage.declare("Alma")
    press(place, "reached", "codis")
    place.workstations.updates.refresh()
    assert "Noté au dossier, 12:00." in html(place)


def test_sheet_is_printed_with_the_answers_and_explains_its_mark_once(context: AppContext) -> None:
    _, place = opened(context, "walk=A1.yes&step=C1")
    sheet = html(place, printed=True)
    assert sheet.count("ajouté par Relais, absent de la procédure sur papier") == 1
    assert '<span class="own">note</span>' in sheet
    assert "(note)" not in html(place) + sheet


def test_nothing_printed_says_that_it_is_up_to_date(context: AppContext, watch, clock) -> None:
    for key in context.handbook.current.targets:
        watch.see(key, Status.UP)
    _, place = opened(context)
    clock.at += timedelta(seconds=1)
    assert "à 12:00" in html(place)
    assert "à jour" not in html(place) + html(place, printed=True)


def test_page_escapes_handbook_texts(context: AppContext) -> None:
    from dataclasses import replace

    words = context.handbook.current.words["fr"]
    hostile = replace(words.steps["A1"], title="<img src=x onerror=alert(1)>")
    steps = {**words.steps, "A1": hostile}
    french = replace(words, steps=steps)
    context.handbook.current = replace(
        context.handbook.current, words={**context.handbook.current.words, "fr": french}
    )
    _, place = opened(context, "step=A1")
    assert "<img" not in html(place)
    assert "&lt;img src=x onerror=alert(1)&gt;" in html(place)


def test_mark_notes_escapes_markup() -> None:
    shown = TEMPLATES.from_string("{{ text|notes }}").render(text="<b>x</b> (note)", say=str)
    assert shown == '&lt;b&gt;x&lt;/b&gt; <span class="own">note</span>'

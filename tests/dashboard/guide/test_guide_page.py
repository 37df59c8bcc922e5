"""What to do now, in both languages, at every step; the place gives way to calm."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.users import UNRESTRICTED, SignedInBy, User, user_of
from dashboard.guide.guide import Guide
from dashboard.guide.guide_page import GuidePage
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

SATURDAY = datetime(2026, 11, 28, 11, 0, tzinfo=UTC)
ENDS = [
    "step=A1",
    "walk=A1.no-A2.no&step=A2",
    "walk=A1.no-A2.yes&step=B1",
    "walk=A1.no-A2.vdi&step=B2",
    "walk=A1.yes&step=C1",
]


ANSWER = re.compile(
    r'<div class="reply ([^"]*)">\s*<button [^>]*\s+style="([^"]*)">([^<]*)</button>'
)


def opened(
    context: AppContext, query: str = "", code: str = "fr", **who: Any
) -> tuple[Guide, GuidePage]:
    grid, session = ProbeGrid(context=context), Session(query=query, signer="LM", **who)
    guide = Guide(context=context, session=session, grid=grid)
    diagnosis = DiagnosisState(context=context, session=session, grid=grid)
    return guide, GuidePage(
        workstations=Workstations(grid=grid, diagnosis=diagnosis),
        suggested_path=SuggestedPath(guide=guide, diagnosis=diagnosis),
        outage=OutageState(context=context, session=session, diagnosis=diagnosis),
        language=language(code),
    )


def html(place: GuidePage) -> str:
    return "".join(view.html for view in place.__panel__().select(LiveHTML))


def answers(place: GuidePage) -> list[tuple[str, str, str]]:
    """Read each answer's classes, style and label."""
    return ANSWER.findall(html(place))


@pytest.mark.parametrize("query", ENDS)
@pytest.mark.parametrize("code", ["fr", "en"])
def test_page_shows_every_step_in_both_languages(
    context: AppContext, query: str, code: str
) -> None:
    guide, place = opened(context, query, code)
    place.__panel__().get_root()
    title = context.handbook.words[code].steps[guide.step].title
    assert f'data-step="{guide.step}"' in html(place)
    assert title in html(place)


def test_page_marks_the_given_answer(context: AppContext) -> None:
    guide, place = opened(context, "walk=A1.no&step=A1")
    assert [classes for classes, _, _ in answers(place)] == ["reply--yes", "reply--no reply--given"]
    guide.restart()
    assert [classes for classes, _, _ in answers(place)] == ["reply--yes", "reply--no"]


def test_page_is_calm_until_the_procedure_is_opened_or_something_fails(
    context: AppContext, watch
) -> None:
    for key in context.handbook.targets:
        watch.see(key, Status.UP)
    guide, place = opened(context)
    calm, asked, *_ = place.__panel__().objects
    assert (calm.visible, asked.visible) == (True, False)
    guide.begin()
    assert (calm.visible, asked.visible) == (False, True)
    guide.close()
    assert (calm.visible, asked.visible) == (True, False)


def test_page_keeps_the_procedure_open_in_a_declared_outage(context: AppContext, watch) -> None:
    for key in context.handbook.targets:
        watch.see(key, Status.UP)
    _, place = opened(context)
    calm, outage = place.__panel__().objects[0], place.outage
    outage.declare("Alma")
    assert not calm.visible
    outage.end()
    assert calm.visible


@pytest.mark.parametrize(
    ("user", "sees"),
    [
        (UNRESTRICTED, True),
        (user_of(Role.COORDINATOR, "anne", SignedInBy.ACCOUNT), True),
        (user_of(Role.STAFF, "sam", SignedInBy.ACCOUNT), False),
        (User(by=SignedInBy.OPEN), False),
    ],
)
def test_calm_page_tells_coordinators_alone_what_is_not_ready(
    context: AppContext, watch, user: User, sees: bool
) -> None:
    for key in context.handbook.targets:
        watch.see(key, Status.UP)
    _, place = opened(context, user=user)
    assert ("Prêt pour une panne" in html(place), "Bonne journée" in html(place)) == (sees, True)


def test_foot_leads_to_the_coordination_where_no_banner_does(context: AppContext, watch) -> None:
    _, place = opened(context)
    assert 'data-go="coordination"' in html(place)
    place.outage.declare("Alma")
    assert 'data-go="coordination"' not in html(place)
    place.outage.end()
    assert 'data-go="coordination"' in html(place)


@pytest.mark.parametrize(
    ("code", "mark", "meaning"),
    [
        ("fr", "note", "ajouté par Relais, absent de la procédure sur papier"),
        ("en", "note", "added by Relais, not in the procedure on paper"),
        ("de", "Notiz", "von Relais hinzugefügt, nicht im Verfahren auf Papier"),
    ],
)
def test_page_marks_additions_to_the_paper_and_explains_the_mark_once(
    context: AppContext, code: str, mark: str, meaning: str
) -> None:
    _, place = opened(context, "walk=A1.yes&step=C1", code)
    *_, sheet, _ = place.__panel__().select(LiveHTML)
    asking = html(place).replace(sheet.html, "")
    assert [shown.count(meaning) for shown in (asking, sheet.html)] == [1, 1]
    assert f'<span class="own">{mark}</span>' in asking
    assert "(note)" not in html(place)


def test_page_escapes_handbook_texts(context: AppContext) -> None:
    from dataclasses import replace

    words = context.handbook.words["fr"]
    hostile = replace(words.steps["A1"], title="<img src=x onerror=alert(1)>")
    steps = {**words.steps, "A1": hostile}
    french = replace(words, steps=steps)
    context.handbook = replace(context.handbook, words={**context.handbook.words, "fr": french})
    _, place = opened(context, "step=A1")
    assert "<img" not in html(place)
    assert "&lt;img src=x onerror=alert(1)&gt;" in html(place)


def test_mark_notes_escapes_markup() -> None:
    shown = TEMPLATES.from_string("{{ text|notes }}").render(text="<b>x</b> (note)", say=str)
    assert shown == '&lt;b&gt;x&lt;/b&gt; <span class="own">note</span>'

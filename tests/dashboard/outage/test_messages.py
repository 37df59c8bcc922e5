"""A message of the coordination: to the desks, to the readers, or to both."""

import re
from dataclasses import replace

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.users import SignedInBy, user_of
from dashboard.outage.message_fields_view import FREE
from dashboard.outage.outage import OutageState
from dashboard.outage.outage_view import OutageForm
from dashboard.outage.planned_work import PlannedWork
from dashboard.outage.planned_work_view import PlannedWorkView
from dashboard.outage.public_text import proposed_text
from dashboard.translations import language
from dashboard.ui.live_html import LiveHTML
from procedure.access.roles import Role
from procedure.handbook.model import CAUSES, Handbook
from procedure.outages.declared_outage import OutageNews
from procedure.outages.public_entries import PublicStatement, PublicWithdrawn
from tests.support.page_models import outage_of

KINDS = (OutageNews.KIND, PublicStatement.KIND, PublicWithdrawn.KIND)
READY = {
    "fr": "Vous pouvez emprunter et rendre aux guichets.",
    "en": "You can borrow and return at the desks.",
    "de": "Ausleihen und zurückgeben können Sie an den Theken.",
}


@pytest.fixture
def outage(context: AppContext) -> OutageState:
    """An outage that is not declared yet, on a server with a public page."""
    page = "https://relais.example.ch/status"
    context.settings = replace(context.settings, status_page=page)
    return outage_of(context, Session(workstation="pc-1"))


@pytest.fixture
def panel(outage: OutageState) -> OutageForm:
    return OutageForm(outage=outage, language=language("fr"))


def said(context: AppContext) -> list[OutageNews | PublicStatement | PublicWithdrawn]:
    return [record.entry for record in context.journal.since(kinds=KINDS)]  # type: ignore[misc]


def preview(panel: OutageForm) -> str:
    return " ".join(panel.__panel__().select(LiveHTML)[1].html.split())


def trail(panel: OutageForm) -> str:
    return panel._trail()


def test_declaring_and_writing_to_desks_publishes_nothing(
    context: AppContext, outage: OutageState, panel: OutageForm
) -> None:
    panel._declare()
    panel._messages.propose("update")
    panel._say()
    outage.end()
    assert [type(entry) for entry in said(context)] == [OutageNews, OutageNews]


def test_ready_text_goes_to_readers_in_every_language_of_the_handbook(
    context: AppContext, outage: OutageState, panel: OutageForm
) -> None:
    outage.declare("Alma")
    panel._messages.propose("begin")
    panel._messages.to.value = ["readers"]
    panel._news.value = "13:00"
    assert "Ce que chaque poste montrera" not in preview(panel)
    assert READY["en"] in preview(panel)
    panel._say()
    (statement,) = said(context)
    assert isinstance(statement, PublicStatement)
    assert statement.texts == READY
    assert statement.titles["fr"] == "Le catalogue et votre compte sont en panne"
    assert (statement.state, statement.lending, statement.workstation) == ("down", True, "pc-1")
    assert panel._messages.to.value == ["desks"]


def test_message_goes_to_both_with_the_words_of_each(
    context: AppContext, outage: OutageState, panel: OutageForm
) -> None:
    panel._messages.to.value = ["desks", "readers"]
    panel._declare()
    news, statement = said(context)
    assert isinstance(news, OutageNews)
    assert isinstance(statement, PublicStatement)
    assert news.said("en") == "Lend offline, put returns on the cart."
    assert statement.texts == READY
    assert outage.record is not None
    assert statement.outage == outage.record.declared.id


def test_free_text_is_in_the_languages_that_were_written(
    context: AppContext, outage: OutageState, panel: OutageForm
) -> None:
    outage.declare("Alma")
    panel._messages.phase.value = FREE
    assert all(field.visible for field in panel._messages.fields.values())
    panel._messages.fields["fr"].value = "Venez demain, carte 2060000017."
    panel._messages.to.value = ["desks", "readers"]
    assert "<b>EN</b>" not in preview(panel)
    panel._say()
    news, statement = said(context)
    assert isinstance(news, OutageNews)
    assert isinstance(statement, PublicStatement)
    assert news.words == statement.texts == {"fr": "Venez demain, carte […]."}
    assert set(statement.titles) == {"fr", "en", "de"}


def test_empty_text_is_refused_and_sends_nothing(
    context: AppContext, outage: OutageState, panel: OutageForm
) -> None:
    outage.declare("Alma")
    panel._messages.propose(FREE)
    for to in (["readers"], ["desks"], ["desks", "readers"], []):
        panel._messages.to.value = to
        panel._say()
        assert "Écrivez le message" in panel._told.html
    assert said(context) == []


def test_change_of_c1_goes_to_the_desks_also_with_a_message_for_readers(
    context: AppContext, outage: OutageState, panel: OutageForm
) -> None:
    outage.declare("Alma")
    panel._messages.propose("end")
    panel._messages.to.value = ["readers"]
    panel._lending.value = []
    panel._say()
    news, statement = said(context)
    assert isinstance(news, OutageNews)
    assert isinstance(statement, PublicStatement)
    assert (news.message, news.lending, statement.lending) == ("", False, False)


def test_statement_is_withdrawn_in_the_trail(
    context: AppContext, outage: OutageState, panel: OutageForm
) -> None:
    panel._messages.to.value = ["readers"]
    panel._declare()
    (statement,) = said(context)
    assert f'data-value="{statement.id}"' in trail(panel)
    panel._act("withdraw", "unknown")
    panel._act("withdraw", str(statement.id))
    assert f'data-value="{statement.id}"' not in trail(panel)
    *_, withdrawn = said(context)
    assert isinstance(withdrawn, PublicWithdrawn)
    assert (withdrawn.statement, withdrawn.operator) == (statement.id, "LM")


def test_readers_are_no_choice_without_a_public_page(context: AppContext) -> None:
    outage = outage_of(context, Session(workstation="pc-1"))
    assert not OutageForm(outage=outage, language=language("fr"))._messages.to.visible


def test_work_is_announced_to_readers_where_a_coordinator_ticks_it(
    context: AppContext, outage: OutageState
) -> None:
    work = PlannedWork(diagnosis=outage.diagnosis)
    view = PlannedWorkView(planned_work=work, language=language("fr"))
    work.open()
    assert 'name="readers"' in view.__panel__().html
    span = {"begin": "2026-11-29T02:00", "end": "2026-11-29T04:00", "title": "Alma"}
    view._form("enter", span)
    assert said(context) == []
    view._form("enter", span | {"readers": "on"})
    (statement,) = said(context)
    assert isinstance(statement, PublicStatement)
    assert statement.titles["en"] == "The catalogue and your account are off for planned work"
    assert f"{statement.start:%H:%M} {statement.end:%H:%M}" == "01:00 03:00"


def test_work_is_announced_to_readers_by_coordinators_alone(
    context: AppContext, outage: OutageState
) -> None:
    clerk = Session(user=user_of(Role.STAFF, "sam", SignedInBy.ACCOUNT))
    work = PlannedWork(diagnosis=outage_of(context, clerk).diagnosis)
    work.plan("2026-11-29T02:00", "2026-11-29T04:00", "Alma", publish=True)
    assert (work.may_publish, said(context)) == (False, [])


VENDORS = re.compile(r"\b(Alma|C1|Ex Libris|Primo|SLSP|swisscovery|CODIS|CAD)\b", re.IGNORECASE)


@pytest.mark.parametrize("code", ["fr", "en", "de"])
@pytest.mark.parametrize("cause", CAUSES)
def test_ready_texts_for_readers_name_no_vendor(handbook: Handbook, code: str, cause: str) -> None:
    for phase in ("begin", "update", "end"):
        title, text = proposed_text(cause, phase, handbook.words[code])
        assert title
        assert text
        assert not VENDORS.search(f"{title} {text}")

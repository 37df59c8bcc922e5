"""A message from the coordinators goes to the desks, to the patrons, or to both."""

import re
from dataclasses import replace
from html import unescape

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.visitor import SignedInBy, visitor_of
from dashboard.outage.coordination_page import CourseView
from dashboard.outage.message_view import MessageView
from dashboard.outage.outage import OutageState
from dashboard.outage.planned_work import PlannedWorkState
from dashboard.outage.planned_work_view import PlannedWorkView
from dashboard.outage.public_text import proposed_text
from dashboard.translations import language
from procedure.access.roles import Role
from procedure.handbook.model import CAUSES, Handbook
from procedure.outages.outage_entries import OutageNews
from procedure.outages.public_entries import PublicStatement, PublicWithdrawn
from tests.support.page_models import outage_of

KINDS = (OutageNews.KIND, PublicStatement.KIND, PublicWithdrawn.KIND)
OFF = "off"  # a browser sends nothing for an unticked box
READY = {
    "fr": "Vous pouvez emprunter et rendre aux guichets.",
    "en": "You can borrow and return at the desks.",
    "de": "Ausleihen und zurückgeben können Sie an den Theken.",
}


@pytest.fixture
def outage(context: AppContext) -> OutageState:
    """An outage that is not declared yet, on a server with a public page."""
    page = "https://relais.example.ch/status"
    settings = replace(context.settings, status_page=page)
    return outage_of(replace(context, settings=settings), Session(workstation="pc-1"))


@pytest.fixture
def message(outage: OutageState) -> MessageView:
    return MessageView(outage=outage, language=language("fr"))


def said(context: AppContext) -> list[OutageNews | PublicStatement | PublicWithdrawn]:
    return [record.entry for record in context.store.journal.since(kinds=KINDS)]  # type: ignore[misc]


def fields(message: MessageView, **typed: str) -> dict[str, str]:
    """Return the fields that a browser sends: those shown, and the typed text."""
    html = message._html()
    areas = re.findall(r'<textarea[^>]*name="(text-..)"[^>]*>([^<]*)</textarea>', html)
    inputs = re.findall(r'<input type="text" name="([^"]+)" value="([^"]*)"', html)
    ticked = re.findall(r'<input type="checkbox" name="([^"]+)" checked', html)
    given = {name: unescape(value) for name, value in [*areas, *inputs]}
    drawn = dict(re.findall(r'<input type="hidden" name="(drawn)" value="([^"]*)"', html))
    sent = given | drawn | dict.fromkeys(ticked, "on") | {"cause": message.draft.cause} | typed
    return {name: value for name, value in sent.items() if value != OFF}


def preview(message: MessageView) -> str:
    html = message._html().split('class="prev"')[1].split("<details")[0]
    return " ".join(re.sub("<[^>]+>", " ", html).replace("\u202f", " ").split()[1:])


def test_declaring_and_writing_to_desks_publishes_nothing(
    context: AppContext, outage: OutageState, message: MessageView
) -> None:
    message._form("declare", fields(message))
    message._form("ready-update", fields(message))
    message._form("send", fields(message))
    outage.end()
    assert [type(entry) for entry in said(context)] == [OutageNews, OutageNews]


def test_ready_text_goes_to_patrons_in_every_handbook_language(
    context: AppContext, outage: OutageState, message: MessageView
) -> None:
    outage.declare("Alma")
    readers = {"to-desks": OFF, "to-readers": "on", "news": "13:00"}
    message._form("ready-begin", fields(message, **readers))
    assert "Publier pour les lecteurs" in message._html()
    assert READY["fr"] in preview(message)
    assert "Prochaines nouvelles à 13:00." in preview(message)
    message._form("send", fields(message))
    (statement,) = said(context)
    assert isinstance(statement, PublicStatement)
    assert statement.texts == READY
    assert statement.titles["fr"] == "Le catalogue et votre compte sont en panne"
    assert (statement.state, statement.lending, statement.workstation) == ("down", True, "pc-1")
    assert (message.draft.to, message.draft.field_texts) == (frozenset({"desks"}), {})


def test_message_reaches_desks_and_patrons_in_words_for_each(
    context: AppContext, outage: OutageState, message: MessageView
) -> None:
    message._form("draft", fields(message, **{"to-readers": "on"}))
    message._form("declare", fields(message))
    news, statement = said(context)
    assert isinstance(news, OutageNews)
    assert isinstance(statement, PublicStatement)
    assert news.text_in("en") == "Lend offline, put returns on the cart."
    assert statement.texts == READY
    assert outage.record is not None
    assert statement.outage == outage.record.declared.id


def test_title_for_patrons_can_be_chosen(
    context: AppContext, outage: OutageState, message: MessageView
) -> None:
    outage.declare("Alma")
    message._form("ready-begin", fields(message, **{"to-readers": "on"}))
    message._form("draft", fields(message, cause="slow"))
    assert (
        message.draft.texts["fr"]
        == "Alma est ralenti\u202f: s’il ne répond plus, prêtez en secours."
    )
    message._form("send", fields(message))
    *_, statement = said(context)
    assert isinstance(statement, PublicStatement)
    assert (statement.state, statement.titles["en"]) == (
        "degraded",
        "The catalogue and your account are slow",
    )


def test_free_text_is_sent_only_in_the_languages_written(
    context: AppContext, outage: OutageState, message: MessageView
) -> None:
    outage.declare("Alma")
    message._form("ready-begin", fields(message))
    assert "traduits par le manuel" in message._html()
    free = {"text-fr": "Venez demain, carte 2060000017.", "to-readers": "on"}
    message._form("draft", fields(message, **free))
    assert "traduits par le manuel" not in message._html()
    message._form("send", fields(message))
    news, statement = said(context)
    assert isinstance(news, OutageNews)
    assert isinstance(statement, PublicStatement)
    assert news.words == statement.texts == {"fr": "Venez demain, carte […]."}
    assert set(statement.titles) == {"fr", "en", "de"}


def test_free_text_can_be_written_in_several_languages(
    context: AppContext, outage: OutageState, message: MessageView
) -> None:
    outage.declare("Alma")
    written = {"text-fr": "Prêtez ici.", "text-en": "Lend here.", "news": "13:00"}
    message._form("send", fields(message, **written))
    (news,) = said(context)
    assert isinstance(news, OutageNews)
    assert news.words == {"fr": "Prêtez ici.", "en": "Lend here."}
    assert (news.message, news.text_in("de")) == ("Prêtez ici.", "Prêtez ici.")


def test_empty_text_is_refused_and_sends_nothing(
    context: AppContext, outage: OutageState, message: MessageView
) -> None:
    outage.declare("Alma")
    for to in (("off", "on"), ("on", "off"), ("on", "on"), ("off", "off")):
        given = dict(zip(("to-desks", "to-readers"), to, strict=True))
        message._form("send", fields(message, **given))
        assert "Écrivez le message" in message._html()
    assert said(context) == []


def test_change_of_c1_reaches_desks_even_with_a_message_for_patrons(
    context: AppContext, outage: OutageState, message: MessageView
) -> None:
    outage.declare("Alma")
    readers = {"to-desks": OFF, "to-readers": "on", "lending": OFF}
    message._form("ready-end", fields(message, **readers))
    message._form("send", fields(message))
    news, statement = said(context)
    assert isinstance(news, OutageNews)
    assert isinstance(statement, PublicStatement)
    assert (news.message, news.lending, statement.lending) == ("", False, False)


def test_second_click_sends_nothing(
    context: AppContext, outage: OutageState, message: MessageView
) -> None:
    outage.declare("Alma")
    sent = fields(message, **{"text-fr": "Encore"})
    message._form("send", sent)
    message._form("send", sent)
    assert [entry.message for entry in said(context)] == ["Encore"]
    course = CourseView(outage=outage, language=language("fr"))
    for _ in range(2):
        course._form("note", {"note": "ticket 4711", "drawn": "0"})
    assert [note.text for note in outage.record.notes] == ["ticket 4711"]


def test_ready_text_not_yet_drawn_is_kept(outage: OutageState, message: MessageView) -> None:
    outage.declare("Alma")
    before = fields(message)
    message._form("ready-update", before)
    message._form("draft", before | {"news": "13:00"})
    assert message.draft.texts["en"] == "The outage continues: go on lending offline."


def test_typed_text_stays_when_another_page_writes(
    context: AppContext, outage: OutageState, message: MessageView
) -> None:
    assert message.draft.texts["fr"].startswith("Prêtez en secours")
    outage.declare("Alma")
    assert message.draft.texts == {}
    message._form("draft", fields(message, **{"text-fr": "Encore"}))
    outage.send_message({"fr": "Autre message."})
    assert message.draft.texts == {"fr": "Encore"}
    outage.end()
    assert message.draft.texts["fr"].startswith("Prêtez en secours")


def test_message_for_patrons_is_withdrawn_in_the_course(
    context: AppContext, outage: OutageState, message: MessageView
) -> None:
    message._form("declare", fields(message, **{"to-readers": "on"}))
    _, statement = said(context)
    course = CourseView(outage=outage, language=language("fr"))
    assert f'data-value="{statement.id}"' in course._html()
    course._act("withdraw", "unknown")
    course._act("withdraw", str(statement.id))
    assert f'data-value="{statement.id}"' not in course._html()
    *_, withdrawn = said(context)
    assert isinstance(withdrawn, PublicWithdrawn)
    assert (withdrawn.statement, withdrawn.operator) == (statement.id, "LM")


def test_patrons_cannot_be_chosen_without_a_public_page(context: AppContext) -> None:
    outage = outage_of(context, Session(workstation="pc-1"))
    html = MessageView(outage=outage, language=language("fr"))._html()
    assert ("to-readers" in html, 'name="to-desks" value="on"' in html) == (False, True)


def test_planned_work_is_announced_to_patrons_if_ticked(
    context: AppContext, outage: OutageState
) -> None:
    work = PlannedWorkState(diagnosis=outage.diagnosis)
    view = PlannedWorkView(planned_work=work, language=language("fr"))
    work.open()
    assert 'name="readers"' in view.__panel__().html
    span = {"begin": "2026-11-29T02:00", "end": "2026-11-29T04:00", "title": "Alma"}
    view._form("enter", span)
    assert said(context) == []
    view._form("enter", span | {"readers": "on"})
    (statement,) = said(context)
    assert isinstance(statement, PublicStatement)
    assert (
        statement.titles["en"]
        == "The catalogue and your account are unavailable during planned work"
    )
    assert f"{statement.start:%H:%M} {statement.end:%H:%M}" == "01:00 03:00"


def test_only_coordinators_announce_planned_work_to_patrons(
    context: AppContext, outage: OutageState
) -> None:
    clerk = Session(visitor=visitor_of(Role.STAFF, "sam", SignedInBy.ACCOUNT))
    work = PlannedWorkState(diagnosis=outage_of(context, clerk).diagnosis)
    work.plan("2026-11-29T02:00", "2026-11-29T04:00", "Alma", publish=True)
    assert (work.may_publish, said(context)) == (False, [])


VENDORS = re.compile(r"\b(Alma|C1|Ex Libris|Primo|SLSP|swisscovery|CODIS|CAD)\b", re.IGNORECASE)


@pytest.mark.parametrize("code", ["fr", "en", "de"])
@pytest.mark.parametrize("cause", CAUSES)
def test_ready_texts_for_patrons_name_no_vendor(handbook: Handbook, code: str, cause: str) -> None:
    for phase in ("begin", "update", "end"):
        title, text = proposed_text(cause, phase, handbook.words[code])
        assert title
        assert text
        assert not VENDORS.search(f"{title} {text}")

"""The coordination's part for readers: proposed, shown as it will look, published by its press."""

import json
import re
from dataclasses import replace

import pytest
from tornado.httpclient import HTTPResponse

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.outage.outage import OutageState
from dashboard.outage.public_draft import PublicDraft
from dashboard.outage.public_form import PublicForm
from dashboard.outage.public_status_handler import PublicStatus
from dashboard.outage.public_text import proposed_text
from dashboard.translations import language
from dashboard.ui.live_html import LiveHTML
from procedure.handbook.model import CAUSES, Handbook
from procedure.outages.public_entries import PublicServiceSet, PublicStatement, PublicWithdrawn
from tests.support import http
from tests.support.page_models import outage_of

FIELDS = {
    "title_fr": "Le catalogue est en panne",
    "text_fr": "Venez au guichet.",
    "title_en": "The catalogue is down",
    "text_en": "Come to the desk.",
    "title_de": "",
    "text_de": "",
    "news": "13:00",
    "lending": "on",
}


@pytest.fixture
def outage(context: AppContext) -> OutageState:
    page = "https://relais.example.ch/status"
    context.settings = replace(context.settings, status_page=page)
    return outage_of(context, Session(workstation="pc-1"))


@pytest.fixture
def form(outage: OutageState) -> PublicForm:
    return PublicForm(draft=PublicDraft(outage=outage), language=language("fr"))


@pytest.fixture
def draft(form: PublicForm) -> PublicDraft:
    return form.draft


def shown(form: PublicForm) -> LiveHTML:
    return form.__panel__()


def public(context: AppContext) -> list[PublicStatement | PublicServiceSet | PublicWithdrawn]:
    kinds = (PublicStatement.KIND, PublicServiceSet.KIND, PublicWithdrawn.KIND)
    return [record.entry for record in context.journal.since(kinds=kinds)]  # type: ignore[misc]


def read(context: AppContext, path: str = "/status.json?lang=en") -> HTTPResponse:
    context.computed_once.forget()
    routes = [(r"/status(\.rss|\.json)?", PublicStatus, {"context": lambda: context})]
    return http.ask(routes, path)


def test_declaring_and_writing_to_desks_publishes_nothing(
    context: AppContext, outage: OutageState
) -> None:
    outage.declare("Alma", message="Posez les retours sur le chariot.", lending=True)
    outage.say("C1 reste en vigueur.")
    outage.end()
    assert public(context) == []
    assert json.loads(read(context).body)["outages"] == []


def test_what_was_shown_is_published_by_the_second_press(
    context: AppContext, outage: OutageState, form: PublicForm, draft: PublicDraft
) -> None:
    outage.declare("Alma")
    draft.publish(FIELDS)
    assert (draft.refusal, public(context)) == ("not_shown", [])
    assert "Relisez d’abord ce qui sera public." in shown(form).html
    draft.publish(FIELDS | {"text_fr": "Autre."})
    assert public(context) == []
    draft.publish(FIELDS | {"text_fr": "Autre."})
    (statement,) = public(context)
    assert isinstance(statement, PublicStatement)
    assert statement.titles == {
        "fr": "Le catalogue est en panne",
        "en": "The catalogue is down",
    }
    assert statement.texts == {"fr": "Autre.", "en": "Come to the desk."}
    assert (statement.lending, statement.workstation) == (True, "pc-1")
    (found,) = json.loads(read(context).body)["outages"]
    assert (found["title"], found["lending"]) == ("The catalogue is down", True)
    assert found["next_news"] == "2026-11-24T12:00:00+00:00"
    assert draft.phase == "update"


def test_preview_is_the_page_that_readers_get(
    context: AppContext, outage: OutageState, form: PublicForm, draft: PublicDraft
) -> None:
    outage.declare("Alma")
    draft.show(FIELDS)
    before = form._pages()
    assert set(before) == {"fr", "en", "de"}
    assert "srcdoc=" in shown(form).html
    assert "Le catalogue est en panne" in before["de"]
    draft.publish(FIELDS)
    for code, page in before.items():
        assert read(context, f"/status?lang={code}").body.decode() == page


def test_texts_for_readers_have_no_identifier(
    context: AppContext, outage: OutageState, draft: PublicDraft
) -> None:
    outage.declare("Alma")
    fields = FIELDS | {"title_fr": "Carte 2060000017", "text_fr": "Pour SLSP204518377"}
    draft.show(fields)
    draft.publish(fields)
    (statement,) = public(context)
    assert isinstance(statement, PublicStatement)
    assert (statement.titles["fr"], statement.texts["fr"]) == ("Carte […]", "Pour […]")


def test_statement_needs_a_title_and_an_outage(outage: OutageState, draft: PublicDraft) -> None:
    outage.declare("Alma")
    draft.show({"title_fr": " ", "text_fr": "Venez."})
    assert (draft.refusal, draft.shown) == ("public_title_missing", None)
    draft.show(FIELDS | {"news": "demain"})
    assert draft.refusal == "no_time"
    outage.end()
    draft.about_work = False
    draft.show(FIELDS)
    assert draft.refusal == "none_stands"


def test_work_ahead_is_published_without_an_outage(
    context: AppContext, form: PublicForm, draft: PublicDraft
) -> None:
    assert (draft.about_work, draft.cause) == (True, "work")
    fields = FIELDS | {"start": "2026-11-29T02:00", "last": "2026-11-29T01:00"}
    draft.show(fields)
    assert "La fin vient avant le début." in shown(form).html
    fields["last"] = "2026-11-29T04:00"
    draft.show(fields)
    draft.publish(fields)
    (work,) = json.loads(read(context).body)["ahead"]
    assert (work["begun"], work["until"]) == (
        "2026-11-29T01:00:00+00:00",
        "2026-11-29T03:00:00+00:00",
    )


def test_publishing_asks_who_does_it(context: AppContext, outage: OutageState) -> None:
    outage.declare("Alma")
    draft = PublicDraft(outage=outage)
    outage.session.name_signer("")
    draft.show(FIELDS)
    draft.publish(FIELDS)
    draft.set_service("account", "down")
    assert (draft.refusal, public(context)) == ("name_missing", [])


def test_statement_is_withdrawn(
    context: AppContext, outage: OutageState, form: PublicForm, draft: PublicDraft
) -> None:
    outage.declare("Alma")
    draft.show(FIELDS)
    draft.publish(FIELDS)
    (statement,) = public(context)
    assert f'data-value="{statement.id}"' in shown(form).html
    form._act("withdraw", "unknown")
    form._act("withdraw", str(statement.id))
    assert json.loads(read(context).body)["outages"] == []
    assert f'data-value="{statement.id}"' not in shown(form).html


def test_service_is_set_by_a_press(context: AppContext, form: PublicForm) -> None:
    form._act("service", "account degraded")
    form._act("service", "account broken")
    form._act("service", "no-such degraded")
    (entry,) = public(context)
    assert isinstance(entry, PublicServiceSet)
    assert (entry.service, entry.state) == ("account", "degraded")
    assert 'data-value="account degraded" aria-pressed="true"' in shown(form).html


def test_part_is_hidden_without_a_public_page(context: AppContext) -> None:
    outage = outage_of(context, Session(workstation="pc-1"))
    form = PublicForm(draft=PublicDraft(outage=outage), language=language("fr"))
    assert not shown(form).visible


def test_proposed_texts_follow_the_outage_and_replace_what_was_typed(
    outage: OutageState, draft: PublicDraft
) -> None:
    outage.declare("Alma")
    assert (draft.cause, draft.phase, draft.about_work) == ("system", "begin", False)
    before = draft.proposals
    draft.propose("slow", "update")
    assert draft.proposals == before + 1
    assert draft.proposal()["fr"] == (
        "Le catalogue et votre compte sont ralentis",
        "La réparation est en cours.",
    )


VENDORS = re.compile(r"\b(Alma|C1|Ex Libris|Primo|SLSP|swisscovery|CODIS|CAD)\b", re.IGNORECASE)


@pytest.mark.parametrize("code", ["fr", "en", "de"])
@pytest.mark.parametrize("cause", CAUSES)
def test_proposed_texts_name_no_vendor(handbook: Handbook, code: str, cause: str) -> None:
    for phase in ("begin", "update", "end"):
        title, text = proposed_text(cause, phase, handbook.words[code])
        assert title
        assert text
        assert not VENDORS.search(f"{title} {text}")
    assert not VENDORS.search(" ".join(handbook.words[code].services.values()))

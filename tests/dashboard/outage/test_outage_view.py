"""The coordination's panel without a browser: what it fills in, and what it leaves alone."""

from datetime import datetime, timedelta
from uuid import uuid4

import panel as pn
import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.users import SignedInBy, user_of
from dashboard.outage.banner import OutageBanner
from dashboard.outage.message_fields_view import FREE
from dashboard.outage.outage import OutageState
from dashboard.outage.outage_text import title
from dashboard.outage.outage_view import OutageForm
from dashboard.translations import language
from dashboard.ui.live_html import LiveHTML
from procedure.access.roles import Role
from procedure.diagnosis.rules import FaultLocation
from procedure.diagnosis.suspected_outage import CONDITION_OF, Condition, Suspected
from procedure.reconciliation.checklist import BLOCK_BACK, BLOCK_OFF
from procedure.reconciliation.journal_entries import ChecklistTicked
from tests.dashboard.conftest import NOON
from tests.support.page_models import outage_of
from tests.support.upkeep import fail


@pytest.fixture
def outage(context: AppContext) -> OutageState:
    return outage_of(context, Session(workstation="pc-1"))


@pytest.mark.parametrize("code", ["fr", "en"])
def test_banner_and_panel_render(outage: OutageState, code: str) -> None:
    shown_in = language(code)
    outage.declare("Alma", message="Prêtez.", news="13:00")
    outage.note("", contact="cad")
    for view in (
        OutageBanner(outage=outage, language=shown_in),
        OutageForm(outage=outage, language=shown_in),
    ):
        assert pn.panel(view).get_root() is not None


def test_banner_leads_back_and_recalls_the_block(context: AppContext, outage: OutageState) -> None:
    banner = OutageBanner(outage=outage, language=language("fr")).__panel__()
    outage.declare("Alma", lending=True)
    assert "Transférer les prêts dans Alma" not in banner.html
    outage.say({"fr": "Alma répond."}, lending=False)
    assert "Transférer les prêts dans Alma" in banner.html
    outage.end()
    assert "Transférer les prêts dans Alma" in banner.html
    context.journal.append(ChecklistTicked(id=uuid4(), at=NOON, point=BLOCK_OFF, operator="LM"))
    outage.updates.refresh()
    assert "Blocage d’Alma retiré à 12:00" in banner.html
    context.journal.append(ChecklistTicked(id=uuid4(), at=NOON, point=BLOCK_BACK, operator="LM"))
    outage.updates.refresh()
    assert "Blocage d’Alma" not in banner.html


def test_banner_leads_nowhere_once_all_loans_are_signed_for(outage: OutageState) -> None:
    banner = OutageBanner(outage=outage, language=language("fr")).__panel__()
    outage.declare("Alma")
    outage.end()
    signed: list[datetime] = [NOON - timedelta(minutes=1)]  # those of an earlier outage
    outage.find_signed = lambda: signed[-1]
    outage.updates.context.now.pass_by(seconds=1)
    outage.updates.refresh()
    assert "Transférer les prêts dans Alma" in banner.html
    signed.append(NOON + timedelta(seconds=1))
    outage.updates.context.now.pass_by(seconds=1)
    outage.updates.refresh()
    assert "Transférer les prêts dans Alma" not in banner.html
    assert "finie à 12:00" in banner.html.replace("\u202f", " ")


def test_undelivered_alert_is_shown(context: AppContext, outage: OutageState) -> None:
    head = OutageForm(outage=outage, language=language("fr")).__panel__().select(LiveHTML)[0]
    assert "alerte" not in head.html
    context.alert_fault = "E-Mail (1)"
    outage.updates.context.now.pass_by(seconds=1)
    outage.updates.refresh()
    assert "La dernière alerte n’est pas partie." in head.html
    assert "E-Mail (1)" in head.html


def test_failed_backup_is_shown(context: AppContext, outage: OutageState) -> None:
    head = OutageForm(outage=outage, language=language("fr")).__panel__().select(LiveHTML)[0]
    assert "sauvegarde" not in head.html
    fail(context.upkeep, "backup")
    outage.updates.context.now.pass_by(seconds=1)
    outage.updates.refresh()
    assert "La sauvegarde automatique n’a pas été faite." in head.html


def test_typed_words_stay_when_another_page_changes(
    context: AppContext, outage: OutageState
) -> None:
    panel = OutageForm(outage=outage, language=language("fr"))
    written = panel._messages.fields["fr"]
    assert panel._messages.texts["fr"].startswith("Prêtez en secours")
    outage.declare("Alma")
    assert (written.visible, panel._messages.texts["fr"]) == (True, "")
    written.value = "Encore"
    outage.say({"fr": "Autre message."})
    assert written.value == "Encore"
    outage.end()
    assert panel._messages.texts["fr"].startswith("Prêtez en secours")


def test_end_is_filled_in_on_recovery_unless_typed(
    outage: OutageState,
) -> None:
    panel = OutageForm(outage=outage, language=language("fr"))
    outage.declare("Alma")
    outage.well_since = NOON
    assert panel._ended.value == "12:00"
    panel._ended.value = "11:50"
    outage.well_since = None
    outage.well_since = NOON
    assert panel._ended.value == "11:50"


def test_name_is_asked_for_where_nobody_signs_in(outage: OutageState) -> None:
    panel = OutageForm(outage=outage, language=language("fr"))
    assert (panel._who.visible, panel._who.value) == (True, "LM")
    panel._who.value = ""
    panel._declare()
    assert (outage.record, "qui agit" in panel._told.html) == (None, True)
    panel._who.value = "A. Favre"
    panel._declare()
    assert outage.record.declared.operator == "A. Favre"
    outage.session.name_signer("B.")
    assert panel._who.value == "B."
    signed_in = user_of(Role.COORDINATOR, "anne", SignedInBy.ACCOUNT)
    another = outage_of(outage.context, Session(user=signed_in, workstation="pc-2"))
    panel = OutageForm(outage=another, language=language("fr"))
    panel._keep_note("cad")
    assert (panel._who.visible, another.record.notes[0].operator) == (False, "anne")


@pytest.mark.parametrize("code", ["fr", "en"])
def test_every_suspicion_has_its_title(code: str) -> None:
    troubles = [fault for fault, mood in CONDITION_OF.items() if mood is Condition.TROUBLE]
    suspected = [Suspected(fault, NOON) for fault in troubles]
    assert len({title(one, language(code)) for one in suspected}) == len(troubles)
    named = Suspected(FaultLocation.PLANNED, NOON, True, "Mise à jour")
    assert title(named, language(code)) == "Mise à jour"


def test_message_is_shown_in_each_language_before_it_is_sent(
    context: AppContext, outage: OutageState
) -> None:
    panel = OutageForm(outage=outage, language=language("en"))
    fields = panel._messages
    assert fields.texts["en"] == "Lend offline, put returns on the cart."
    assert fields.texts["fr"] == "Prêtez en secours, posez les retours sur le chariot."
    fields.phase.value = FREE
    fields.fields["fr"].value = "Prêtez ici."
    fields.fields["en"].value = "Lend here."
    panel._news.value = "13:00"
    preview = panel.__panel__().select(LiveHTML)[1]
    shown = " ".join(preview.html.split())
    assert "<b>FR</b>" in shown
    assert "Prochaines nouvelles à 13:00." in shown
    assert "Prêtez ici." in shown
    assert "<b>DE</b>" not in shown
    panel._who.value = "MR"
    panel._declare()
    record = outage.record
    assert record is not None
    (news,) = record.news
    assert news.words == {"fr": "Prêtez ici.", "en": "Lend here."}
    assert (news.message, news.said("en"), news.said("de")) == (
        "Prêtez ici.",
        "Lend here.",
        "Prêtez ici.",
    )
    banners = {
        code: OutageBanner(outage=outage, language=language(code)).__panel__().html
        for code in ("fr", "en")
    }
    assert "Prêtez ici." in banners["fr"]
    assert "Lend here." in banners["en"]


def test_message_of_a_moment_is_the_handbooks(outage: OutageState) -> None:
    messages = OutageForm(outage=outage, language=language("fr"))._messages
    outage.declare("Alma")
    messages.phase.value = "update"
    assert messages.texts["fr"] == "La panne dure encore\u202f: continuez de prêter en secours."
    messages.cause.value = "slow"
    assert messages.texts["fr"] == "Alma est encore ralenti."
    messages.phase.value = FREE
    assert messages.texts["fr"] == ""

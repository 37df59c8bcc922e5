"""The lines below the headline: coordinators' messages, undeclared outages, and work to do."""

from datetime import timedelta

import pytest

from dashboard.core.context import AppContext
from dashboard.core.visitor import SignedInBy, Visitor, visitor_of
from dashboard.guide.guide_page import GuidePage
from dashboard.guide.guide_phase import GuideMode, Lent
from dashboard.guide.tell_text import Tell, tells
from dashboard.translations import language
from procedure.access.roles import Role
from procedure.circulation.transactions import Loan
from procedure.monitoring.downtime import Downtime
from procedure.monitoring.model import Status
from procedure.reconciliation.checklist import BLOCK_BACK, BLOCK_OFF
from procedure.reconciliation.journal_entries import ChecklistTicked
from tests.dashboard.guide.test_guide_page import html, opened
from tests.support import make
from tests.support.clock import NOON

THIN = "\u202f"
STAFF = visitor_of(Role.STAFF, "sam", SignedInBy.ACCOUNT)
COORDINATOR = visitor_of(Role.COORDINATOR, "anne", SignedInBy.ACCOUNT)


@pytest.fixture
def works(context: AppContext, watch) -> None:
    for key in context.handbook.current.targets:
        watch.see(key, Status.UP)


def told(place: GuidePage, code: str = "fr") -> list[str]:
    """Return the lines, with the text of each link in brackets."""
    place.workstations.updates.context.clock.pass_by(seconds=1)
    place.workstations.updates.refresh()
    return [_read(tell) for tell in tells(place.guide_phase, language(code))]


def _read(tell: Tell) -> str:
    link = f"[{tell.link}]" if tell.link else ""
    return " ".join(filter(None, (tell.source, tell.text, link))).replace(THIN, " ")


def test_coordinators_message_has_its_time_and_that_of_the_next(context: AppContext) -> None:
    _, place = opened(context)
    assert told(place) == []
    outage = place.guide_phase.outage
    outage.declare("Alma", message={"fr": "Prêtez ici.", "en": "Lend here."}, news="13:00")
    assert told(place) == ["Coordination, 12:00 : Prêtez ici. Prochaines nouvelles à 13:00."]
    assert told(place, "en") == ["Coordinators, 12:00: Lend here. Next update at 13:00."]
    outage.send_message({}, lending=False)
    assert told(place)[0].endswith("C1 n’est plus en vigueur.")


@pytest.mark.usefixtures("works")
def test_old_message_gives_way_once_alma_answers_again(context: AppContext, watch, clock) -> None:
    _, place = opened(context, visitor=STAFF)
    _, coordination = opened(context)
    coordination.guide_phase.outage.declare("Alma", message="Le fournisseur cherche la cause.")
    clock.pass_by(minutes=1)
    for status in (Status.DOWN, Status.UP):
        clock.pass_by(minutes=1)
        for key in ("alma-saml", "alma-secours"):
            watch.see_enough(key, status)
    assert told(place) == ["La coordination vous dira sur cette ligne quand reprendre Alma."]
    coordination.guide_phase.outage.send_message({"fr": "Prêtez ici jusqu’à midi."})
    assert told(place) == ["Coordination, 12:03 : Prêtez ici jusqu’à midi."]


@pytest.mark.usefixtures("works")
def test_ended_outage_leads_coordinators_to_the_transfer_until_it_is_signed(
    context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, desk = opened(context, visitor=STAFF)
    _, place = opened(context)
    outage = place.guide_phase.outage
    outage.declare("Alma")
    outage.end()
    over = "Panne « Alma » finie à 12:00."
    assert told(place) == [f"{over} [Transférer les prêts dans Alma]"]
    assert told(desk) == [over]
    signed = NOON + timedelta(seconds=1)
    monkeypatch.setattr(outage.loans_left, "signed_at", lambda: signed)
    assert told(place) == [over]


@pytest.mark.usefixtures("works")
def test_withdrawn_declaration_is_shown_for_an_hour(context: AppContext, clock) -> None:
    _, place = opened(context)
    outage = place.guide_phase.outage
    outage.declare("Alma")
    outage.withdraw_declaration("exercice")
    assert told(place) == ["Alma : déclaration retirée à 12:00. C1 n’est plus en vigueur."]
    clock.pass_by(hours=1)
    assert told(place) == []


@pytest.mark.usefixtures("works")
def test_coordinators_are_reminded_of_the_block_in_alma(context: AppContext) -> None:
    _, desk = opened(context, visitor=STAFF)
    _, place = opened(context)
    for number, point in ((1, BLOCK_OFF), (2, BLOCK_BACK)):
        context.store.journal.append(
            ChecklistTicked(id=make.id_of(number), at=NOON, point=point, operator="LM")
        )
        recalled = [
            line for line in told(place) if line.startswith("Blocage d’Alma retiré à 12:00")
        ]
        assert (len(recalled), told(desk)) == (int(point == BLOCK_OFF), [])


@pytest.mark.usefixtures("works")
@pytest.mark.parametrize(
    ("visitor", "lent", "leads"), [(STAFF, 1, "loans"), (COORDINATOR, 2, "reconciliation")]
)
def test_desk_sees_its_own_loans_after_an_undeclared_outage(
    context: AppContext, visitor: Visitor, lent: int, leads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, place = opened(context, visitor=visitor, desk="MAIL")
    phase = place.guide_phase
    start, end = NOON - timedelta(minutes=22), NOON
    loans = [
        Loan(
            id=make.id_of(number), at=NOON - timedelta(minutes=5), desk=desk, patron="P", item=desk
        )
        for number, desk in ((1, "MAIL"), (2, "CMU"))
    ]
    context.store.journal.append(*loans)
    left = phase.outage.loans_left
    monkeypatch.setattr(left, "to_bring", lambda: 2)
    place.workstations.updates.refresh()
    place.workstations.grid.last_outage = Downtime("alma-saml", start, end, None)
    assert (phase.phase, phase.lent) == (GuideMode.LENT, Lent(lent, 0))
    assert told(place) == ["La coupure a duré 22 min (11:38 – 12:00). Personne ne l’a déclarée."]
    assert f'data-go="{leads}"' in html(place)
    assert ("btn--main" in html(place), "data-step" in html(place)) == (False, False)
    monkeypatch.setattr(left, "to_bring", lambda: 0)  # all loans are in Alma
    told(place)
    assert phase.phase is GuideMode.CALM

"""The frame of a page shows the status bar and the guide before the session is ready."""

import re

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.pages.first_view import FirstView
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.translations import language
from dashboard.ui.shell import frame
from procedure.monitoring.model import FailureCause, Status
from tests.support.clock import Clock
from tests.support.still_watch import StillWatch


@pytest.fixture
def view(context: AppContext) -> FirstView:
    return FirstView(ReconciliationLedger(context), language("fr"))


def sentence(view: FirstView, **session: str) -> str:
    (text,) = re.findall(
        r'live" data-title.*?<h1>(.*?)</h1>', view.parts(Session(**session))["state"]
    )
    return text


def test_parts_follow_the_watch(view: FirstView, context, watch: StillWatch, clock: Clock) -> None:
    assert "Premier relevé en cours." in sentence(view)
    for key in context.handbook.current.targets:
        watch.see_enough(key, Status.UP)
    assert sentence(view) == "Tout répond. <span>Rien à faire.</span>"
    clock.pass_by(seconds=2)
    for key in ("alma-saml", "alma-secours"):
        watch.see_enough(key, Status.DOWN, cause=FailureCause.TIMEOUT)
    assert "Alma ne répond plus depuis" in sentence(view)
    guide = view.parts(Session())["guide"]
    assert "Un lecteur attend\u202f? Prêtez." in guide
    assert guide.count("is-seen-down") == 2


def test_parts_ask_the_question_named_in_the_address(view: FirstView) -> None:
    asked = [
        view.parts(Session(query=query))["guide"] for query in ("step=A1", "walk=A1.no&step=A2")
    ]
    now = r'aria-current="step" data-step="(\w+)"'
    assert [re.findall(now, html) for html in asked] == [["A1"], ["A2"]]


def test_parts_of_another_place_leave_out_the_guide(view: FirstView) -> None:
    assert set(view.parts(Session(page="loans"))) == {"naming", "state", "outage"}


def test_parts_escape_the_workstation_name(view: FirstView) -> None:
    naming = view.parts(Session(workstation="<b>&"))["naming"]
    assert "&lt;b&gt;&amp;" in naming


def test_frame_has_the_parts_in_place_of_the_live_ones(view: FirstView, context) -> None:
    session = Session()
    parts = view.parts(session)
    page = frame(session, language("fr"), context.handbook.current, "token", first=parts)
    for name in ("naming", "state", "outage", "guide"):
        held = "" if name == "guide" else "<div></div>"
        root = f'<div data-root="{name}" style="display: contents">{held}</div>'
        assert f'{root}<div class="first" inert>{parts[name]}</div>' in page
    assert "waiting state" not in page

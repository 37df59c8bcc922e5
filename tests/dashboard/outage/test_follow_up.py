"""Who leads, who is where, the tasks and the review: said on one page, shown on every page."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.users import SignedInBy, user_of
from dashboard.outage.banner import OutageBanner
from dashboard.outage.follow_up import FollowUpState
from dashboard.outage.follow_up_view import FollowUpForm, OpenTasksView
from dashboard.translations import language
from procedure.access.roles import Role
from procedure.errors import OutageRefused
from procedure.outages.desk_presence import AtDesk
from tests.dashboard.conftest import NOON, Clock
from tests.support import make
from tests.support.page_models import outage_of

FRENCH = language("fr")


def follow_up_of(context: AppContext, **session: object) -> FollowUpState:
    return FollowUpState(outage=outage_of(context, Session(workstation="pc-1", **session)))


@pytest.fixture
def state(context: AppContext) -> FollowUpState:
    """The follow-up of an outage that lasts."""
    made = follow_up_of(context)
    made.outage.declare("Alma", begun="11:30")
    return made


def refused(state: FollowUpState, *act: str) -> str:
    name, *words = act
    with pytest.raises(OutageRefused) as refusal:
        getattr(state, name)(*words)
    return refusal.value.reason


def test_leader_is_on_every_page_and_hands_over(
    context: AppContext, state: FollowUpState, clock: Clock
) -> None:
    other = outage_of(context, Session(workstation="pc-2"))
    banner = OutageBanner(outage=other, language=FRENCH).__panel__()
    assert "menée par" not in banner.html
    state.lead(" L.  Martin ")
    clock.pass_by(minutes=5)
    other.updates.refresh()
    assert "La panne est menée par L. Martin. " in banner.html
    state.lead("A. Favre")
    other.updates.refresh()
    assert "La panne est menée par A. Favre. " in banner.html
    kept = [(led.leader, led.at, led.operator) for led in state.record.follow_up.leaders]
    assert kept == [("L. Martin", NOON, "LM"), ("A. Favre", NOON + timedelta(minutes=5), "LM")]
    assert refused(state, "lead", " ") == "leader_missing"


def test_tasks_stand_until_somebody_has_done_them(
    context: AppContext, state: FollowUpState, clock: Clock
) -> None:
    state.add_task("Print SLSP-123456789", "L. Martin", "")
    state.add_task("Ask EU03", "A. Favre", "2026-12-01")
    state.outage.end()
    other = follow_up_of(context)
    shown = OpenTasksView(follow_up=other, language=FRENCH)
    assert [(task.added.text, task.added.due) for task in other.open_tasks] == [
        ("Ask EU03", date(2026, 12, 1)),
        ("Print […]", None),
    ]
    clock.pass_by(days=3)
    first = str(other.open_tasks[0].added.id)
    shown._form(f"finish:{first}", {})
    assert [task.added.text for task in other.open_tasks] == ["Print […]"]
    shown._form(f"finish:{first}", {})
    assert "déjà faite" in shown.refusal
    other.add_task("Write to the readers", "A. Favre", "")
    for task in other.open_tasks:
        other.finish(str(task.added.id))
    assert not shown._is_shown()
    done = {task.added.text: task.done.operator for task in other.record.follow_up.tasks}
    assert done == dict.fromkeys(["Print […]", "Ask EU03", "Write to the readers"], "LM")


def test_refused_follow_up_records_nothing(context: AppContext, state: FollowUpState) -> None:
    before = context.journal.position()
    assert refused(state, "add_task", " ", "A.", "") == "task_missing"
    assert refused(state, "add_task", "Ask", " ", "") == "owner_missing"
    assert refused(state, "add_task", "Ask", "A.", "tomorrow") == "no_day"
    assert refused(state, "finish", str(uuid4())) == "task_unknown"
    assert refused(state, "review", "", " ", "\n") == "review_unchanged"
    assert refused(state, "review", "x" * 4001, "", "") == "review_too_long"
    state.finish("no id")
    state.outage.session.name_signer("")
    assert refused(state, "lead", "A. Favre") == "name_missing"
    assert context.journal.position() == before
    nobody = follow_up_of(context)
    assert nobody.record == state.record


def test_review_is_the_newest_and_earlier_ones_stay(
    context: AppContext, state: FollowUpState
) -> None:
    state.outage.end()
    state.review("Two links down.\n\nCard 2060000017.", "", "")
    state.review("Two links down.", "11:30", "Call earlier.")
    kept = state.record.follow_up
    assert (kept.review.happened, kept.review.noticed, kept.review.change) == (
        "Two links down.",
        "11:30",
        "Call earlier.",
    )
    assert [one.happened for one in kept.reviews] == [
        "Two links down.\n\nCard […].",
        "Two links down.",
    ]


def test_panel_shows_who_is_at_which_desk(
    context: AppContext, state: FollowUpState, clock: Clock
) -> None:
    by = {"workstation": "pc-7", "operator": "sk"}
    context.journal.append(
        make.loan(1, at=NOON - timedelta(hours=3), **by),
        make.loan(2, at=NOON - timedelta(minutes=9), **by),
        make.loan(3, at=NOON - timedelta(minutes=2), workstation="pc-8"),
        make.back(4, "1060348821", at=NOON - timedelta(minutes=5), **by),
    )
    clock.pass_by(seconds=1)
    state.outage.updates.refresh()
    ago = timedelta(minutes=1)
    assert state.at_desks == (
        AtDesk("MAIL", "pc-8", "", NOON - 2 * ago, 1),
        AtDesk("MAIL", "pc-7", "sk", NOON - 5 * ago, 2),
    )
    html = FollowUpForm(follow_up=state, language=FRENCH).__panel__().html
    assert "Uni Mail, prêt" in html
    assert ", sk, pc-7" in html
    state.outage.end()
    assert state.at_desks == ()


@pytest.mark.parametrize("code", ["fr", "en", "de"])
def test_forms_do_what_they_say(context: AppContext, state: FollowUpState, code: str) -> None:
    form = FollowUpForm(follow_up=state, language=language(code))
    form._form("lead", {"leader": "<b>"})
    form._form("add", {"text": "Ask", "owner": "A.", "due": "2026-12-01"})
    form._form("review", {"happened": "</textarea><b>", "noticed": "", "change": ""})
    assert form.refusal == ""
    shown = form.__panel__().html
    assert ("&lt;b&gt;" in shown, "</textarea><b>" in shown) == (True, False)
    form._form("add", {})
    assert form.refusal in form.__panel__().html
    assert form.refusal


def test_calm_page_asks_who_where_nobody_signs_in(
    context: AppContext, state: FollowUpState
) -> None:
    state.add_task("Ask EU03", "A. Favre", "")
    nobody = FollowUpState(outage=outage_of(context, Session(workstation="pc-2")))
    nobody.outage.session.name_signer("")
    shown = OpenTasksView(follow_up=nobody, language=FRENCH)
    task = str(nobody.open_tasks[0].added.id)
    assert 'name="who"' in shown.__panel__().html
    shown._form(f"finish:{task}", {"who": ""})
    assert "qui agit" in shown.refusal
    shown._form(f"finish:{task}", {"who": "B. Roy"})
    assert nobody.record.follow_up.tasks[0].done.operator == "B. Roy"
    staff = user_of(Role.STAFF, "sam", SignedInBy.ACCOUNT)
    state.add_task("Print", "A. Favre", "")
    reader = FollowUpState(outage=outage_of(context, Session(user=staff)))
    page = OpenTasksView(follow_up=reader, language=FRENCH).__panel__().html
    assert ("Print" in page, "Fait" in page) == (True, False)


def test_nothing_is_shown_before_the_first_outage(context: AppContext) -> None:
    state = follow_up_of(context)
    form = FollowUpForm(follow_up=state, language=FRENCH)
    assert (form._is_shown(), form.__panel__().html) == (False, "")
    assert refused(state, "lead", "A. Favre") == "none_stands"

"""Suggestions are confirmed exactly as the screen shows them, or not at all."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.guide.guide import Guide
from dashboard.guide.suggested_path import SuggestedPath, suggested
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.grid import ProbeGrid
from procedure.diagnosis.suggestion import Suggestion, SuggestionReason
from procedure.guide.walk import AnswerGiven
from procedure.monitoring.model import Status
from procedure.status_pages.status import PageStatus
from tests.support.page_models import outage_of, record_round

ALL = "A1.no-A2.no-A3.yes-A4.no"
SUNDAY = datetime(2026, 11, 29, 11, 0, tzinfo=UTC)


@dataclass
class Desk:
    """A page that shows the guide, and a colleague's page."""

    context: AppContext
    suggested_path: SuggestedPath
    colleague: DiagnosisState

    @property
    def guide(self) -> Guide:
        return self.suggested_path.guide

    def look(self, *, alma: bool, here: bool = True) -> None:
        record_round(self.colleague, alma=alma)
        if here:
            record_round(self.suggested_path.diagnosis, alma=alma)
        self.suggested_path.diagnosis.updates.refresh()

    def read(self, word: PageStatus = PageStatus.OK) -> None:
        for page in self.suggested_path.diagnosis.pages:
            self.suggested_path.diagnosis.read(page, word)

    def kept(self) -> list[AnswerGiven]:
        entries = (entry.entry for entry in self.context.store.journal.since())
        return [entry for entry in entries if isinstance(entry, AnswerGiven)]

    def given(self) -> list[tuple[str, str]]:
        return [(answer.step, answer.answer) for answer in self.kept()]


def asked(path: SuggestedPath) -> str:
    """Return the state of each question, with its answer."""
    return ", ".join(
        f"{question.step} {question.asking} {question.answer}".strip()
        for question in path.questions
    )


@pytest.fixture
def desk(context: AppContext) -> Desk:
    session, grid = Session(workstation="pc-1", desk="MAIL"), ProbeGrid(context=context)
    diagnosis = DiagnosisState(context=context, session=session, grid=grid)
    guide = Guide(context=context, session=session, grid=grid)
    beside = Session(workstation="pc-2", desk="CMU")
    colleague = DiagnosisState(context=context, session=beside, grid=grid)
    return Desk(context, SuggestedPath(guide=guide, diagnosis=diagnosis), colleague)


@pytest.fixture
def sure(desk: Desk) -> Desk:
    """Add fresh evidence for every question at a desk."""
    desk.look(alma=False)
    desk.read()
    return desk


def test_suggested_path_without_evidence_is_empty(desk: Desk) -> None:
    suggested_path = desk.suggested_path
    assert (
        suggested_path.steps,
        suggested_path.proposal,
        suggested_path.end,
    ) == ((), "", "A1")
    assert asked(suggested_path) == "A1 asked, A2 not_asked, A3 not_asked, A4 not_asked"
    assert suggested_path.open_question == Suggestion(
        "A1", None, SuggestionReason("pages_unread", {"count": 0, "of": 3})
    )
    suggested_path.confirm("")
    assert desk.given() == []


def test_suggested_path_with_fresh_evidence_is_whole(sure: Desk) -> None:
    suggested_path = sure.suggested_path
    assert (
        suggested_path.proposal,
        suggested_path.open_question,
        suggested_path.end,
    ) == (ALL, None, "B2")
    assert asked(suggested_path) == (
        "A1 suggested no, A2 suggested no, A3 suggested yes, A4 suggested no"
    )
    assert sure.given() == []  # suggested, but nobody has answered


def test_confirm_answers_every_step_in_order_with_its_evidence(sure: Desk) -> None:
    seen: list[str] = []
    sure.guide.param.watch(lambda event: seen.append(event.new), "address")
    sure.guide.session.name_signer("Anne Blanc")
    sure.suggested_path.confirm(ALL)
    assert sure.given() == [("A1", "no"), ("A2", "no"), ("A3", "yes"), ("A4", "no")]
    assert (sure.guide.step, seen) == ("B2", ["walk=A1.no-A2.no-A3.yes-A4.no&step=B2"])
    kept = sure.kept()
    assert [answer.readings[-1] for answer in kept] == [
        "suggested no: all 3 status pages were read recently and report nothing",
        "suggested no: 0 of 1 other workstations reach Alma",
        "suggested yes: an address answers from here",
        "suggested no: none of 2 addresses answers from here",
    ]
    # Each answer has a reading for each target of its step, and one for the reason.
    assert [len(answer.readings) for answer in kept] == [4, 1, 2, 3]
    assert {(answer.workstation, answer.initials, answer.walk) for answer in kept} == {
        ("pc-1", "AB", kept[0].walk)
    }


def test_confirm_refuses_an_outdated_proposal(sure: Desk) -> None:
    sure.read(PageStatus.INCIDENT)
    sure.suggested_path.confirm(ALL)
    assert (sure.given(), sure.guide.step) == ([], "A1")
    assert (sure.suggested_path.changed, sure.suggested_path.proposal, sure.suggested_path.end) == (
        True,
        "A1.yes",
        "C1",
    )
    sure.suggested_path.confirm("A1.yes")
    assert sure.given() == [("A1", "yes")]
    assert not sure.suggested_path.changed


def test_confirm_notices_expired_evidence(sure: Desk, clock) -> None:
    clock.pass_by(minutes=16)
    assert sure.suggested_path.proposal == ALL  # the suggestions have not been computed again since
    sure.suggested_path.confirm(ALL)
    assert (sure.given(), sure.suggested_path.changed) == ([], True)


def test_suggested_path_ends_at_a_step_without_suggestion(desk: Desk) -> None:
    desk.read()
    suggested_path = desk.suggested_path
    assert (suggested_path.proposal, suggested_path.end) == ("A1.no", "A2")
    assert asked(suggested_path) == "A1 suggested no, A2 later, A3 not_asked, A4 not_asked"
    assert suggested_path.open_question == Suggestion("A2", None, SuggestionReason("no_colleague"))
    suggested_path.confirm(ALL)
    assert desk.given() == []
    suggested_path.confirm("A1.no")
    assert (desk.given(), suggested_path.proposal) == ([("A1", "no")], "")
    assert asked(suggested_path) == "A1 answered no, A2 asked, A3 not_asked, A4 not_asked"
    suggested_path.answer("A2", "no")
    assert desk.kept()[-1].readings == (
        "suggested none: no other workstation shows whether Alma works",
    )


def test_first_answer_that_leads_to_lending_skips_the_other_questions(sure: Desk) -> None:
    sure.read(PageStatus.INCIDENT)
    assert (
        asked(sure.suggested_path) == "A1 suggested yes, A2 not_asked, A3 not_asked, A4 not_asked"
    )
    sure.suggested_path.confirm("A1.yes")
    assert (sure.given(), sure.guide.step) == ([("A1", "yes")], "C1")
    assert asked(sure.suggested_path) == "A1 answered yes, A2 not_asked, A3 not_asked, A4 not_asked"


def test_answer_against_the_suggestion_records_both(sure: Desk) -> None:
    sure.suggested_path.answer("A1", "yes")
    (kept,) = sure.kept()
    assert (kept.answer, kept.readings[-1]) == (
        "yes",
        "suggested no: all 3 status pages were read recently and report nothing",
    )
    assert (sure.guide.step, sure.suggested_path.steps, sure.suggested_path.open_question) == (
        "C1",
        (),
        None,
    )


def test_suggested_path_leaves_out_answered_steps(sure: Desk) -> None:
    sure.suggested_path.confirm(ALL)
    assert (sure.suggested_path.proposal, sure.suggested_path.open_question) == ("", None)
    sure.suggested_path.confirm("A2.no")
    assert len(sure.given()) == 4


def test_changed_answer_leads_elsewhere_and_is_recorded(sure: Desk) -> None:
    sure.suggested_path.confirm(ALL)
    sure.suggested_path.answer("A2", "yes")
    assert (sure.given()[4:], sure.guide.step) == ([("A2", "yes")], "B1")
    sure.suggested_path.answer("A2", "yes")  # a click that comes too late
    assert len(sure.given()) == 5


def test_suggested_path_leads_to_lending_at_the_weekend(sure: Desk, clock) -> None:
    clock.at = SUNDAY
    sure.look(alma=True)
    sure.read()
    assert sure.suggested_path.proposal == "A1.no-A2.yes"
    assert sure.suggested_path.end == "C1"


def test_suggested_path_of_a_workstation_needs_more_than_the_server(desk: Desk, watch) -> None:
    watch.see_enough("alma-saml", Status.DOWN)
    desk.suggested_path.diagnosis.updates.refresh()
    assert desk.suggested_path.proposal == ""


def test_open_procedure_closes_once_all_is_well(desk: Desk, watch, clock) -> None:
    desk.guide.begin()
    updates = desk.suggested_path.diagnosis.updates
    opened = []
    for minutes, status in ((16, Status.DOWN), (1, Status.UP), (15, Status.UP)):
        clock.pass_by(minutes=minutes)
        for target in watch.targets:
            watch.see_enough(target, status)
        if minutes == 1:
            desk.guide.begin()
        updates.refresh()
        opened.append(desk.guide.is_open)
    clock.pass_by(seconds=1)
    updates.refresh()
    assert (opened, desk.guide.is_open) == ([True, True, True], False)


def test_nothing_is_suggested_without_a_rule() -> None:
    assert suggested(None) == ()


@pytest.mark.parametrize(("answers", "left"), [(ALL, False), ("A1.no", True)])
def test_suggested_path_closes_a_completed_procedure_when_the_outage_ends(
    sure: Desk, watch, clock, answers: str, left: bool
) -> None:
    outage = outage_of(sure.context, sure.guide.session)
    outage.declare("Alma")
    for answer in answers.split("-"):
        sure.suggested_path.answer(*answer.split("."))
    for _ in range(3):
        clock.pass_by(minutes=1)
        for target in sure.context.handbook.current.targets:
            watch.see(target, Status.UP)
        sure.look(alma=True)
    assert sure.guide.is_open
    outage.end()
    clock.pass_by(seconds=1)
    sure.suggested_path.diagnosis.updates.refresh()
    assert sure.guide.is_open is left

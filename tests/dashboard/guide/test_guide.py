"""An answer leads to the next step, is recorded with the readings, and becomes part of the URL."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.guide.guide import Guide, initials_of
from dashboard.monitoring.grid import ProbeGrid
from procedure.errors import JournalUnwritable
from procedure.guide.contact_hours import ContactAvailability, Presence
from procedure.guide.walk import AnswerGiven
from procedure.monitoring.model import FailureCause, Status
from tests.support.memory import MemoryJournal

SATURDAY = datetime(2026, 11, 28, 11, 0, tzinfo=UTC)

Open = Callable[..., Guide]


@pytest.fixture
def open_guide(context: AppContext) -> Open:
    def opened(query: str = "", **session: Any) -> Guide:
        who = Session(query=query, **session)
        return Guide(context=context, session=who, grid=ProbeGrid(context=context))

    return opened


def kept(context: AppContext) -> list[AnswerGiven]:
    return [
        entry.entry
        for entry in context.store.journal.since()
        if isinstance(entry.entry, AnswerGiven)
    ]


def answered(guide: Guide, *keys: str) -> Guide:
    for key in keys:
        guide.answer(guide.step, key)
    return guide


def test_guide_opens_at_the_first_question(open_guide: Open) -> None:
    guide = open_guide()
    assert (guide.step, guide.path, guide.address, guide.is_open) == ("A1", (), "", False)


def test_answer_leads_to_the_next_question(open_guide: Open) -> None:
    guide = answered(open_guide(), "no", "no")
    assert (guide.step, guide.path) == ("A3", (("A1", "no"), ("A2", "no")))
    assert guide.address == "walk=A1.no-A2.no&step=A3"
    assert guide.is_open


def test_answer_is_recorded_with_person_time_and_evidence(
    open_guide: Open, context: AppContext, watch, clock
) -> None:
    watch.see("etats-unige", Status.UP)
    watch.see("slsp-psi", Status.DOWN, cause=FailureCause.TIMEOUT)
    guide = open_guide(workstation="poste-12", signer="a.b")
    guide.answer("A1", "no")
    (given,) = kept(context)
    assert replace(given, id=None, walk=None) == AnswerGiven(
        id=None,
        at=clock.at,
        walk=None,
        step="A1",
        answer="no",
        workstation="poste-12",
        initials="AB",
        readings=(
            "etats-unige server up 2026-11-24T11:00:00Z",
            "slsp-psi server down timeout 2026-11-24T11:00:00Z",
            "exlibris-status server unknown",
        ),
    )


def test_answers_of_one_walk_are_grouped(open_guide: Open, context: AppContext) -> None:
    guide = answered(open_guide(), "no", "no")
    guide.close()
    guide.answer("A1", "yes")
    first, second, third = (answer.walk for answer in kept(context))
    assert first == second != third


def test_repeated_or_unasked_answer_is_ignored(open_guide: Open, context: AppContext) -> None:
    guide = open_guide()
    guide.answer("A1", "no")
    guide.answer("A1", "no")
    guide.answer("A2", "maybe")
    guide.answer("A3", "yes")
    assert (guide.step, len(kept(context))) == ("A2", 1)


def test_changed_answer_leads_to_another_step(open_guide: Open, context: AppContext) -> None:
    guide = answered(open_guide(), "no", "no", "no")
    assert guide.step == "B2"
    guide.answer("A2", "yes")
    assert (guide.step, guide.path) == ("B1", (("A1", "no"), ("A2", "yes")))
    guide.answer("A2", "no")
    assert (guide.step, len(kept(context))) == ("B2", 5)  # the guide kept A3's answer


def test_begin_opens_the_guide_and_close_closes_it(open_guide: Open) -> None:
    guide = open_guide()
    guide.begin()
    assert (guide.is_open, guide.address) == (True, "step=A1")
    guide.close()
    assert (guide.is_open, guide.address) == (False, "")


@pytest.mark.parametrize(
    ("query", "step", "address"),
    [
        ("walk=A1.no-A2.no&step=A3", "A3", "walk=A1.no-A2.no&step=A3"),
        ("lang=en&walk=A1.no-A2.no-A3.no&step=A2", "B2", "walk=A1.no-A2.no-A3.no&step=B2"),
        ("walk=A1.no-A2.perhaps-Q7.yes&step=A2", "A2", "walk=A1.no&step=A2"),
        ("walk=A1.no&step=A4", "A2", "walk=A1.no&step=A2"),
        ("walk=%3Cscript%3E&step=%00", "A1", ""),
        ("step=C1", "A1", "step=A1"),
        ("page=loans", "A1", ""),
    ],
)
def test_follow_reads_an_address_as_far_as_possible(
    open_guide: Open, context: AppContext, query: str, step: str, address: str
) -> None:
    guide = open_guide(query)
    assert (guide.step, guide.address) == (step, address)
    assert kept(context) == []


def test_lending_replaces_the_coordination_at_the_weekend(open_guide: Open, clock) -> None:
    guide = open_guide("walk=A1.no-A2.yes&step=B1")
    assert (guide.step, guide.applying) == ("B1", "B1")
    clock.at = SATURDAY
    guide.updates.refresh()
    assert (guide.step, guide.applying) == ("B1", "C1")
    monday = datetime(2026, 11, 29, 23, 0, tzinfo=UTC)
    assert guide.reachability("codis") == ContactAvailability(Presence.CLOSED, monday)


class FullDisk(MemoryJournal):
    """A journal on a full disk, which records nothing."""

    def submit(self, *entries: Any, unless_newer: Any = None) -> Future[Any]:
        refused: Future[Any] = Future()
        refused.set_exception(JournalUnwritable("the disk is full"))
        return refused


def test_full_disk_is_reported_and_does_not_stop_the_guide(context: AppContext, clock) -> None:
    context.store.journal = FullDisk(clock)
    guide = Guide(context=context, session=Session(), grid=ProbeGrid(context=context))
    guide.answer("A1", "no")
    assert (guide.step, guide.recorded) == ("A2", True)
    clock.pass_by(seconds=1)
    guide.updates.refresh()
    assert (guide.step, guide.recorded) == ("A2", False)


@pytest.mark.parametrize(
    ("name", "initials"),
    [("ab", "AB"), ("Anne Blanc", "AB"), (" j.-p. ", "JP"), ("U1234567", "U"), ("éàüöè", "ÉÀÜÖ")],
)
def test_initials_of_a_name(name: str, initials: str) -> None:
    assert initials_of(name) == initials

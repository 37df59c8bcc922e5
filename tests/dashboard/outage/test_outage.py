"""Every page shows the same outage: Relais suspects it; staff declare, annotate and end it."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.guide.guide import Guide
from dashboard.outage.outage import OutageState
from procedure.diagnosis.rules import FaultLocation
from procedure.diagnosis.suspected_outage import Suspected
from procedure.errors import OutageRefused
from procedure.journal import Entry, Recorded
from procedure.monitoring.model import Status
from tests.support import make, page_models
from tests.support.clock import NOON, Clock
from tests.support.still_watch import StillWatch

BY = {"workstation": "pc-1", "operator": "LM"}
ALMA = ("alma-saml", "alma-secours")


def outage_of(context: AppContext, workstation: str = "pc-1", **session: object) -> OutageState:
    return page_models.outage_of(context, Session(workstation=workstation, desk="MAIL", **session))


def look(context: AppContext, watch: StillWatch, status: Status) -> None:
    for key in (*ALMA, "switch"):
        watch.see_enough(key, Status.UP if key == "switch" else status)


def later(one: OutageState, clock: Clock, watch: StillWatch, status: Status, **length: float):
    """Let time pass; every 30 s, probe the targets and refresh the page as its timer does."""
    until = clock() + timedelta(**length)
    while clock() < until:
        clock.pass_by(seconds=30)
        look(one.context, watch, status)
        one.updates.refresh()


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(OutageRefused) as refusal:
        act()
    return refusal.value.reason


def test_lasting_trouble_is_suspected_and_declares_nothing(
    context: AppContext, clock: Clock, watch: StillWatch
) -> None:
    look(context, watch, Status.DOWN)
    one = outage_of(context)
    later(one, clock, watch, Status.DOWN, minutes=2)
    assert one.suspected is None
    later(one, clock, watch, Status.DOWN, minutes=1)
    assert one.suspected == Suspected(FaultLocation.ALMA, NOON)
    assert (one.record, context.store.journal.position()) == (None, 0)


def test_planned_work_under_way_is_suspected_at_once_by_its_title(
    context: AppContext, clock: Clock
) -> None:
    start, end = NOON - timedelta(minutes=1), NOON + timedelta(hours=1)
    context.store.journal.append(make.planned(uuid4(), start, end, at=NOON, title="Mise à jour"))
    one = outage_of(context)
    assert one.suspected == Suspected(FaultLocation.PLANNED, start, True, "Mise à jour", end)
    one.declare("Mise à jour", message="Prêtez en secours.")
    assert one.record.declared.planned
    assert one.record.declared.suspected == "planned"


def test_declared_outage_is_on_every_page(context: AppContext, clock: Clock) -> None:
    one, other = outage_of(context), outage_of(context, "pc-2")
    one.declare(" Alma  EU03 ", begun="11:48", message="Prêtez en secours.", news="12:40")
    other.updates.refresh()
    record = other.record
    declared = record.declared
    assert declared == make.outage(
        declared.id, "Alma EU03", at=NOON, begun=NOON - timedelta(minutes=12), internal=True, **BY
    )
    news = record.news[0]
    assert record.news == (
        make.news(
            news.id,
            declared.id,
            "Prêtez en secours.",
            at=NOON,
            next_news=NOON + timedelta(minutes=40),
            lending=True,
            internal=True,
            **BY,
        ),
    )
    assert (record.lending, other.over, other.overdue) == (True, None, False)
    clock.pass_by(minutes=40)
    other.updates.refresh()
    assert other.overdue


def test_declare_twice_at_once_is_refused(context: AppContext) -> None:
    one, other = outage_of(context), outage_of(context, "pc-2")
    # Neither page has seen this declaration: the folds are one entry behind the journal.
    context.folds.update()
    behind = make.outage(uuid4(), at=NOON)
    context.store.journal.append(behind)
    assert refused(lambda: one.declare("Alma")) == "declared_already"
    assert refused(lambda: other.declare("Alma")) == "declared_already"
    assert other.record.declared == behind
    assert len(context.folds.outages.records()) == 1


def test_messages_notes_and_contacts_are_recorded(context: AppContext) -> None:
    one = outage_of(context)
    one.declare("Alma")
    one.send_message({"fr": "Toujours en panne, SLSP-123456789 attend."}, news="13:00")
    one.send_message({}, lending=False)
    one.note("ticket 4711", contact="cad")
    one.note("  le CMU a été appelé ")
    one.note("personne", contact="mairie")
    record, outage = one.record, one.record.declared.id
    assert [(news.message, news.lending) for news in record.news] == [
        ("Toujours en panne, […] attend.", True),
        ("", False),
    ]
    assert record.news[0].next_news == NOON + timedelta(hours=1)
    assert record.next_news is None
    assert not record.lending
    assert record.notes == tuple(
        make.note(kept.id, outage, text, at=NOON, contact=contact, **BY)
        for kept, (text, contact) in zip(
            record.notes, [("ticket 4711", "cad"), ("le CMU a été appelé", None)], strict=True
        )
    )


def test_reached_contact_is_kept_during_the_outage(context: AppContext) -> None:
    one = outage_of(context)
    guide = Guide(context=context, session=one.session, grid=one.diagnosis.grid)
    guide.reached("cad")
    assert context.store.journal.position() == 0
    one.declare("Alma")
    guide.reached("cad")
    guide.reached("mairie")
    one.updates.refresh()
    assert [(note.contact, note.text, note.workstation) for note in one.record.notes] == [
        ("cad", "", "pc-1")
    ]


def test_refused_act_has_a_reason(context: AppContext) -> None:
    one = outage_of(context)
    assert refused(lambda: one.declare("  ")) == "title_missing"
    assert refused(lambda: one.declare("Alma", begun="tantôt")) == "no_time"
    assert refused(lambda: one.declare("Alma", message="ok", news="25:00")) == "no_time"
    assert refused(lambda: one.send_message({"fr": "rien"})) == "none_stands"
    assert refused(one.end) == "none_stands"
    assert context.store.journal.position() == 0
    one.declare("Alma", begun="11:30")
    assert refused(lambda: one.send_message({})) == "message_missing"
    assert refused(lambda: one.note(" ")) == "note_missing"
    assert refused(lambda: one.end("11:29")) == "end_before_begin"
    assert context.store.journal.position() == 1


def test_nobody_acts_without_a_name(context: AppContext) -> None:
    one = outage_of(context)
    one.session.name_signer("  ")
    assert refused(lambda: one.declare("Alma")) == "name_missing"
    one.session.name_signer(" L.  M. ")
    one.declare("Alma")
    assert one.record.declared.operator == "L. M."
    one.session.name_signer("")
    assert refused(one.end) == "name_missing"


def test_act_takes_account_of_what_others_did_meanwhile(context: AppContext) -> None:
    one = outage_of(context)
    one.declare("Alma", begun="11:30")
    outage = one.record.declared.id
    append, ends = context.store.journal.append, [make.ended(9, outage, at=NOON, ended=NOON)]

    def meanwhile(*entries: Entry, **more: object) -> tuple[Recorded, ...]:
        if ends:
            append(ends.pop())
        return append(*entries, **more)

    context.store.journal.append = meanwhile
    assert refused(lambda: one.send_message({"fr": "Encore en panne."})) == "none_stands"
    assert context.folds.outages.record(outage).news == ()


def test_lasting_recovery_suggests_the_end_that_a_person_confirms(
    context: AppContext, clock: Clock, watch: StillWatch
) -> None:
    look(context, watch, Status.UP)
    one, other = outage_of(context), outage_of(context, "pc-2")
    one.declare("Alma", begun="11:30")
    later(one, clock, watch, Status.UP, minutes=9, seconds=30)
    assert one.well_since is None
    later(one, clock, watch, Status.UP, seconds=30)
    assert one.well_since == NOON
    assert one.record is not None
    one.end("12:00")
    other.updates.refresh()
    assert (one.record, other.record, one.well_since) == (None, None, None)
    ended = other.over.over
    assert ended == make.ended(ended.id, other.over.declared.id, at=clock(), ended=NOON, **BY)
    clock.pass_by(hours=12)
    other.updates.refresh()
    assert other.over is None

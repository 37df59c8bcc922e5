"""Many eyes over one context: columns, the quorum, the dispute, planned work, names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.probe_grid import ProbeGrid
from dashboard.monitoring.workstation_name import WorkstationName
from dashboard.monitoring.workstations import Quorum, Workstations
from dashboard.outage.planned_work import PlannedWork
from procedure.diagnosis.disagreement import Dispute
from procedure.monitoring.model import Status, Vantage
from procedure.status_pages.maintenance import MaintenanceWindow
from procedure.status_pages.status import PageStatus
from tests.dashboard.conftest import Clock

ALMA = ("alma-saml", "alma-secours")


def eyes_of(context: AppContext, workstation: str = "pc-1", desk: str = "MAIL") -> Workstations:
    board = ProbeGrid(context=context)
    insight = DiagnosisState(
        context=context, session=Session(workstation=workstation, desk=desk), board=board
    )
    return Workstations(board=board, insight=insight)


def look(eyes: Workstations, *, alma: bool) -> None:
    looks = [{"target": key, "answered": alma, "ms": 50} for key in ALMA]
    eyes.insight.sighted([*looks, {"target": "switch", "answered": True, "ms": 20}], 0)


def renew(eyes: Workstations, clock: Clock, **length: float) -> None:
    clock.pass_by(**(length or {"seconds": 3}))
    eyes.updates.refresh()


def test_without_workstations_there_is_no_column(context: AppContext) -> None:
    eyes = eyes_of(context)
    assert (eyes.sites, eyes.quorum, eyes.dispute) == ({}, Quorum(), None)


def test_a_column_a_site_and_a_quorum_with_its_denominator(
    context: AppContext, clock: Clock
) -> None:
    eyes = eyes_of(context)
    look(eyes, alma=True)
    look(eyes_of(context, "pc-2", "CMU"), alma=False)
    look(eyes_of(context, "pc-3", ""), alma=True)
    renew(eyes, clock)
    assert list(eyes.sites.items()) == [("Uni CMU", 1), ("Uni Mail", 1), ("", 1)]
    assert eyes.quorum == Quorum(2, 3, 2)
    total = eyes.polls["alma-saml"][-1]
    assert (total.reach, total.of, total.verdict) == (2, 3, Status.SLOW)
    assert eyes.poll("alma-saml/@Uni CMU") is eyes.polls["alma-saml"][0]
    assert eyes.polls["offline-utility"] == ()


def test_an_old_look_is_unknown_and_never_green(context: AppContext, clock: Clock) -> None:
    eyes = eyes_of(context)
    look(eyes, alma=True)
    renew(eyes, clock, minutes=29)
    assert eyes.polls["switch"][-1].verdict is Status.UP
    eyes_of(context, "pc-2").insight.report(works=False)  # trouble: looks are due every minute
    renew(eyes, clock, seconds=15)
    looks = eyes.polls["switch"][-1].looks
    assert [(one.vantage.key, one.verdict) for one in looks] == [("pc-1", Status.UNKNOWN)]


def test_a_persons_word_outweighs_the_look_and_is_counted(
    context: AppContext, clock: Clock
) -> None:
    eyes = eyes_of(context)
    look(eyes, alma=True)
    eyes.insight.report(works=False)
    renew(eyes, clock)
    assert eyes.quorum == Quorum(0, 1, 1)
    assert [one.works for one in eyes.reports] == [False]
    renew(eyes, clock, minutes=15)
    assert eyes.reports == ()


def test_a_silent_vendor_against_what_we_see_is_a_dispute(
    context: AppContext, clock: Clock
) -> None:
    eyes = eyes_of(context)
    look(eyes, alma=False)
    eyes.insight.read("exlibris-status", PageStatus.OK)
    renew(eyes, clock)
    assert eyes.dispute is not None
    assert (eyes.dispute.kind, eyes.dispute.failing.count) == (Dispute.SILENT, 1)


def test_planned_work_is_entered_served_to_all_and_withdrawn(context: AppContext) -> None:
    here, there = eyes_of(context), eyes_of(context, "pc-2")
    planning = PlannedWork(insight=here.insight)
    planning.open()
    planning.plan("2026-11-29T02:00", "2026-11-29T04:00", "  mise à jour ")
    there.insight.updates.refresh()
    window = MaintenanceWindow(
        datetime(2026, 11, 29, 1, 0, tzinfo=UTC),
        datetime(2026, 11, 29, 3, 0, tzinfo=UTC),
        "person:pc-1",
        "mise à jour",
    )
    assert (planning.opened, planning.refusal) == (False, "")
    assert there.insight.windows == (window,)
    planning.withdraw("nonsense")
    assert here.insight.windows == (window,)
    planning.withdraw(planning.id_of(window))
    assert here.insight.windows == ()


def test_impossible_work_is_refused_and_the_form_stays(context: AppContext) -> None:
    planning = PlannedWork(insight=eyes_of(context).insight)
    planning.open()
    planning.plan("2027-03-28T02:30", "2027-03-28T04:00", "")
    assert (planning.opened, planning.refusal) == (True, "begin_skipped")
    assert context.voices.windows() == ()


def test_a_new_name_takes_what_was_seen_with_it(context: AppContext, clock: Clock) -> None:
    eyes = eyes_of(context, "poste-1a2b", "")
    look(eyes, alma=True)
    naming = WorkstationName(insight=eyes.insight)
    assert naming.unnamed
    naming.call("  prêt  2 ", "Uni CMU", vdi=True)
    assert context.vantages == {"prêt 2": Vantage("prêt 2", "Uni CMU", vdi=True)}
    assert {key for _, key in context.sightings} == {"prêt 2"}
    assert (naming.unnamed, naming.opened, naming.given) == (False, False, True)
    renew(eyes, clock)
    assert eyes.quorum == Quorum(1, 1, 1)


@pytest.mark.parametrize(
    ("name", "refusal"),
    [("", "empty"), ("poste-9", "empty"), ("pc-2", "taken"), ("server", "taken")],
)
def test_a_name_that_would_mislead_is_refused(context: AppContext, name: str, refusal: str) -> None:
    look(eyes_of(context, "pc-2"), alma=True)
    naming = WorkstationName(insight=eyes_of(context, "poste-1a2b").insight)
    naming.call(name, "", vdi=False)
    assert (naming.refusal, naming.insight.session.workstation) == (refusal, "poste-1a2b")

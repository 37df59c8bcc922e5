"""Several workstations share a context: columns, quorum, disagreement, planned work and names."""

from datetime import UTC, datetime

import pytest

from dashboard.core.context import AppContext
from dashboard.monitoring.workstation_name import WorkstationName
from dashboard.monitoring.workstations import Quorum, Workstations
from dashboard.outage.planned_work import PlannedWorkState
from procedure.diagnosis.disagreement import Dispute
from procedure.monitoring.model import Status, Vantage
from procedure.status_pages.maintenance import PlannedWork
from procedure.status_pages.status import PageStatus
from tests.support.clock import Clock
from tests.support.page_models import record_round, workstations_of

ALMA = ("alma-saml", "alma-secours")


def renew(workstations: Workstations, clock: Clock, **length: float) -> None:
    clock.pass_by(**(length or {"seconds": 3}))
    workstations.updates.refresh()


def test_no_workstations_make_no_column(context: AppContext) -> None:
    workstations = workstations_of(context)
    assert (workstations.sites, workstations.quorum, workstations.disagreement) == (
        {},
        Quorum(),
        None,
    )


def test_workstations_have_a_column_per_site_and_a_quorum(
    context: AppContext, clock: Clock
) -> None:
    workstations = workstations_of(context)
    record_round(workstations.diagnosis, alma=True)
    record_round(workstations_of(context, "pc-2", "CMU").diagnosis, alma=False)
    record_round(workstations_of(context, "pc-3", "").diagnosis, alma=True)
    renew(workstations, clock)
    assert list(workstations.sites.items()) == [("Uni CMU", 1), ("Uni Mail", 1), ("", 1)]
    assert workstations.quorum == Quorum(2, 3, 2)
    total = workstations.summaries["alma-saml"][-1]
    assert (total.reach, total.of, total.status) == (2, 3, Status.SLOW)
    assert workstations.summary("alma-saml/@Uni CMU") is workstations.summaries["alma-saml"][0]
    assert workstations.summaries["offline-utility"] == ()


def test_old_reading_of_a_workstation_is_unknown(context: AppContext, clock: Clock) -> None:
    workstations = workstations_of(context)
    record_round(workstations.diagnosis, alma=True)
    renew(workstations, clock, minutes=29)
    assert workstations.summaries["switch"][-1].status is Status.UP
    # After a report of trouble, a round is due every minute.
    workstations_of(context, "pc-2").diagnosis.report(works=False)
    renew(workstations, clock, seconds=15)
    results = workstations.summaries["switch"][-1].results
    assert [(result.vantage.key, result.status) for result in results] == [("pc-1", Status.UNKNOWN)]


def test_workstation_without_readings_for_half_an_hour_has_no_column(
    context: AppContext, clock: Clock
) -> None:
    workstations = workstations_of(context)
    record_round(workstations.diagnosis, alma=True)
    renew(workstations, clock)
    assert list(workstations.sites) == ["Uni Mail"]
    before = context.watches.workstations.version
    renew(workstations, clock, minutes=31)
    assert workstations.sites == {}
    assert context.watches.workstations.version == before + 1


def test_report_by_a_person_outweighs_the_workstations_reading(
    context: AppContext, clock: Clock
) -> None:
    workstations = workstations_of(context)
    record_round(workstations.diagnosis, alma=True)
    workstations.diagnosis.report(works=False)
    renew(workstations, clock)
    assert workstations.quorum == Quorum(0, 1, 1)
    assert [report.works for report in workstations.reports] == [False]
    renew(workstations, clock, minutes=15)
    assert workstations.reports == ()


def test_vendor_silent_about_observed_failures_is_a_dispute(
    context: AppContext, clock: Clock
) -> None:
    workstations = workstations_of(context)
    record_round(workstations.diagnosis, alma=False)
    workstations.diagnosis.read("exlibris-status", PageStatus.OK)
    renew(workstations, clock)
    assert workstations.disagreement is not None
    assert (workstations.disagreement.kind, workstations.disagreement.failing.count) == (
        Dispute.SILENT,
        1,
    )


def test_planned_work_is_entered_shown_to_all_and_withdrawn(context: AppContext) -> None:
    here, there = workstations_of(context), workstations_of(context, "pc-2")
    planned_work = PlannedWorkState(diagnosis=here.diagnosis)
    planned_work.open()
    planned_work.plan("2026-11-29T02:00", "2026-11-29T04:00", "  mise à jour ")
    there.diagnosis.updates.refresh()
    work = PlannedWork(
        datetime(2026, 11, 29, 1, 0, tzinfo=UTC),
        datetime(2026, 11, 29, 3, 0, tzinfo=UTC),
        "person:pc-1",
        "mise à jour",
    )
    assert (planned_work.opened, planned_work.refusal) == (False, "")
    assert there.diagnosis.planned_work == (work,)
    planned_work.withdraw("nonsense")
    assert here.diagnosis.planned_work == (work,)
    planned_work.withdraw(planned_work.id_of(work))
    assert here.diagnosis.planned_work == ()


def test_impossible_planned_work_is_refused_and_the_form_stays(context: AppContext) -> None:
    planned_work = PlannedWorkState(diagnosis=workstations_of(context).diagnosis)
    planned_work.open()
    planned_work.plan("2027-03-28T02:30", "2027-03-28T04:00", "")
    assert (planned_work.opened, planned_work.refusal) == (True, "begin_skipped")
    assert context.folds.staff_reports.planned_work() == ()


def test_new_name_keeps_the_readings(context: AppContext, clock: Clock) -> None:
    workstations = workstations_of(context, "poste-1a2b", "")
    record_round(workstations.diagnosis, alma=True)
    naming = WorkstationName(diagnosis=workstations.diagnosis)
    assert naming.unnamed
    naming.call("  prêt  2 ", "Uni CMU", vdi=True)
    assert context.watches.workstations.vantages == {
        "prêt 2": Vantage("prêt 2", "Uni CMU", vdi=True)
    }
    assert {key for _, key in context.watches.workstations.latest} == {"prêt 2"}
    assert (naming.unnamed, naming.opened, naming.given) == (False, False, True)
    renew(workstations, clock)
    assert workstations.quorum == Quorum(1, 1, 1)


@pytest.mark.parametrize(
    ("name", "refusal"),
    [("", "empty"), ("poste-9", "empty"), ("pc-2", "taken"), ("server", "taken")],
)
def test_misleading_name_is_refused(context: AppContext, name: str, refusal: str) -> None:
    record_round(workstations_of(context, "pc-2").diagnosis, alma=True)
    naming = WorkstationName(diagnosis=workstations_of(context, "poste-1a2b").diagnosis)
    naming.call(name, "", vdi=False)
    assert (naming.refusal, naming.diagnosis.session.workstation) == (refusal, "poste-1a2b")

"""Each rule finds its fault, but does not apply if one of its conditions is not quite met."""

from dataclasses import replace
from typing import Any

import pytest

from procedure.diagnosis.evidence import Evidence, Roles, VantageView
from procedure.diagnosis.reasons import DiagnosisReason
from procedure.diagnosis.rules import Diagnosis, FaultLocation, diagnose
from procedure.monitoring.model import SERVER, Status, Vantage
from procedure.status_pages.status import PageStatus

ROLES = Roles(usual=("alma",), outside=("switch",), campus=("campus",), pages=("page",))
UP, DOWN = Status.UP, Status.DOWN


def seen(*sights: VantageView) -> Evidence:
    return Evidence("pc-1", ROLES, {sight.vantage.key: sight for sight in sights})


def server(**statuses: Status) -> VantageView:
    return VantageView(SERVER, statuses)


def pc(name: str, *, works: bool | None = None, **statuses: Status) -> VantageView:
    return VantageView(Vantage(name), statuses, works)


def test_diagnose_alma_seen_only_by_the_server() -> None:
    assert diagnose(seen(server(alma=DOWN, switch=UP))) == Diagnosis(
        FaultLocation.ALMA,
        "alma_silent",
        (DiagnosisReason("alma_silent", 0, 0),),
        (),
        (FaultLocation.LOGIN,),
    )


def test_diagnose_cut_off_server_until_workstations_fail_too() -> None:
    blind = server(alma=Status.UNKNOWN, switch=Status.UNKNOWN)
    alone = diagnose(replace(seen(blind), cut_off=True))
    assert alone == Diagnosis(
        FaultLocation.WATCHER,
        "server_cut",
        (DiagnosisReason("server_cut", 0, 0),),
        (),
        (FaultLocation.CAMPUS, FaultLocation.INTERNET),
        "any_workstation",
    )
    beside = diagnose(replace(seen(blind, pc("pc-1", alma=UP)), cut_off=True))
    assert (beside.fault, beside.grounds) == (
        FaultLocation.WATCHER,
        (DiagnosisReason("server_alone", 1, 1),),
    )
    failing = pc("pc-1", alma=DOWN, switch=DOWN, campus=DOWN)
    both = diagnose(replace(seen(blind, failing), cut_off=True))
    assert (both.fault, both.rule) == (FaultLocation.UNKNOWN, "one_alone")
    assert both.others == (FaultLocation.WORKSTATION, FaultLocation.CAMPUS, FaultLocation.INTERNET)
    two = diagnose(
        replace(seen(blind, failing, pc("pc-2", alma=DOWN, switch=DOWN, campus=DOWN)), cut_off=True)
    )
    assert (two.fault, two.rule) == (FaultLocation.CAMPUS, "campus_silent")


def test_diagnose_one_failing_vdi_workstation() -> None:
    vdi = VantageView(Vantage("vdi-1", vdi=True), {"alma": DOWN})
    evidence = seen(vdi, pc("pc-1", alma=UP), pc("pc-2", alma=UP))
    diagnosis = diagnose(evidence)
    assert (diagnosis.fault, diagnosis.rule, diagnosis.others) == (
        FaultLocation.VDI,
        "one_vdi",
        (FaultLocation.WORKSTATION,),
    )
    assert diagnose(replace(evidence, asker="vdi-1")).rule == "one_workstation"


def test_diagnose_heeds_incidents_of_status_pages_only() -> None:
    words = {"switch": PageStatus.INCIDENT, "nosuch": PageStatus.INCIDENT}
    calm = replace(seen(server(alma=UP, switch=UP)), words=words)
    assert diagnose(calm).fault is FaultLocation.NOTHING
    diagnosis = diagnose(replace(seen(server(alma=DOWN)), words={"page": PageStatus.INCIDENT}))
    assert (diagnosis.fault, diagnosis.rule) == (FaultLocation.ALMA, "announced")


def test_diagnose_alma_without_a_probe_of_the_outside() -> None:
    assert diagnose(seen(server(alma=DOWN))).rule == "outside_unread"


def test_diagnose_one_report_although_alma_answers_the_server() -> None:
    one = (server(alma=UP, switch=UP), pc("pc-1", works=False, alma=UP))
    assert diagnose(seen(*one)).rule == "single_report"


TWO_WAYS = replace(ROLES, usual=("saml",), others=("rescue",))


def with_login_error(*reports: bool | None, error: bool = True, **more: Any) -> Evidence:
    """Return evidence that, from the server, the usual way in fails and the other way in works."""
    sights = [pc(f"pc-{n}", works=works, rescue=UP) for n, works in enumerate(reports)]
    known = seen(server(saml=DOWN, rescue=UP, switch=UP), *sights)
    errors = frozenset({"saml"}) if error else frozenset[str]()
    return replace(known, roles=TWO_WAYS, errors=errors, **more)


@pytest.mark.parametrize("reports", [(False,), (False, None, None), (False, False, True)])
def test_diagnose_login_error_if_people_cannot_work(
    reports: tuple[bool | None, ...],
) -> None:
    diagnosis = diagnose(with_login_error(*reports))
    assert (diagnosis.fault, diagnosis.rule, diagnosis.others, diagnosis.decides) == (
        FaultLocation.LOGIN,
        "login_errors",
        (FaultLocation.ALMA,),
        "log_in",
    )


def test_diagnose_other_rules_prevail_over_a_login_error() -> None:
    assert diagnose(with_login_error(None, None)).rule == "usual_way_fails"
    assert diagnose(with_login_error(False, True)).rule == "one_workstation"
    assert diagnose(with_login_error(False, False, error=False)).rule == "reported_only"
    announced = with_login_error(False, False, words={"page": PageStatus.INCIDENT})
    assert (diagnose(announced).fault, diagnose(announced).rule) == (
        FaultLocation.ALMA,
        "reported_only",
    )
    both = replace(
        with_login_error(False, False),
        views={
            SERVER.key: server(saml=DOWN, rescue=DOWN, switch=UP),
            "pc-1": pc("pc-1", works=False),
        },
    )
    assert diagnose(both).rule == "alma_silent"


def test_diagnose_login_if_the_system_answers_behind_it() -> None:
    roles = replace(ROLES, system=("api",))
    evidence = replace(seen(server(alma=DOWN, api=UP, switch=UP)), roles=roles)
    diagnosis = diagnose(evidence)
    assert (diagnosis.fault, diagnosis.rule) == (FaultLocation.LOGIN, "system_answers")
    silent = replace(seen(server(alma=DOWN, api=DOWN, switch=UP)), roles=roles)
    assert diagnose(silent).rule == "alma_silent"


def several(status: Status, number: int) -> list[VantageView]:
    return [pc(f"{status}-{place}", alma=status) for place in range(number)]


PLANNED, INCIDENT, OK = PageStatus.PLANNED, PageStatus.INCIDENT, PageStatus.OK


@pytest.mark.parametrize(
    ("sights", "rule"),
    [
        ([server(alma=DOWN, switch=UP)], "work_is_on"),
        ([*several(DOWN, 1), *several(UP, 1)], "work_is_on"),
        ([*several(DOWN, 1), *several(UP, 2)], "one_workstation"),
        ([*several(DOWN, 2), *several(UP, 3)], "differ"),
        ([server(alma=UP, switch=UP)], "answers"),
    ],
)
def test_diagnose_planned_work(sights: list[VantageView], rule: str) -> None:
    assert diagnose(replace(seen(*sights), planned=True)).rule == rule


CUT = {"alma": DOWN, "switch": DOWN, "campus": DOWN}


@pytest.mark.parametrize(
    ("sights", "fault", "rule"),
    [
        ([server(**CUT)], FaultLocation.UNKNOWN, "server_silent"),
        ([server(**CUT), pc("pc-1", **CUT)], FaultLocation.CAMPUS, "campus_silent"),
        (
            [server(alma=DOWN, switch=UP), pc("pc-1", alma=DOWN, switch=DOWN)],
            FaultLocation.CAMPUS,
            "desks_cut",
        ),
        (
            [
                server(alma=DOWN, switch=UP),
                pc("pc-1", alma=DOWN, switch=DOWN),
                pc("pc-2", alma=DOWN),
            ],
            FaultLocation.ALMA,
            "alma_silent",
        ),
        ([server(alma=DOWN, switch=DOWN, campus=UP)], FaultLocation.INTERNET, "outside_silent"),
        ([server(alma=DOWN, switch=UP, campus=DOWN)], FaultLocation.ALMA, "alma_silent"),
        ([server(alma=DOWN, campus=DOWN)], FaultLocation.UNKNOWN, "outside_unread"),
    ],
)
def test_diagnose_from_probes_of_the_outside_and_the_campus(
    sights: list[VantageView], fault: FaultLocation, rule: str
) -> None:
    diagnosis = diagnose(seen(*sights))
    assert (diagnosis.fault, diagnosis.rule) == (fault, rule)


@pytest.mark.parametrize(
    ("sights", "fault", "rule"),
    [
        ([server(**CUT, page=UP)], FaultLocation.UNKNOWN, "server_silent"),
        ([server(**CUT, page=UP, feed=UP)], FaultLocation.ALMA, "alma_silent"),
        (
            [server(alma=DOWN, switch=DOWN, page=UP, campus=UP)],
            FaultLocation.INTERNET,
            "outside_silent",
        ),
        ([server(**CUT), pc("pc-1", **CUT, page=UP, feed=UP)], FaultLocation.ALMA, "alma_silent"),
    ],
)
def test_diagnose_two_outside_status_pages_prove_that_the_internet_works(
    sights: list[VantageView], fault: FaultLocation, rule: str
) -> None:
    roles = replace(ROLES, pages=("page", "feed", "campus"))
    diagnosis = diagnose(replace(seen(*sights), roles=roles))
    assert (diagnosis.fault, diagnosis.rule) == (fault, rule)


@pytest.mark.parametrize(
    ("statuses", "rule"),
    [
        ({"alma": UP, "switch": UP}, "single_report"),
        ({"alma": DOWN, "switch": UP}, "alma_silent"),
        ({"switch": UP}, "single_report"),
    ],
)
def test_diagnose_report_of_the_only_workstation(statuses: dict[str, Status], rule: str) -> None:
    assert diagnose(seen(pc("pc-1", works=False, **statuses))).rule == rule


def announced(*sights: VantageView, word: PageStatus = INCIDENT) -> Diagnosis:
    return diagnose(replace(seen(*sights), words={"page": word}))


def test_diagnose_announced_incident_that_nobody_sees() -> None:
    up = server(alma=UP, switch=UP)
    expected = Diagnosis(
        FaultLocation.ALMA,
        "announced_unseen",
        (DiagnosisReason("announced_unseen", 0, 0), DiagnosisReason("vendor_reports", 1, 1)),
        (),
        (FaultLocation.NOTHING,),
        "log_in",
    )
    assert announced(up) == expected
    assert announced(up, pc("pc-1", alma=UP)).rule == "announced_unseen"
    assert announced(up, pc("pc-1", works=True)).rule == "answers"


def test_diagnose_reported_only_needs_a_persons_report() -> None:
    silent = [server(alma=UP, switch=UP), *several(DOWN, 4), *several(UP, 1)]
    assert diagnose(seen(*silent)).rule == "outside_unread"
    reported = diagnose(seen(*silent, pc("pc-1", works=False)))
    assert (reported.rule, reported.grounds) == (
        "reported_only",
        (DiagnosisReason("reported_only", 1, 6),),
    )


def test_diagnose_has_reasons_for_and_against_a_fault_of_alma() -> None:
    down = server(alma=DOWN, switch=UP)
    assert announced(down, *several(DOWN, 4), *several(UP, 1), word=OK) == Diagnosis(
        FaultLocation.ALMA,
        "alma_silent",
        (DiagnosisReason("alma_silent", 4, 5),),
        (DiagnosisReason("vendor_silent", 0, 0), DiagnosisReason("some_work", 1, 5)),
        (FaultLocation.LOGIN,),
        None,
    )
    assert announced(down) == Diagnosis(
        FaultLocation.ALMA,
        "alma_silent",
        (DiagnosisReason("alma_silent", 0, 0), DiagnosisReason("vendor_reports", 1, 1)),
        (),
        (FaultLocation.LOGIN,),
        None,
    )
    assert announced(server(alma=DOWN)) == Diagnosis(
        FaultLocation.ALMA, "announced", (DiagnosisReason("announced", 0, 0),), (), (), None
    )


@pytest.mark.parametrize("word", [INCIDENT, OK, PLANNED])
def test_diagnose_other_faults_ignore_the_vendors_page(word: PageStatus) -> None:
    sights = [server(alma=UP, switch=UP), *several(DOWN, 1), *several(UP, 2)]
    assert announced(*sights, word=word) == Diagnosis(
        FaultLocation.WORKSTATION,
        "one_workstation",
        (DiagnosisReason("one_workstation", 1, 3),),
        (),
        (),
        None,
    )


def desk(name: str, site: str, **statuses: Status) -> VantageView:
    return VantageView(Vantage(name, site), statuses)


CUT = {"alma": DOWN, "switch": DOWN, "campus": UP}


@pytest.mark.parametrize("alma", [UP, DOWN])
def test_diagnose_laptop_on_a_mobile_network_does_not_clear_the_internet(alma: Status) -> None:
    laptop = desk("laptop", "", alma=alma, switch=UP, campus=DOWN)
    desks = [desk(f"pc-{n}", "Mail", **CUT) for n in range(1, 4)]
    diagnosis = diagnose(seen(server(**CUT), *desks, laptop))
    assert (diagnosis.fault, diagnosis.rule) == (FaultLocation.INTERNET, "outside_silent")


def test_diagnose_laptop_reading_status_pages_does_not_clear_the_internet() -> None:
    roles = replace(ROLES, pages=("page", "vendor"))
    laptop = desk("laptop", "", alma=DOWN, switch=UP, page=UP, vendor=UP)
    away = {"page": DOWN, "vendor": DOWN}
    desks = [desk(f"pc-{n}", "Mail", **CUT, **away) for n in range(1, 4)]
    evidence = replace(seen(server(**CUT, **away), *desks, laptop), roles=roles)
    assert diagnose(evidence).fault is FaultLocation.INTERNET


def test_diagnose_counts_only_the_reports_of_people() -> None:
    silent = [pc(f"pc-{n}", alma=DOWN) for n in range(1, 5)]
    said = VantageView(Vantage("pc-5", "Mail"), {"alma": UP}, works=False)
    (ground, *_) = diagnose(seen(server(alma=UP, switch=UP), *silent, said)).grounds
    assert ground == DiagnosisReason("reported_only", 1, 5)


@pytest.mark.parametrize("seen_by_server", [UP, Status.SLOW])
def test_diagnose_only_known_workstation_leaves_the_fault_unknown(
    seen_by_server: Status,
) -> None:
    diagnosis = diagnose(seen(server(alma=seen_by_server, switch=UP), pc("pc-1", alma=DOWN)))
    assert (diagnosis.fault, diagnosis.rule, diagnosis.others, diagnosis.decides) == (
        FaultLocation.UNKNOWN,
        "one_known",
        (FaultLocation.WORKSTATION, FaultLocation.ALMA),
        "more_reports",
    )


def test_diagnose_alma_if_it_is_slow_and_every_desk_times_out() -> None:
    desks = [desk("mail-1", "Mail", alma=DOWN, switch=UP), desk("cmu-1", "CMU", alma=DOWN)]
    diagnosis = diagnose(seen(server(alma=Status.SLOW, switch=UP), *desks))
    assert (diagnosis.fault, diagnosis.rule) == (FaultLocation.ALMA, "alma_silent")


def test_diagnose_site_if_the_usual_address_fails_only_there() -> None:
    """For example, IPv6 is broken at one site, and Alma's other address does not use it."""
    roles = replace(ROLES, others=("spare",))
    whole = {"alma": UP, "spare": UP, "switch": UP}
    broken = {"alma": DOWN, "spare": UP, "switch": UP}
    desks = [desk(f"mail-{n}", "Mail", **broken) for n in (1, 2, 3)]
    here = seen(server(**whole), *desks, desk("cmu-1", "CMU", **whole))
    diagnosis = diagnose(replace(here, roles=roles))
    assert (diagnosis.fault, diagnosis.grounds) == (
        FaultLocation.SITE,
        (DiagnosisReason("one_site", 3, 4),),
    )


@pytest.mark.parametrize(
    ("error", "fault"), [(True, FaultLocation.LOGIN), (False, FaultLocation.ALMA)]
)
def test_diagnose_login_loop_while_the_login_pages_fail(error: bool, fault: FaultLocation) -> None:
    """One of the campus pages has no recent outcome, because it is probed only once an hour."""
    roles = replace(ROLES, logins=("tickets",), campus=("tickets", "download"))
    loop = server(alma=DOWN, tickets=DOWN, switch=UP)
    errors = frozenset({"alma"} if error else ())
    assert diagnose(replace(seen(loop), roles=roles, errors=errors)).fault is fault

"""The counts and conditions that the diagnosis rules use, tested at their limits."""

import pytest

from procedure.diagnosis.evidence import Evidence, Roles, VantageView
from procedure.diagnosis.evidence_counts import EvidenceCounts
from procedure.monitoring.model import SERVER, Status, Vantage
from procedure.status_pages.status import PageStatus

UP, DOWN, UNKNOWN = Status.UP, Status.DOWN, Status.UNKNOWN
ROLES = Roles(
    usual=("alma",),
    others=("rescue",),
    outside=("switch",),
    campus=("campus", "catalogue"),
    pages=("vendor", "consortium"),
    logins=("catalogue", "mail"),
)


def counts(
    *views: VantageView,
    server: Status = UNKNOWN,
    asker: str = "pc-1",
    words: dict[str, PageStatus] | None = None,
) -> EvidenceCounts:
    known = [VantageView(SERVER, {"alma": server}), *views]
    by_key = {view.vantage.key: view for view in known}
    return EvidenceCounts(Evidence(asker, ROLES, by_key, words or {}))


def pcs(status: Status, *names: str, site: str = "", vdi: bool = False) -> list[VantageView]:
    return [VantageView(Vantage(name, site, vdi), {"alma": status}) for name in names]


def reporting(name: str, *, works: bool) -> VantageView:
    return VantageView(Vantage(name), {}, works)


def several(status: Status, number: int) -> list[VantageView]:
    return pcs(status, *(f"{status}-{place}" for place in range(number)))


@pytest.mark.parametrize(
    ("failing", "working", "server", "general"),
    [
        (0, 0, DOWN, True),
        (0, 0, UP, False),
        (0, 0, UNKNOWN, False),
        (0, 1, DOWN, False),
        (1, 0, UNKNOWN, True),
        (1, 0, DOWN, True),
        (1, 0, UP, False),
        (2, 0, UP, True),
        (2, 0, DOWN, True),
        (3, 0, UP, True),
        (2, 1, DOWN, False),
        (3, 1, DOWN, False),
        (4, 1, DOWN, True),
        (4, 1, UP, True),
        (7, 2, DOWN, False),
        (8, 2, DOWN, True),
    ],
)
def test_general_when_nearly_all_fail(
    failing: int, working: int, server: Status, general: bool
) -> None:
    seen = counts(*several(DOWN, failing), *several(UP, working), server=server)
    assert seen.general is general


def test_alma_answers_server_unless_a_person_reports_otherwise() -> None:
    seen = counts(reporting("pc-1", works=False), server=UP)
    assert (seen.reported, seen.alma_answers_server, seen.general) == (True, False, True)
    silent = counts(*several(DOWN, 1), server=UP)
    assert (silent.reported, silent.alma_answers_server, silent.general) == (False, True, False)
    content = counts(reporting("pc-1", works=True), server=UP)
    assert (content.reported, content.alma_answers_server) == (False, True)


@pytest.mark.parametrize(("server", "is_witness"), [(DOWN, True), (UP, False), (UNKNOWN, False)])
def test_witnesses_are_where_alma_fails(server: Status, is_witness: bool) -> None:
    seen = counts(*several(DOWN, 1), *several(UP, 1), server=server)
    expected = ["down-0", SERVER.key] if is_witness else ["down-0"]
    assert [view.vantage.key for view in seen.witnesses] == expected


def test_seen_counts_only_the_witnesses() -> None:
    def sees(*switches: Status) -> bool | None:
        views = [
            VantageView(Vantage(f"pc-{place}"), {"alma": DOWN, "switch": switch})
            for place, switch in enumerate(switches)
        ]
        beside = VantageView(Vantage("beside"), {"alma": UP, "switch": UP})
        return counts(*views, beside).witnesses_reach(["switch"])

    answers = [sees(), sees(UNKNOWN), sees(DOWN, UNKNOWN), sees(DOWN, UP)]
    assert answers == [None, None, False, True]


VDI = pcs(DOWN, "vdi-1", "vdi-2", vdi=True)


@pytest.mark.parametrize(
    ("views", "server", "expected"),
    [
        ([*VDI, *pcs(UP, "pc-1")], UNKNOWN, True),
        (VDI, UP, True),
        ([*VDI, *pcs(UP, "pc-1")], UP, True),
        (VDI, UNKNOWN, False),
        (VDI, DOWN, False),
        ([*VDI[:1], *pcs(UP, "pc-1")], UP, False),
        ([*VDI, *pcs(DOWN, "pc-1")], UP, False),
        ([*VDI, *pcs(UP, "vdi-3", vdi=True)], UP, False),
        ([*VDI, *pcs(UP, "vdi-3", vdi=True), *pcs(UP, "pc-1")], UP, False),
    ],
)
def test_vdi_only(views: list[VantageView], server: Status, expected: bool) -> None:
    assert counts(*views, server=server).vdi_only is expected


@pytest.mark.parametrize(
    ("views", "asker", "expected"),
    [
        ([*VDI[:1], *pcs(UP, "pc-1")], "pc-1", True),
        ([*VDI[:1], *pcs(UP, "pc-1")], "vdi-1", False),
        (VDI[:1], "pc-1", False),
        ([*VDI, *pcs(UP, "pc-1")], "pc-1", False),
        ([*VDI[:1], *pcs(DOWN, "pc-2"), *pcs(UP, "pc-1")], "pc-1", False),
        ([*VDI[:1], *pcs(UP, "vdi-3", vdi=True), *pcs(UP, "pc-1")], "pc-1", False),
        (pcs(UP, "pc-1"), "pc-1", False),
    ],
)
def test_one_vdi(views: list[VantageView], asker: str, expected: bool) -> None:
    assert counts(*views, server=UP, asker=asker).one_vdi is expected


@pytest.mark.parametrize(
    ("failing", "working", "server", "alone"),
    [
        (1, 0, UNKNOWN, True),
        (1, 0, UP, False),
        (1, 0, DOWN, False),
        (1, 1, UNKNOWN, False),
        (2, 0, UNKNOWN, False),
        (0, 0, UNKNOWN, False),
    ],
)
def test_alone_if_nothing_else_is_known(
    failing: int, working: int, server: Status, alone: bool
) -> None:
    seen = counts(*several(DOWN, failing), *several(UP, working), server=server)
    assert seen.alone is alone


CMU = pcs(DOWN, "c-1", "c-2", site="CMU")


@pytest.mark.parametrize(
    ("views", "server", "expected"),
    [
        ([*CMU, *pcs(UP, "m-1", site="MAIL")], UNKNOWN, True),
        (CMU, UP, True),
        ([*CMU, *pcs(UP, "m-1", site="MAIL")], UP, True),
        (CMU, UNKNOWN, False),
        ([*CMU, *pcs(UP, "c-3", site="CMU")], UNKNOWN, False),
        ([*CMU, *pcs(UP, "c-3", site="CMU")], UP, True),
        ([*CMU, *pcs(UP, "c-3", "c-4", site="CMU"), *pcs(UP, "m-1", site="MAIL")], UP, False),
        ([*CMU[:1], *pcs(UP, "m-1", site="MAIL")], UP, False),
        ([*CMU, *pcs(DOWN, "m-1", site="MAIL")], UP, False),
        ([*pcs(DOWN, "x-1", "x-2"), *pcs(UP, "m-1", site="MAIL")], UP, False),
        (pcs(UP, "m-1", site="MAIL"), UP, False),
    ],
)
def test_site_only(views: list[VantageView], server: Status, expected: bool) -> None:
    assert counts(*views, server=server).site_only is expected


def test_incidents_count_only_status_pages() -> None:
    words = {"vendor": PageStatus.INCIDENT, "switch": PageStatus.INCIDENT}
    assert counts(words=words).incidents == 1
    assert counts(words={**words, "consortium": PageStatus.INCIDENT}).incidents == 2
    assert counts(words={"vendor": PageStatus.OK, "consortium": PageStatus.PLANNED}).incidents == 0


def both_ways(name: str, usual: Status, other: Status) -> VantageView:
    return VantageView(Vantage(name), {"alma": usual, "rescue": other})


def test_half_login_and_whole_login() -> None:
    seen = counts(
        both_ways("half", DOWN, UP),
        both_ways("down", DOWN, DOWN),
        both_ways("untried", UNKNOWN, UP),
        both_ways("whole", UP, DOWN),
        both_ways("all", UP, UP),
        server=DOWN,
    )
    assert [view.vantage.key for view in seen.half_login] == ["half"]
    assert [view.vantage.key for view in seen.whole_login] == ["whole", "all"]


@pytest.mark.parametrize(
    ("errors", "other", "expected"),
    [
        ({"alma"}, UP, True),
        ({"alma", "switch"}, UP, True),
        ({"alma"}, DOWN, False),
        ({"alma"}, UNKNOWN, False),
        ({"switch", "rescue"}, UP, False),
        (set(), UP, False),
    ],
)
def test_login_errors(errors: set[str], other: Status, expected: bool) -> None:
    server = VantageView(SERVER, {"alma": DOWN, "rescue": other})
    evidence = Evidence("pc-1", ROLES, {SERVER.key: server}, errors=frozenset(errors))
    assert EvidenceCounts(evidence).login_errors is expected


@pytest.mark.parametrize(
    ("reports", "expected"),
    [("", False), ("-", True), ("+-", False), ("+--", True), ("++-", False), ("?", False)],
)
def test_mostly_reported(reports: str, expected: bool) -> None:
    works = {"+": True, "-": False, "?": None}
    views = [
        VantageView(Vantage(f"pc-{place}"), {}, works[sign]) for place, sign in enumerate(reports)
    ]
    assert counts(*views).mostly_reported is expected


@pytest.mark.parametrize(
    ("login", "open_one", "expected"),
    [
        (DOWN, UP, True),
        (DOWN, DOWN, False),
        (UP, UP, False),
        (DOWN, UNKNOWN, False),
        (UNKNOWN, UP, False),
    ],
)
def test_shared_login_fails_while_the_campus_answers(
    login: Status, open_one: Status, expected: bool
) -> None:
    statuses = {"alma": DOWN, "catalogue": login, "mail": login, "campus": open_one}
    assert counts(VantageView(Vantage("pc-1"), statuses)).shared_login_fails is expected

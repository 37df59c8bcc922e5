"""Each question gets a suggestion, with or without an answer, and the figures behind it."""

from dataclasses import replace

import pytest

from procedure.diagnosis.evidence import Evidence, Roles, VantageView
from procedure.diagnosis.suggestion import Suggestion, SuggestionReason, suggest_answer
from procedure.guide.steps import Answer, Step
from procedure.monitoring.model import SERVER, Status, Vantage
from procedure.status_pages.status import PageStatus

UP, DOWN, UNKNOWN = Status.UP, Status.DOWN, Status.UNKNOWN
INCIDENT, OK, PLANNED = PageStatus.INCIDENT, PageStatus.OK, PageStatus.PLANNED
ROLES = Roles(usual=("alma",), others=("rescue",))
EMPTY = Evidence("pc-1", ROLES, {})


def question(evidence: str | None, *targets: str, **meanings: str) -> Step:
    answers = tuple(Answer(key, "B1", means) for key, means in meanings.items())
    return Step("A1", "question", answers, targets, evidence=evidence)


def suggested(answer: str | None, reason: str, **figures: int) -> Suggestion:
    return Suggestion("A1", answer, SuggestionReason(reason, figures))


def test_suggest_without_a_rule() -> None:
    for step in (question(None, yes="works"), question("weather", yes="works")):
        assert suggest_answer(step, EMPTY) == suggested(None, "no_rule")


OFFICIAL = question("official", "vendor", "consortium", yes="announced", no="not-announced")


@pytest.mark.parametrize(
    ("words", "planned", "expected"),
    [
        ((), False, suggested(None, "pages_unread", count=0, of=2)),
        ((), True, suggested("yes", "work_is_on")),
        ((OK,), False, suggested(None, "pages_unread", count=1, of=2)),
        ((OK, OK), False, suggested("no", "pages_quiet", of=2)),
        ((OK, OK), True, suggested("yes", "work_is_on")),
        ((OK, PLANNED), False, suggested(None, "work_is_ahead")),
        ((OK, INCIDENT), True, suggested("yes", "page_reports", count=1, of=2)),
        ((INCIDENT, INCIDENT), False, suggested("yes", "page_reports", count=2, of=2)),
    ],
)
def test_suggest_official(
    words: tuple[PageStatus, ...], planned: bool, expected: Suggestion
) -> None:
    pages = dict(zip(("vendor", "consortium"), words, strict=False)) | {"other": INCIDENT}
    assert suggest_answer(OFFICIAL, replace(EMPTY, words=pages, planned=planned)) == expected


def pc(
    name: str,
    alma: Status = UNKNOWN,
    *,
    works: bool | None = None,
    site: str = "",
    vdi: bool = False,
) -> VantageView:
    return VantageView(Vantage(name, site, vdi), {"alma": alma}, works)


def known(*views: VantageView, asker: str = "pc-1") -> Evidence:
    return Evidence(asker, ROLES, {view.vantage.key: view for view in views})


COLLEAGUES = {"yes": "works", "no": "fails"}
VDI = {"vdi": "only-vdi"}
V1, V2 = pc("vdi-1", DOWN, vdi=True), pc("vdi-2", DOWN, vdi=True)


@pytest.mark.parametrize(
    ("views", "expected"),
    [
        ([], suggested(None, "no_colleague")),
        ([pc("pc-1", DOWN), pc("pc-2")], suggested(None, "no_colleague")),
        ([VantageView(SERVER, {"alma": UP})], suggested(None, "no_colleague")),
        ([pc("pc-2", UP), pc("pc-3")], suggested("yes", "colleagues_work", count=1, of=1)),
        (
            [pc("pc-1", DOWN), pc("pc-2", UP), pc("pc-3", UP)],
            suggested("yes", "colleagues_work", count=2, of=2),
        ),
        (
            [pc("pc-1", UP), pc("pc-2", DOWN), pc("pc-3", DOWN)],
            suggested("no", "colleagues_fail", count=0, of=2),
        ),
        ([pc("pc-2", UP), pc("pc-3", DOWN)], suggested(None, "colleagues_differ", count=1, of=2)),
        # Reports of a failure from two sites outweigh an answered probe elsewhere.
        (
            [pc("pc-2", UP), pc("pc-3", works=False, site="A"), pc("pc-4", works=False, site="B")],
            suggested("no", "colleagues_say_no", count=2, of=3),
        ),
        (
            [pc("pc-2", UP), pc("pc-3", works=False, site="A"), pc("pc-4", works=False, site="A")],
            suggested(None, "colleagues_differ", count=1, of=3),
        ),
        (
            [
                pc("pc-2", works=True, site="C"),
                pc("pc-3", works=False, site="A"),
                pc("pc-4", works=False, site="B"),
            ],
            suggested(None, "colleagues_differ", count=1, of=3),
        ),
        # The asking workstation's own report does not count among its colleagues' reports.
        (
            [pc("pc-1", works=False, site="B"), pc("pc-2", UP), pc("pc-3", works=False, site="A")],
            suggested(None, "colleagues_differ", count=1, of=2),
        ),
        ([V1, V2, pc("pc-1", UP)], suggested("vdi", "only_vdi", count=2, of=1)),
        ([V1, pc("pc-2", UP), pc("pc-3", UP)], suggested("vdi", "only_vdi", count=1, of=2)),
        (
            [V1, pc("vdi-2", vdi=True), pc("pc-2", UP), pc("pc-3")],
            suggested("vdi", "only_vdi", count=1, of=1),
        ),
        (
            [V1, pc("pc-2", UP), pc("pc-1", DOWN)],
            suggested(None, "colleagues_differ", count=1, of=2),
        ),
        ([V1, V2], suggested("no", "colleagues_fail", count=0, of=2)),
        (
            [V1, pc("vdi-2", UP, vdi=True), pc("pc-2", UP)],
            suggested(None, "colleagues_differ", count=2, of=3),
        ),
        (
            [pc("pc-1", DOWN, vdi=True), pc("vdi-2", vdi=True), pc("pc-2", UP)],
            suggested("yes", "colleagues_work", count=1, of=1),
        ),
        # A failure on the asking VDI workstation alone proves nothing about VDIs.
        (
            [pc("pc-1", DOWN, vdi=True), pc("pc-2", UP)],
            suggested("yes", "colleagues_work", count=1, of=1),
        ),
    ],
)
def test_suggest_colleagues(views: list[VantageView], expected: Suggestion) -> None:
    assert suggest_answer(question("colleagues", **COLLEAGUES, **VDI), known(*views)) == expected


def test_suggest_colleagues_without_an_answer_for_vdi() -> None:
    views = known(V1, pc("pc-2", UP))
    assert suggest_answer(question("colleagues", **COLLEAGUES), views) == suggested(
        None, "colleagues_differ", count=1, of=2
    )


def test_suggest_colleagues_to_the_server() -> None:
    server = VantageView(SERVER, {"alma": DOWN})
    views = known(server, V1, pc("pc-2", UP), asker=SERVER.key)
    assert suggest_answer(question("colleagues", **COLLEAGUES, **VDI), views) == suggested(
        "vdi", "only_vdi", count=1, of=1
    )


REACH = {"yes": "answers", "no": "silent"}


@pytest.mark.parametrize(
    ("alma", "rescue", "expected"),
    [
        (UNKNOWN, UNKNOWN, suggested(None, "not_tried_here")),
        (UP, UNKNOWN, suggested("yes", "answers_here")),
        (DOWN, Status.SLOW, suggested("yes", "answers_here")),
        (DOWN, DOWN, suggested("no", "none_answers_here", of=2)),
        (DOWN, UNKNOWN, suggested(None, "one_unread_here", count=1, of=2)),
    ],
)
def test_suggest_reach(alma: Status, rescue: Status, expected: Suggestion) -> None:
    here = VantageView(Vantage("pc-1"), {"alma": alma, "rescue": rescue})
    beside = pc("pc-2", UP)
    assert (
        suggest_answer(question("reach", "alma", "rescue", **REACH), known(here, beside))
        == expected
    )


@pytest.mark.parametrize(
    ("targets", "reports", "reason"),
    [
        (("alma",), (False,), "login_unconfirmed"),
        (("alma", "rescue"), (False, False), "login_unconfirmed"),
        (("alma",), (False, True), "answers_here"),
        (("alma",), (True,), "answers_here"),
        (("alma",), (None,), "answers_here"),
        (("alma", "switch"), (False,), "answers_here"),
    ],
)
def test_suggest_reach_while_people_report_a_failure(
    targets: tuple[str, ...], reports: tuple[bool | None, ...], reason: str
) -> None:
    others = (pc(f"pc-{number}", works=works) for number, works in enumerate(reports, start=2))
    views = known(pc("pc-1", UP), *others)
    assert suggest_answer(question("reach", *targets, **REACH), views) == suggested("yes", reason)


def test_suggestion_reason_as_text() -> None:
    assert str(SuggestionReason("page_reports", {"count": 1, "of": 3})) == (
        "1 of 3 status pages report an incident"
    )

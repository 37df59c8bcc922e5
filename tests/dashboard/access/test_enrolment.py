"""A workstation enrols with a code, lends under its own name, and can be revoked."""

import json
import re
from typing import Any
from uuid import UUID

import pytest

from dashboard.access.enrolment import qr_code
from dashboard.core.context import AppContext
from dashboard.core.session import Session, session_from
from dashboard.core.visitor import SignedInBy, Visitor
from dashboard.monitoring.workstation_name import WorkstationName
from dashboard.page import DashboardPage
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.translations import language
from procedure.access.access_changes import AccessChanged
from procedure.access.accounts import EnrolledWorkstation
from procedure.access.roles import Role
from procedure.records.acts import acts
from tests.dashboard.access.test_sign_in import Browser, browser

HERE = {"X-Relais": "desk", "Content-Type": "application/json"}


@pytest.fixture(autouse=True)
def _behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_TRUSTED_PROXIES", "192.0.2.1")


async def code_for(context: AppContext, marc: Browser, name: str = "pret-1") -> str:
    context.store.accounts.change("anne", role=Role.COORDINATOR)
    await marc.sign_in()
    page = await marc.ask("/workstations", {"name": name, "desk": "MAIL"})
    (code,) = re.findall(r">(\d{4} \d{4})</p>", page.body.decode())
    return code


async def enrolled(context: AppContext, marc: Browser) -> Browser:
    desk = Browser(marc.address)
    answer = await desk.ask("/enrol", {"code": await code_for(context, marc)})
    assert (answer.code, answer.headers["Location"]) == (303, "desk/")
    return desk


async def lend(page: Browser, number: int, workstation: str = "pret-1") -> int:
    loan = {
        "kind": "loan",
        "id": str(UUID(int=number)),
        "at": "2026-11-24T11:00:00+00:00",
        "desk": "MAIL",
        "sequence": number,
        "patron": "SLSP204518377",
        "item": f"A{number}111",
        "workstation": workstation,
    }
    answer = await page.post_json("/desk/transactions", {"transactions": [loan]})
    if answer.code == 200:
        assert json.loads(answer.body)["answers"][0]["state"] == "kept"
    return answer.code


def lent_at(context: AppContext) -> list[str]:
    recorded = [entry.entry for entry in context.store.journal.since()]
    sent = [entry for entry in recorded if not isinstance(entry, AccessChanged)]
    return [entry.workstation for entry in sent]  # type: ignore[attr-defined]


async def test_enrolled_workstation_lends_under_its_own_name(context: AppContext) -> None:
    async with browser(context) as marc:
        desk = await enrolled(context, marc)
        assert context.store.accounts.workstations() == (
            EnrolledWorkstation("pret-1", "MAIL", "anne", context.clock.now()),
        )
        assert await lend(desk, 1) == 200
        assert await lend(desk, 2, "another") == 200
        assert lent_at(context) == ["pret-1", "pret-1"]
        assert (await desk.ask("/dashboard")).code == 200
        assert (await desk.ask("/workstations")).code == 403


async def test_other_pages_cannot_record_under_an_enrolled_name(context: AppContext) -> None:
    async with browser(context) as marc:
        await enrolled(context, marc)
        assert await lend(marc, 1, "pret-1") == 200
        assert await lend(marc, 2, "pret-2") == 200
        assert await lend(marc, 3, " Pret-1 ") == 200
        assert lent_at(context) == ["pret-1 ?", "pret-2", "Pret-1 ?"]


async def test_report_cannot_claim_an_enrolled_name(context: AppContext) -> None:
    async with browser(context) as marc:
        await enrolled(context, marc)
        report = {"workstation": "pret-1", "desk": "MAIL", "what": "nothing"}
        message = {"transactions": [{"workstation": ["pret-1"]}], "report": report}
        answer = await marc.post_json("/desk/transactions", message)
        assert (answer.code, lent_at(context)) == (200, ["pret-1 ?"])


def test_session_cannot_claim_an_enrolled_name(context: AppContext) -> None:
    context.store.accounts.enrol(
        "digest", EnrolledWorkstation("pret-1", "MAIL", "anne", context.clock.now())
    )
    session = session_from({}, {}, language="fr", query="")
    session.without_claim = context.store.enrolled_names.without_claim
    session.name_workstation("pret-1")
    assert session.person.workstation == "pret-1 ?"


@pytest.mark.parametrize("name", ["server", " Server "])
def test_session_cannot_claim_to_be_the_server(context: AppContext, name: str) -> None:
    session = session_from({}, {}, language="fr", query="")
    session.without_claim = context.store.enrolled_names.without_claim
    session.name_workstation(name)
    assert session.person.workstation == f"{name.strip()} ?"


def test_page_keeps_the_name_it_was_opened_with(context: AppContext) -> None:
    """A page that sends rounds of probes under many names counts as one workstation."""
    session = Session(workstation="pc-1", desk="MAIL")
    page = DashboardPage(ReconciliationLedger(context), session, language("fr"))
    answered = [{"target": "alma-saml", "answered": True, "ms": 50}]
    for number in range(63):
        page.handle_message({"kind": "workstation", "name": f"forged-{number}"})
        page.diagnosis.record_round(answered, 0)
    naming = WorkstationName(diagnosis=page.diagnosis)
    for number in range(3):
        naming.call(f"renamed-{number}", "", vdi=False)
        page.diagnosis.record_round(answered, 0)
    assert list(context.watches.workstations.vantages) == ["renamed-2"]
    assert {vantage for _, vantage in context.watches.workstations.latest} == {"renamed-2"}


def test_unnamed_page_takes_its_browsers_name_once(context: AppContext) -> None:
    page = DashboardPage(ReconciliationLedger(context), Session(desk="MAIL"), language("fr"))
    for name in ("poste-1", "poste-2"):
        page.handle_message({"kind": "workstation", "name": name})
    assert page.session.workstation == "poste-1"


async def test_revoked_workstation_sends_nothing_until_enrolled_again(
    context: AppContext,
) -> None:
    async with browser(context) as marc:
        desk = await enrolled(context, marc)
        assert (await marc.ask("/workstations", {"revoke": "pret-1"})).code == 303
        assert await lend(desk, 1) == 401
        assert (await desk.ask("/desk/")).code == 200
        assert (await desk.ask("/enrol", {"code": await code_for(context, marc)})).code == 303
        changed = [(act.person, act.act, act.about) for act in acts(context.store.journal.since())]
        assert changed == [
            ("anne", "workstation_enrolled", "pret-1"),
            ("anne", "workstation_revoked", "pret-1"),
            ("anne", "workstation_enrolled", "pret-1"),
        ]
        assert await lend(desk, 1) == 200


async def test_code_works_once_and_for_a_quarter_of_an_hour(
    context: AppContext, clock: Any
) -> None:
    async with browser(context) as marc:
        code = await code_for(context, marc)
        desk = Browser(marc.address)
        assert (await desk.ask("/enrol", {"code": code.replace(" ", "")})).code == 303
        assert (await desk.ask("/enrol", {"code": code})).code == 401
        late = await code_for(context, marc)
        clock.pass_by(minutes=15)
        assert (await desk.ask("/enrol", {"code": late})).code == 401


async def test_code_can_be_scanned_with_its_address(context: AppContext) -> None:
    async with browser(context) as marc:
        await code_for(context, marc)
        page = (await marc.ask("/workstations", {"name": "pret-1", "desk": "MAIL"})).body.decode()
        (code,) = re.findall(r">(\d{4} \d{4})</p>", page)
        scanned = f"{marc.address}/enrol#{code.replace(' ', '')}"
        assert str(qr_code(scanned)) in page
        desk = Browser(marc.address)
        assert (await desk.ask("/enrol", {"code": f"{scanned[:-1]}x"})).code == 401
        assert (await desk.ask("/enrol", {"code": scanned})).code == 303


async def test_codes_are_rate_limited(context: AppContext) -> None:
    async with browser(context) as marc:
        desk = Browser(marc.address)
        codes = [(await desk.ask("/enrol", {"code": str(number)})).code for number in range(6)]
        assert codes == [401] * 5 + [429]
        code = await code_for(context, marc)
        assert (await desk.ask("/enrol", {"code": code})).code == 429


async def test_forms_from_another_site_enrol_and_revoke_nothing(context: AppContext) -> None:
    async with browser(context) as marc:
        await enrolled(context, marc)
        foreign = {"Origin": "https://evil.example"}
        assert (await marc.ask("/workstations", {"revoke": "pret-1"}, **foreign)).code == 403
        code = await code_for(context, marc, "pret-2")
        assert (await Browser(marc.address).ask("/enrol", {"code": code}, **foreign)).code == 403
        assert [workstation.name for workstation in context.store.accounts.workstations()] == [
            "pret-1"
        ]


@pytest.mark.parametrize(
    ("name", "desk"), [("", "MAIL"), ("a" * 41, "MAIL"), ("pret-1", "NOWHERE")]
)
async def test_enrolment_needs_a_name_and_a_desk(context: AppContext, name: str, desk: str) -> None:
    async with browser(context) as marc:
        context.store.accounts.change("anne", role=Role.COORDINATOR)
        await marc.sign_in()
        page = await marc.ask("/workstations", {"name": name, "desk": desk})
        assert b"enrolment-code" not in page.body
        assert b'role="alert"' in page.body


def test_page_cannot_rename_an_enrolled_workstation() -> None:
    visitor = Visitor("pret-1", by=SignedInBy.WORKSTATION, role=Role.STAFF)
    cookies = {"relais_workstation": "another"}
    session = session_from({}, cookies, language="fr", query="", visitor=visitor)
    session.name_workstation("a third")
    assert (session.workstation, session.person.workstation) == ("pret-1", "pret-1")

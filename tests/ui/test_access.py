"""Access in a browser: the browser's data after a sign-out, and the enrolment of a workstation."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.support.cli import run_relais
from tests.ui.conftest import Relais, Standins, eventually, handbook_over, scan

pytestmark = pytest.mark.ui

READ_ONLY, LATER, NOTE = "SLSP204518377", "SLSP204518385", "Madame Marquee"
OFFERED = "2071234567"
ITEMS = ("0UBU0536413", "0UBU0536421", "0UBU0536439", "0UBU0536447")
PASSWORD = "marked-password-2026"
# Everything in the browser's storage that a page can read.
KEPT = """async () => {
  const kept = { cookies: document.cookie, local: { ...localStorage }, session: { ...sessionStorage } }
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((done, fail) => {
      const asked = indexedDB.open(name)
      asked.onsuccess = () => done(asked.result)
      asked.onerror = () => fail(asked.error)
    })
    for (const store of database.objectStoreNames) {
      kept[`${name}/${store}`] = await new Promise((done) => {
        database.transaction(store).objectStore(store).getAll().onsuccess = ({ target }) => done(target.result)
      })
    }
    database.close()
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name)
    for (const request of await cache.keys()) kept[request.url] = await (await cache.match(request)).text()
  }
  return kept
}"""


class SignedIn(Relais):
    """A server that requires a sign-in to read or write."""

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"RELAIS_TRUSTED_PROXIES": "192.0.2.1"}


@pytest.fixture(scope="module")
def relais(standins: Standins, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relais]:
    folder = tmp_path_factory.mktemp("relais")
    server = SignedIn(folder, handbook_over(standins, folder / "handbook"), standins)
    words = ("user", "add", "anne", "--role", "coordinator", "--password-stdin")
    added = run_relais(
        *words,
        database=folder / "relais.sqlite3",
        text=f"{PASSWORD}\n",
    )
    assert added.exit_code == 0, added.output
    server.start()
    yield server
    server.kill()


def sign_in(page: Page, relais: Relais) -> None:
    page.goto(f"{relais.url}?page=loans")
    page.fill("input[name=name]", "anne")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/dashboard?page=loans")
    expect(page.locator(".first")).to_have_count(0)


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("heading", name="Vous êtes déconnecté")).to_be_visible()


def kept(page: Page) -> str:
    """Return everything that the browser keeps, as text."""
    return json.dumps(page.evaluate(KEPT), ensure_ascii=False)


def refuse(route: Route) -> None:
    route.fulfill(status=503, body="")


def test_sign_out_leaves_only_unrecorded_scans_in_the_browser(
    context: BrowserContext, relais: Relais
) -> None:
    context.on("dialog", lambda dialog: dialog.accept())
    page = context.new_page()
    sign_in(page, relais)
    page.select_option("#desk", "MAIL")
    scan(page, [READ_ONLY, *ITEMS[:2]])
    eventually(page, lambda: len(relais.recorded("loan")), 2)
    page.keyboard.press("F2")
    page.locator("[data-part=note]").fill(NOTE)
    page.locator("[data-part=note]").press("Enter")
    scan(page, [ITEMS[2]])
    eventually(page, lambda: len(relais.recorded("waiting")), 1)
    desk = context.new_page()
    desk.goto(relais.url.replace("dashboard", "desk/"))
    desk.locator("details:has([data-part=log]) > summary").click()
    expect(desk.locator("[data-part=log]")).to_contain_text(ITEMS[0])
    context.strict.server_may_die = True  # type: ignore[attr-defined]
    context.strict.may_be_signed_out = True  # type: ignore[attr-defined]
    context.route("**/desk/transactions", refuse)
    page.keyboard.press("Escape")
    scan(page, [LATER, ITEMS[3]])
    eventually(page, lambda: ITEMS[3] in kept(page), True)
    early = (
        "text => dispatchEvent(new CustomEvent('relais:scan', { detail: { text, early: true } }))"
    )
    page.evaluate(early, OFFERED)
    before = kept(page)
    assert all(mark in before for mark in (READ_ONLY, LATER, NOTE, OFFERED))

    sign_out(page)
    expect(page.locator("[data-left=waiting]")).to_contain_text("pas encore\u202f: 2")
    after = kept(page)
    assert [mark for mark in (READ_ONLY, NOTE, *ITEMS[:3]) if mark in after] == []
    assert LATER in after
    assert OFFERED in after
    expect(desk.locator("[data-part=log]")).not_to_contain_text(ITEMS[0])
    assert READ_ONLY not in desk.content() + kept(desk)
    page.go_back()
    assert READ_ONLY not in page.content() + kept(page)

    context.unroute("**/desk/transactions", refuse)
    sign_in(page, relais)
    eventually(page, lambda: len(relais.recorded("loan")), 3)
    eventually(page, lambda: unsent(page), 0)
    guard = page.locator("[data-part=guard]")
    expect(guard).to_contain_text(OFFERED)
    page.keyboard.press("F9")
    expect(guard).to_be_empty()
    sign_out(page)
    expect(page.locator("[data-left=nothing]")).to_be_visible()
    assert [mark for mark in (LATER, OFFERED) if mark in kept(page) + kept(desk)] == []
    assert floors(page) == 1  # this entry keeps later scans in order, and identifies nobody
    log = (relais.folder / "server.log").read_text()
    assert [mark for mark in (READ_ONLY, LATER, OFFERED, NOTE, PASSWORD) if mark in log] == []


def test_enrolment_by_a_scanned_address(context: BrowserContext, relais: Relais) -> None:
    page = context.new_page()
    sign_in(page, relais)
    page.goto(relais.url.replace("dashboard", "workstations"))
    page.fill("input[name=name]", "pret-1")
    page.select_option("select[name=desk]", "CMU")
    page.get_by_role("button", name="Obtenir un code").click()
    code = page.locator(".enrolment-code").inner_text()
    expect(page.get_by_role("img", name="Code QR")).to_be_visible()
    enrol = relais.url.replace("dashboard", "enrol")
    page.goto(f"{enrol}#{code.replace(' ', '')}")
    expect(page.locator("input[name=code]")).to_have_value(code)
    assert page.url == enrol
    page.get_by_role("button", name="Inscrire ce poste").click()
    page.wait_for_url("**/desk/")
    expect(page.locator("[data-part=workstation]")).to_have_text("pret-1")
    expect(page.locator("#desk")).to_have_value("CMU")
    names = [cookie.get("name") for cookie in context.cookies()]
    assert "relais_token" in names
    assert "relais_enrolled" not in names
    assert code.replace(" ", "") not in (relais.folder / "server.log").read_text()


def unsent(page: Page) -> int:
    records: list[dict[str, Any]] = page.evaluate(KEPT)["relais/transactions"]
    return sum("waiting" in record for record in records)


def floors(page: Page) -> int:
    numbers: list[Any] = page.evaluate(KEPT)["relais/numbers"]
    return sum(isinstance(number, dict) and "stamp" in number for number in numbers)

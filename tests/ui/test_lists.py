"""The offline lists in a browser: what the server sends, and what a desk shows without it."""

import signal
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from procedure.io.offline_lists.list_store import ListStore, lists_folder
from procedure.offline_lists.browser_list import browser_list
from procedure.offline_lists.list_layout import ListKind, account_entry
from tests.procedure.offline_lists.lists import AS_OF, BROWSER_KEY, BrowserList, built
from tests.support.lists import BLOCKED, GOOD, KNOWN, NOT_FOR_LOAN, REQUESTED, keep, short
from tests.ui.conftest import Relais, Standins, eventually, handbook_over, scan
from tests.ui.desk.workstation import part

pytestmark = pytest.mark.ui

CARD, BAD_CARD, OTHER_BAD_CARD = "SLSP204518377", "SLSP311907254", "SLSP311907262"
ITEM, BAD_ITEM, OTHER_BAD_ITEM = "1060412257", "1060277981", "1060277982"
SHORT_ITEM = "1060277983"


@pytest.fixture(scope="module")
def relais(standins: Standins, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relais]:
    folder = tmp_path_factory.mktemp("relais")
    server = Relais(folder, handbook_over(standins, folder / "handbook"), standins)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    store = ListStore(lists_folder(server.environment["RELAIS_DATABASE_URL"]))
    items = {ITEM: KNOWN, BAD_ITEM: NOT_FOR_LOAN, OTHER_BAD_ITEM: NOT_FOR_LOAN}
    items |= {"1060412258": KNOWN, SHORT_ITEM: short(7)}
    keep(store, {CARD: GOOD, BAD_CARD: BLOCKED, OTHER_BAD_CARD: BLOCKED}, items, yesterday)
    server.start()
    yield server
    server.kill()


def enrol(page: Page, relais: Relais) -> None:
    base = relais.url.removesuffix("dashboard")
    page.goto(f"{base}workstations")
    page.fill("input[name=name]", "pret-1")
    page.get_by_role("button", name="Obtenir un code").click()
    code = page.locator(".enrolment-code").inner_text()
    page.goto(f"{base}enrol")
    page.fill("input[name=code]", code)
    page.get_by_role("button", name="Inscrire ce poste").click()
    page.wait_for_url("**/desk/**")


DECLINED = "pas prêté, la liste en doute"


def kept(page: Page) -> list[str]:
    asked = "caches.open('relais-lists').then((cache) => cache.keys())"
    return page.evaluate(f"async () => (await {asked}).map(({{ url }}) => url.split('/').at(-1))")


def loans(relais: Relais, item: str) -> list[dict[str, Any]]:
    return [loan for loan in relais.recorded("loan") if loan["item"] == item]


def test_row_of_a_previous_patron_stays_visible_until_decided(
    context: BrowserContext, relais: Relais
) -> None:
    page = context.new_page()
    page.goto(f"{relais.url}?page=loans")
    page.locator("#desk").select_option("MAIL")
    scan(page, [BAD_CARD, "1061112223"])
    rows, told = part(page, "rows"), page.locator("tr.told")
    buttons = told.get_by_role("button")
    expect(buttons).to_have_text(["Ne pas prêter F8", "Prêter quand même F3"])
    scan(page, [CARD, "1061112224"])
    expect(part(page, "guard")).to_contain_text("à décider : 1061112223")
    expect(told.first).to_contain_text("Compte bloqué (liste d’hier,")
    expect(told.first).to_contain_text(f"Lecteur {BAD_CARD}.")
    expect(buttons).to_have_text(["Ne pas prêter", "Prêter quand même F3"])
    buttons.first.click()
    expect(buttons).to_have_count(0)
    expect(rows.locator("tr:not(.told)")).to_have_count(1)
    eventually(page, lambda: [void["reason"] for void in relais.recorded("void")][-1:], [DECLINED])
    assert [loan["patron"] for loan in loans(relais, "1061112224")] == [CARD]


def test_list_warning_is_shown_below_its_row_and_f3_lends(
    context: BrowserContext, relais: Relais
) -> None:
    page = context.new_page()
    page.goto(f"{relais.url}?page=loans")
    page.locator("#desk").select_option("MAIL")
    scan(page, [BAD_CARD, ITEM])
    told = page.locator("tr.told")
    expect(told).to_contain_text("Compte bloqué (liste d’hier,")
    expect(part(page, "rows").locator("tr").nth(1)).to_have_class("told")
    for button in told.get_by_role("button").all():
        button.press("Enter")  # as a scanner does
    assert [loan["overridden"] for loan in loans(relais, ITEM)] == [False]
    part(page, "input").press("F3")
    expect(told).to_have_count(0)
    expect(part(page, "rows")).to_contain_text("Prêté malgré la liste. Compte bloqué")
    eventually(page, lambda: [loan["overridden"] for loan in loans(relais, ITEM)], [False, True])
    assert kept(page) == []  # this workstation is not enrolled
    # A row that needs a decision shows every reason for it.
    scan(page, [BAD_ITEM])
    expect(told).to_contain_text("Exclu du prêt (liste d’hier,")
    expect(told).to_contain_text("Compte bloqué (liste d’hier,")


def test_desk_shows_list_warnings_without_the_server(
    context: BrowserContext, relais: Relais
) -> None:
    page = context.new_page()
    enrol(page, relais)
    page.locator("#desk").select_option("MAIL")
    eventually(page, lambda: sorted(kept(page)), ["accounts", "items"])
    page.reload()
    assert relais.process is not None
    relais.signal(signal.SIGSTOP)
    scan(page, [CARD, OTHER_BAD_ITEM, "1069999999"])
    rows = part(page, "rows")
    expect(rows.locator("tr.told")).to_have_count(2)
    eventually(page, lambda: page.evaluate(PLAYED)[-2:], ["item", "item"])
    expect(rows).to_contain_text("Exclu du prêt (liste d’hier,")
    expect(rows).to_contain_text("Code inconnu ici (liste d’hier,")
    part(page, "input").press("Escape")
    scan(page, [OTHER_BAD_CARD, "1060412258"])
    expect(rows).to_contain_text("Compte bloqué (liste d’hier,")
    eventually(page, lambda: page.evaluate(PLAYED)[-1], "account")
    scan(page, [CARD])  # the next patron: the page names the previous patron's undecided items
    expect(part(page, "guard")).to_contain_text("1 document, à décider : 1060412258")
    relais.signal(signal.SIGCONT)
    eventually(page, lambda: len(loans(relais, "1060412258")), 1)
    assert [
        [
            (loan["warning"], [said["reason"] for said in loan["told"]])
            for loan in loans(relais, item)
        ]
        for item in (OTHER_BAD_ITEM, "1069999999", "1060412258")
    ] == [
        [("item_not_for_loan", ["item_not_for_loan"])],
        [(None, ["item_unknown"])],
        [("card_blocked", ["card_blocked"])],
    ]
    # A browser deletes lists that are older than the handbook allows, even without the server.
    age_in_words = part(page, "lists").inner_text()
    assert age_in_words.startswith("d’hier,")
    relais.signal(signal.SIGSTOP)
    assert page.evaluate(KEEP_FOR, 25 * 3_600_000) == ["accounts", "items"]
    assert page.evaluate(KEEP_FOR, 23 * 3_600_000) == []
    assert kept(page) == []
    relais.signal(signal.SIGCONT)
    page.reload()
    eventually(page, lambda: sorted(kept(page)), ["accounts", "items"])
    # Somebody signs out in another tab.
    page.evaluate("new BroadcastChannel('relais').postMessage({ ended: true })")
    eventually(page, lambda: kept(page), [])


def test_scans_before_the_page_is_ready_show_list_warnings(
    context: BrowserContext, relais: Relais
) -> None:
    page = context.new_page()
    enrol(page, relais)
    page.locator("#desk").select_option("MAIL")
    eventually(page, lambda: sorted(kept(page)), ["accounts", "items"])
    scans = [BAD_CARD, BAD_ITEM, "1060412259"]
    page.add_init_script(
        f"""addEventListener("DOMContentLoaded", () => {{
            for (const code of {scans}) window.scanner.hold(code)
        }})"""
    )
    page.wait_for_function("navigator.serviceWorker.controller")
    context.strict.server_may_die = True  # type: ignore[attr-defined]
    context.set_offline(True)
    page.reload()
    rows = part(page, "rows")
    expect(rows.locator("tr.told")).to_have_count(2)
    expect(rows).to_contain_text("Compte bloqué (liste d’hier,")
    expect(rows).to_contain_text("Exclu du prêt (liste d’hier,")
    expect(rows).to_contain_text("Code inconnu ici (liste d’hier,")
    eventually(page, lambda: sorted(page.evaluate(PLAYED)[-2:]), ["account", "item"])
    context.set_offline(False)
    eventually(page, lambda: len(loans(relais, "1060412259")), 1)


def test_double_scan_shows_the_due_date_of_the_short_loan(
    context: BrowserContext, relais: Relais
) -> None:
    page = context.new_page()
    page.goto(f"{relais.url}?page=loans")
    page.locator("#desk").select_option("MAIL")
    scan(page, [CARD, SHORT_ITEM])
    rows = part(page, "rows").locator("tr:not(.told)")
    expect(rows).to_contain_text("7 jours")
    first = rows.locator("td").nth(3).inner_text()
    scan(page, [SHORT_ITEM])
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Doublon")
    assert [row.locator("td").nth(3).inner_text() for row in rows.all()] == [first, first]


PLAYED = "window.desk.box.sounds.played"
KEEP_FOR = """async (milliseconds) => {
    const { BrowserLists } = await import("relais/browser_lists.js")
    const lists = new BrowserLists(document.baseURI)
    await lists.keepFor(milliseconds)
    return Object.keys(lists.lists).sort()
}"""

LOOK = """async ({ content, looked }) => {
    const { BrowserList } = await import("relais/browser_lists.js")
    const list = new BrowserList(Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0)).buffer)
    return looked.map(([identifier, day]) => list.lookUp(identifier, day))
}"""


@pytest.mark.parametrize("kind", ListKind)
def test_browser_reads_lists_written_by_the_server(plain: Page, kind: ListKind) -> None:
    random = Random(7)
    soon = [account_entry(AS_OF.date() + timedelta(days=days)) for days in range(-3, 20)]
    known = {
        ListKind.ACCOUNTS: [*[GOOD, BLOCKED] * 8, *soon],
        ListKind.ITEMS: [KNOWN, NOT_FOR_LOAN, REQUESTED, short(3), short(7)],
    }[kind]
    codes = ["É-12é", *(f"{number:010}" for number in random.sample(range(10**10), 60))]
    rows = [([code], random.choice(known)) for code in codes[:40]]
    content = browser_list(built(kind, rows), AS_OF, BROWSER_KEY, is_complete=True)
    looked = [(code, AS_OF.date() + timedelta(days=random.randrange(10))) for code in codes]
    expected = msgspec.to_builtins([BrowserList(content).look_up(*asked) for asked in looked])
    sent = {"content": b64encode(content).decode(), "looked": msgspec.to_builtins(looked)}
    assert plain.evaluate(LOOK, sent) == expected
    assert len({str(answer) for answer in expected}) > 2

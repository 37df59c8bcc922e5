"""Loans in a real browser: fast scanners, a server that dies, doubtful scans, and the log."""

import asyncio
import re
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import async_playwright, expect as expect_async
from playwright.sync_api import Browser, BrowserContext, Page, Route, WebSocketRoute, expect

from tests.ui.conftest import (
    DRAWN_WITHIN,
    LENDS_ANYWAY,
    PATIENCE,
    Relais,
    eventually,
    is_firefox,
    launch_options,
    scan,
)
from tests.ui.desk.workstation import part

pytestmark = pytest.mark.ui
PATRON, OTHER = "SLSP204518377", "SLSP311907254"
# Closes each websocket as soon as it is made, until `localStorage.connects` is set.
NO_WEBSOCKET = """window.WebSocket = class extends WebSocket {
  constructor(...words) {
    super(...words)
    if (!localStorage.connects) this.close()
  }
}"""
expect_async.set_options(timeout=1000 * PATIENCE)


@pytest.fixture(scope="module", autouse=True)
def outage(browser: Browser, relais: Relais) -> None:
    """Declare an outage, so that the page never asks in which system to lend."""
    page = browser.new_page()
    page.goto(relais.url)
    page.locator('[data-key="coordinate"]').click()
    # Type the text: if the driver fills a field, Firefox considers the field unchanged.
    page.get_by_label("Nom de la panne").press_sequentially("Alma EU03")
    page.get_by_label("Signé").press_sequentially("LM")
    page.get_by_role("button", name="Déclarer la panne", exact=True).click()
    expect(page.locator(".facts")).to_be_visible()
    page.close()


@pytest.fixture
def desk(context: BrowserContext, relais: Relais) -> Page:
    """The loans page of a workstation with a chosen desk."""
    page = context.new_page()
    page.goto(f"{relais.url}?page=loans")
    expect(part(page, "input")).to_be_focused()
    page.select_option("#desk", "MAIL")
    expect(part(page, "input")).to_be_focused()
    return page


def pressed(key: str) -> dict[str, Any]:
    """Return the event for pressing a key."""
    if key == "\n":
        enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
        return {"type": "rawKeyDown", **enter}
    return {"type": "keyDown", "key": key, "text": key}


def loans(relais: Relais) -> list[dict[str, Any]]:
    return relais.recorded("loan")


def whose(relais: Relais, begin: str) -> list[tuple[str, str]]:
    """Return the items with this prefix, each with its patron, in the order of their loans."""
    lent = ((loan["item"], loan["patron"]) for loan in loans(relais))
    return [loan for loan in lent if loan[0].startswith(begin)]


def items(relais: Relais, begin: str) -> list[str]:
    return [loan["item"] for loan in loans(relais) if loan["item"].startswith(begin)]


def all_on_the_server(page: Page) -> None:
    page.wait_for_timeout(DRAWN_WITHIN)
    expect(page.locator(".counter", has=part(page, "waiting"))).to_have_text(re.compile(r"^\s*0\D"))


async def scan_without_waiting(relais: Relais, scans: list[str]) -> float:
    """Press a key every 5 ms without waiting for the browser; return the actual ms per key."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options("chromium"))
        page = await browser.new_page()
        await page.add_init_script(LENDS_ANYWAY)
        await page.goto(f"{relais.url}?page=loans")
        await page.locator('[data-part="input"]').wait_for()
        await page.select_option("#desk", "MAIL")
        line = await page.context.new_cdp_session(page)
        sent, begun = [], time.perf_counter()
        for number, key in enumerate(letter for scan in scans for letter in f"{scan}\n"):
            await asyncio.sleep(begun + 0.005 * number - time.perf_counter())
            sent.append(asyncio.ensure_future(line.send("Input.dispatchKeyEvent", pressed(key))))
        await asyncio.gather(*sent)
        pace = 1000 * (time.perf_counter() - begun) / len(sent)
        taken = page.locator('[data-part="about"]')
        await expect_async(taken).to_contain_text(f"{len(scans) - 1} documents")
        await expect_async(page.locator('[data-part="waiting"]')).to_have_text("0")
        await browser.close()
        return pace


@pytest.mark.skip_browser("firefox")  # its driver waits for each key
@pytest.mark.parametrize("scans", [150, pytest.param(500, marks=pytest.mark.long)])
def test_lending_records_fast_scans_once_and_in_order(relais: Relais, scans: int) -> None:
    wanted = [f"0Q{scans}{number:03d}X" for number in range(scans)]
    # The other browser tests already run an event loop in this thread.
    with ThreadPoolExecutor(1) as beside:
        pace = beside.submit(asyncio.run, scan_without_waiting(relais, [PATRON, *wanted])).result()
    print(f"{pace:.1f} ms per key")
    entries = [loan for loan in loans(relais) if loan["item"].startswith(f"0Q{scans}")]
    assert [loan["item"] for loan in entries] == wanted
    assert {(loan["patron"], loan["desk"], loan["warning"]) for loan in entries} == {
        (PATRON, "MAIL", None)
    }
    assert [loan["sequence"] for loan in entries] == sorted({loan["sequence"] for loan in entries})
    instants = [datetime.fromisoformat(loan["at"]) for loan in entries]
    assert instants == sorted(instants)


def test_lending_box_accepts_scans_before_the_server_makes_the_place(
    context: BrowserContext, relais: Relais
) -> None:
    page = context.new_page()
    page.goto(relais.url)
    page.select_option("#desk", "MAIL")
    page.wait_for_timeout(500)  # by then the server knows the chosen desk
    relais.signal(signal.SIGSTOP)
    try:
        page.get_by_role("link", name="Prêts", exact=True).click()
        expect(page.locator("#early-scan")).to_be_focused()
        scan(page, [PATRON, "0BEFORE-1", "0BEFORE-2"])
        expect(page.locator("[data-early] .code")).to_have_text(["0BEFORE-2", "0BEFORE-1", PATRON])
        for place in ("Transfert", "Historique"):
            # In the link, the name is followed by the number of loans left to transfer to Alma.
            page.get_by_role("link", name=re.compile(f"^{place}")).click()
            expect(page.locator("main :is(h1, h2):visible").first).to_be_visible()
    finally:
        relais.signal(signal.SIGCONT)
    page.get_by_role("link", name="Prêts", exact=True).click()
    expect(page.locator("#scan")).to_be_focused()
    expect(page.locator("[data-early]")).to_be_hidden()
    eventually(page, lambda: items(relais, "0BEFORE"), ["0BEFORE-1", "0BEFORE-2"])


@pytest.mark.important
def test_lending_survives_a_killed_server(
    desk: Page, relais: Relais, context: BrowserContext
) -> None:
    context.strict.server_may_die = True  # type: ignore[attr-defined]
    wanted = [f"0KILL-{number:05d}" for number in range(60)]
    scan(desk, [PATRON, *wanted[:30]])
    acknowledged = desk.locator('[data-part="rows"] tr', has_text="Enregistré").all_inner_texts()
    relais.signal(signal.SIGKILL)
    seen = [re.search(r"0KILL-\d+", text)[0] for text in acknowledged]  # type: ignore[index]
    relais.process.wait()  # type: ignore[union-attr]
    assert set(seen) <= set(items(relais, "0KILL"))
    scan(desk, wanted[30:])
    expect(part(desk, "waiting")).not_to_have_text("0")
    expect(part(desk, "waiting-why")).to_contain_text("Gardé sur ce poste")
    desk.evaluate("window.before = true")
    relais.start()
    # The page notices that the server is back, and reloads with the loans that it kept.
    desk.wait_for_function("window.before === undefined")
    expect(part(desk, "waiting")).to_have_text("0")
    expect(part(desk, "about")).to_contain_text("60 documents")
    assert items(relais, "0KILL") == wanted
    scan(desk, ["0KILL-99999"])
    all_on_the_server(desk)
    assert items(relais, "0KILL") == [*wanted, "0KILL-99999"]


def test_lending_page_without_its_session_says_so_and_keeps_a_scan(
    context: BrowserContext, relais: Relais
) -> None:
    context.strict.server_may_die = True  # type: ignore[attr-defined]
    page = context.new_page()
    page.add_init_script(NO_WEBSOCKET)
    page.goto(f"{relais.url}?page=loans")
    expect(page.get_by_role("heading", name="Serveur injoignable depuis")).to_be_visible()
    expect(page.get_by_text("Premier relevé en cours.")).to_be_hidden()
    scan(page, [PATRON])
    page.evaluate("localStorage.connects = 'yes'")
    # The page reloads automatically and keeps the scan.
    expect(part(page, "patron")).to_have_text(PATRON)


@pytest.mark.important
def test_lending_reload_keeps_patron_and_rows(desk: Page, relais: Relais) -> None:
    scan(desk, [PATRON, "0LOAD-1", "0LOAD-2"])
    desk.reload()
    expect(part(desk, "patron")).to_have_text(PATRON)
    expect(part(desk, "rows").locator("tr")).to_have_count(2)
    scan(desk, ["0LOAD-3"])
    all_on_the_server(desk)
    assert items(relais, "0LOAD") == ["0LOAD-1", "0LOAD-2", "0LOAD-3"]
    assert {loan["patron"] for loan in loans(relais) if loan["item"].startswith("0LOAD")} == {
        PATRON
    }


def test_lending_scan_on_a_focused_button_goes_to_the_scan_box(desk: Page, relais: Relais) -> None:
    scan(desk, [PATRON])
    desk.get_by_role("button", name="Reprendre un fichier").focus()
    scan(desk, ["0AWAY-1", "0AWAY-2"])
    all_on_the_server(desk)
    assert items(relais, "0AWAY") == ["0AWAY-1", "0AWAY-2"]
    expect(part(desk, "input")).to_be_focused()
    expect(desk.get_by_text("Déposez ici le fichier du poste")).to_be_hidden()


def test_lending_asks_about_a_code_of_unusual_length_and_stops_nothing(
    desk: Page, relais: Relais
) -> None:
    """A long code may be two joined codes; if one is a card, the next items' patron is unknown."""
    scan(desk, [PATRON, "0ODD-00001", "0ODD-00002"])
    scan(desk, ["0ODD-000030ODD-00004", "0ODD-00005"])
    guard = part(desk, "guard")
    expect(guard).to_contain_text("20 caractères\u202f; vos documents en ont 10.")
    expect(guard).to_contain_text("Le scan qui l’a suivi attend votre réponse.")
    expect(desk).to_have_title(re.compile(r"^\(2\) À décider · "))
    desk.reload()
    expect(guard).to_contain_text("0ODD-000030ODD-00004")
    # The next patron is served; the keys then answer for the patron whose code it was.
    scan(desk, [OTHER, "0ODD-00007"])
    rows = part(desk, "rows").locator("tr")
    expect(rows.filter(has_text="À décider")).to_contain_text("0ODD-000030ODD-00004")
    expect(guard).to_contain_text("0ODD-000030ODD-00004")
    desk.keyboard.press("F7")
    expect(guard).to_contain_text("Lecteur suivant")
    # The length is known from now on, and nothing waits any more.
    scan(desk, ["0ODD-000080ODD-00009"])
    expect(desk).not_to_have_title(re.compile("À décider"))
    desk.keyboard.press("F6")  # there is nothing to swap, which the page says with a sound
    all_on_the_server(desk)
    assert whose(relais, "0ODD") == [
        ("0ODD-00001", PATRON),
        ("0ODD-00002", PATRON),
        ("0ODD-00007", OTHER),
        ("0ODD-000030ODD-00004", PATRON),
        ("0ODD-00005", PATRON),
        ("0ODD-000080ODD-00009", OTHER),
    ]


NO_END = {"end": "none", "gap": 60, "pause": 240}
BOOK = "10238100011"


@pytest.mark.parametrize(
    ("known", "code", "place", "pause"),
    [
        (None, "2074232720", 2, 2.3),
        (NO_END, BOOK, 3, 0.5),
        (NO_END, BOOK, 8, 1.2),
        (NO_END, "SLSP311907254", 5, 0.5),
    ],
)
def test_lending_code_cut_by_a_pause_is_asked_about_whole(
    desk: Page, relais: Relais, known: dict[str, Any] | None, code: str, place: int, pause: float
) -> None:
    """No part of the code is recorded by itself, and the next item goes to no earlier patron."""
    patron = f"SLSP{place}{round(10 * pause):03d}{len(code):02d}377"
    item = f"1{place}{round(10 * pause):03d}{len(code):02d}0001"
    scan(desk, [patron, item[:-1] + "9"])
    desk.wait_for_timeout(1700)  # the last code is over, even for a scanner without an end key
    desk.evaluate("known => scanner.learn(known)", known)
    desk.keyboard.type(code[:place])
    desk.wait_for_timeout(1000 * pause)
    desk.keyboard.type(code[place:] + ("" if known else "\n"))
    guard = part(desk, "guard")
    expect(guard.locator("[data-text=code]")).to_have_text(code)
    desk.evaluate("scanner.learn(null)")
    desk.wait_for_timeout(1700)
    scan(desk, [item])
    expect(guard).to_contain_text("Le scan qui l’a suivi attend votre réponse.")
    desk.keyboard.press("F7" if code == BOOK else "F9")
    all_on_the_server(desk)
    reader = patron if code == BOOK else code
    assert whose(relais, item) == [(item, reader)]


def test_lending_stray_letter_does_not_spoil_the_next_card(desk: Page, relais: Relais) -> None:
    scan(desk, [PATRON, "0LEFT-1"])
    desk.keyboard.press("F")  # a key of the slip, which is not open
    desk.wait_for_timeout(2200)
    scan(desk, [OTHER, "0LEFT-2"])
    all_on_the_server(desk)
    assert whose(relais, "0LEFT") == [("0LEFT-1", PATRON), ("0LEFT-2", OTHER)]


def test_lending_scan_on_another_place_is_asked_about(desk: Page, relais: Relais) -> None:
    scan(desk, [PATRON])
    desk.locator('[data-go="guide"]').first.click()
    desk.locator("main").focus()
    scan(desk, ["0STRAY-1", "0STRAY-2"])
    banner = desk.locator("#stray")
    expect(banner).to_contain_text("Ce scan n’a rien enregistré")
    expect(banner).to_contain_text("0STRAY-1, 0STRAY-2")
    assert items(relais, "0STRAY") == []
    banner.get_by_role("link").click()
    expect(banner).to_be_hidden()
    expect(part(desk, "guard")).to_contain_text("Scanné pendant qu’une autre page était affichée.")
    desk.keyboard.press("F7")
    all_on_the_server(desk)
    expect(part(desk, "about")).to_contain_text("2 documents")
    assert items(relais, "0STRAY") == ["0STRAY-1", "0STRAY-2"]


def test_lending_help_opens_by_key_and_escape_keeps_the_patron(desk: Page) -> None:
    scan(desk, [PATRON, "0HELP-1"])
    all_on_the_server(desk)
    desk.keyboard.press("F1")
    helping = desk.get_by_role("region", name="Aide")
    expect(helping).to_contain_text("annuler le dernier scan")
    desk.keyboard.press("Escape")
    expect(helping).to_be_hidden()
    expect(part(desk, "patron")).to_have_text(PATRON)
    # Press Escape as soon as the help has opened, before the help has fired an event.
    open_now = "document.getElementById('help').showPopover()"
    press = "dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', cancelable: true }))"
    assert desk.evaluate(f"{open_now}, {press}") is True
    desk.keyboard.press("Escape")
    expect(helping).to_be_hidden()
    expect(part(desk, "patron")).to_have_text(PATRON)
    # A scan goes to the open patron, wherever the focus is.
    desk.get_by_role("button", name="Aide").click()
    expect(helping).to_be_visible()
    scan(desk, ["0HELP-2"])
    expect(part(desk, "about")).to_contain_text("2 documents")


def test_lending_scans_before_the_desk_is_chosen_are_held_and_recorded_once(
    blank: Page, relais: Relais
) -> None:
    blank.goto(f"{relais.url}?page=loans")
    expect(part(blank, "input")).to_be_focused()
    scan(blank, [PATRON, "0NODESK-1", "2071234567", "0NODESK-2"])
    guard = part(blank, "guard")
    expect(guard).to_contain_text("Choisissez d’abord le guichet")
    expect(guard).to_contain_text("2 scans sont gardés ici")
    expect(part(blank, "rows").locator("tr")).to_contain_text("Attend le guichet")
    blank.reload()
    expect(guard).to_contain_text("2 scans sont gardés ici")
    blank.get_by_role("button", name="Choisir le guichet").click()
    expect(blank.locator("#desk")).to_be_focused()
    # A scanner cannot choose a desk in the focused list.
    scan(blank, ["0NODESK-3"])
    expect(guard).to_contain_text("3 scans sont gardés ici")
    assert blank.locator("#desk").input_value() == ""
    assert items(relais, "0NODESK") == []
    before = datetime.now(ZoneInfo("UTC"))
    blank.select_option("#desk", "MAIL")
    all_on_the_server(blank)
    expect(guard).not_to_contain_text("guichet")
    expect(part(blank, "rows").locator("tr", has_text="Enregistré")).to_have_count(2)
    other = "2071234567"
    assert standing(relais, "0NODESK") == [
        (PATRON, "0NODESK-1"),
        (other, "0NODESK-2"),
        (other, "0NODESK-3"),
    ]
    entries = [loan for loan in loans(relais) if loan["item"].startswith("0NODESK")]
    assert {loan["desk"] for loan in entries} == {"MAIL"}
    instants = [datetime.fromisoformat(loan["at"]) for loan in entries]
    assert instants == sorted(instants)
    assert instants[-1] < before + timedelta(seconds=1)


def standing(relais: Relais, begin: str) -> list[tuple[str, str]]:
    """Return the patron and item of each loan in `_standing` whose item contains `begin`."""
    return [(loan["patron"], loan["item"]) for loan in _standing(relais) if begin in loan["item"]]


def _standing(relais: Relais) -> list[dict[str, Any]]:
    """Return the loans, except voided loans and repetitions of a loan within two minutes."""
    void = {entry["loan"] for entry in relais.recorded("void")}
    stand: list[dict[str, Any]] = []
    for loan in loans(relais):
        twins = [two for two in stand if all(loan[key] == two[key] for key in ("patron", "item"))]
        twice = any(moment(loan)[0] - moment(two)[0] < timedelta(minutes=2) for two in twins)
        if loan["id"] not in void and not twice:
            stand.append(loan)
    return stand


def test_lending_voids_from_the_log_with_a_reason_and_lends_again(
    desk: Page, relais: Relais
) -> None:
    scan(desk, [PATRON, "0VOID-1"])
    all_on_the_server(desk)
    desk.get_by_label("Lecteur ou document").fill("0void-1")
    desk.get_by_label("Lecteur ou document").press("Enter")
    button = desk.locator(".paged .row-act")
    expect(button).to_have_count(1)
    button.click()
    desk.get_by_role("button", name="mauvais lecteur").click()
    expect(desk.locator(".paged tbody tr")).to_contain_text("mauvais lecteur")
    expect(part(desk, "rows").locator("tr")).to_contain_text("Annulé")
    eventually(desk, lambda: standing(relais, "0VOID"), [])
    button.click()
    desk.locator('[data-act="restore"]').click()
    expect(desk.locator(".paged tbody tr")).to_have_count(2)
    eventually(desk, lambda: standing(relais, "0VOID"), [(PATRON, "0VOID-1")])
    assert [loan["late"] for loan in _standing(relais) if loan["item"] == "0VOID-1"] == [True]


def never_ready(line: WebSocketRoute) -> None:
    """Prevent a page from reporting that it has been drawn, by renaming the event that it sends."""
    server = line.connect_to_server()

    def send(message: str | bytes) -> None:
        is_text = isinstance(message, str)
        server.send(message.replace("document_ready", "connection_lost") if is_text else message)

    line.on_message(send)


def test_lending_log_follows_its_filter_while_the_page_is_being_drawn(
    context: BrowserContext, relais: Relais, desk: Page
) -> None:
    scan(desk, [PATRON, "0EARLY-1", "0EARLY-2"])
    all_on_the_server(desk)
    context.route_web_socket(re.compile("/dashboard/ws"), never_ready)
    page = context.new_page()
    page.goto(f"{relais.url}?page=loans")
    rows = page.locator(".paged tbody tr")
    expect(rows.nth(1)).to_be_visible()
    page.get_by_label("Lecteur ou document").fill("0early-1")
    page.get_by_label("Lecteur ou document").press("Enter")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("0EARLY-1")
    page.close()


@pytest.mark.important
def test_lending_doubts_stay_beside_their_rows(desk: Page, relais: Relais) -> None:
    scan(desk, [PATRON, "0DOUBT-1", "0DOUBT-1", "2071234567", "0DOUBT-2"])
    all_on_the_server(desk)
    rows = part(desk, "rows").locator("tr")
    expect(rows).to_have_count(1)
    expect(part(desk, "patron")).to_have_text("2071234567")
    # 2071234567 was not a card: F9 moves this scan and all later scans to the previous patron.
    desk.keyboard.press("F9")
    all_on_the_server(desk)
    expect(part(desk, "patron")).to_have_text(PATRON)
    expect(rows).to_have_count(4)
    expect(rows.nth(2)).to_contain_text("Doublon")
    expect(rows.nth(1)).to_contain_text("Confirmé au poste.")
    expect(rows.nth(0)).to_contain_text("Enregistré")
    assert standing(relais, "0DOUBT") == [(PATRON, "0DOUBT-1"), (PATRON, "0DOUBT-2")]
    assert standing(relais, "2071234567") == [(PATRON, "2071234567")]
    # 2071234567 was a card after all: F7 moves the later scans to this card.
    desk.keyboard.press("F7")
    all_on_the_server(desk)
    expect(part(desk, "patron")).to_have_text("2071234567")
    assert standing(relais, "0DOUBT") == [(PATRON, "0DOUBT-1"), ("2071234567", "0DOUBT-2")]
    assert standing(relais, "2071234567") == []
    assert "other_patron" not in {
        loan["warning"] for loan in loans(relais) if "0DOUBT" in loan["item"]
    }
    desk.keyboard.press("F8")
    all_on_the_server(desk)
    assert standing(relais, "0DOUBT") == [(PATRON, "0DOUBT-1")]


@pytest.mark.important
def test_lending_pending_loan_is_completed_from_the_list(desk: Page, relais: Relais) -> None:
    desk.keyboard.press("F2")
    expect(part(desk, "note")).to_be_focused()
    desk.keyboard.type("Mme Rochat", delay=70)
    desk.keyboard.press("Enter")
    scan(desk, ["0WAITS-1"])
    all_on_the_server(desk)
    newest = part(desk, "last").locator("li").first
    expect(newest).to_contain_text("attend sa carte")
    expect(desk.locator("#log-title")).to_contain_text("1 sur carte oubliée")
    rows = desk.locator(".waits-list")
    expect(rows).to_contain_text("Mme Rochat")
    expect(part(desk, "waits")).to_be_hidden()  # the loan is listed only once
    card = rows.get_by_label("Numéro de la carte")
    rows.get_by_role("button", name="Compléter ou annuler 0WAITS-1").click()
    expect(card).to_be_focused()
    scan(desk, [PATRON])
    expect(rows).to_have_count(0)
    expect(newest).to_contain_text("Complété")
    eventually(desk, lambda: standing(relais, "0WAITS"), [(PATRON, "0WAITS-1")])
    # A pending loan from another workstation is listed on every page.
    at = datetime.now(ZoneInfo("UTC")).isoformat()
    elsewhere = {"kind": "waiting", "id": str(uuid4()), "item": "0WAITS-2", "note": "M. Favre"}
    elsewhere |= {"at": at, "made_at": at, "skew_s": 0, "desk": "MAIL", "workstation": "autre"}
    sent = desk.request.post(
        relais.url.replace("dashboard", "desk/transactions"),
        headers={"X-Relais": "desk"},
        data={"transactions": [elsewhere | {"sequence": 1}]},
    )
    assert sent.ok
    expect(rows).to_contain_text("M. Favre")
    rows.get_by_role("button", name="Compléter ou annuler 0WAITS-2").click()
    expect(card).to_be_focused()
    desk.keyboard.press("Enter")  # there is no card, so the page reports an error
    expect(desk.locator(".waits-part .refused, .waits-part [role=alert]")).to_be_visible()
    assert items(relais, "0WAITS") == ["0WAITS-1"]
    card.click()
    scan(desk, [PATRON])  # a scanner's Enter completes the loan
    expect(rows).to_have_count(0)
    expect(desk.get_by_text("Prêt complété")).to_be_visible()
    assert standing(relais, "0WAITS") == [(PATRON, "0WAITS-1"), (PATRON, "0WAITS-2")]


def moment(loan: dict[str, Any]) -> tuple[datetime, int]:
    return datetime.fromisoformat(loan["at"]), loan["sequence"]


def test_lending_english_is_complete(blank: Page, relais: Relais) -> None:
    blank.goto(f"{relais.url}?page=loans&lang=en")
    expect(blank.get_by_role("textbox", name="Scan a user’s card")).to_be_focused()
    expect(blank.get_by_role("heading", name="Loan log")).to_be_visible()


def test_lending_desk_known_only_to_the_browser_is_named_everywhere(
    context: BrowserContext, relais: Relais
) -> None:
    """The page sends its desk while it is being drawn; then all parts of the page show the desk."""
    context.add_init_script("try { localStorage.setItem('relais.desk', 'MAIL') } catch { }")
    page = context.new_page()
    page.goto(f"{relais.url}?page=loans")
    expect(page.locator("#desk")).to_have_value("MAIL")
    expect(page.locator('[data-shows="desk_name"]')).to_have_text("Uni Mail, prêt")


@pytest.mark.important
def test_lending_arrow_key_opens_the_desk_list_and_selects_nothing(desk: Page) -> None:
    choice = desk.locator("#desk")
    choice.focus()
    desk.keyboard.press("ArrowUp")
    assert (choice.input_value(), choice.evaluate("e => e.matches(':focus:open')")) == (
        "MAIL",
        True,
    )
    if is_firefox(desk):
        return  # the open list is a separate window, which the driver cannot send keys to
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("Enter")
    expect(choice).not_to_have_value("MAIL")
    expect(part(desk, "input")).to_be_focused()
    desk.select_option("#desk", "MAIL")


def tab_to(page: Page, target: Any) -> None:
    """Press Tab until the target has the focus, at most 150 times."""
    focused = "e => e.getRootNode().activeElement === e"
    for _ in range(150):
        if target.count() and target.first.evaluate(focused):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {target}")


def test_lending_works_with_the_keyboard_only(context: BrowserContext, relais: Relais) -> None:
    page = context.new_page()
    page.goto(f"{relais.url}?page=loans")
    expect(part(page, "input")).to_be_focused()
    tab_to(page, page.locator("#desk"))
    for key in ("ArrowDown", "Home", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#desk")).to_have_value("MAIL")
    expect(part(page, "input")).to_be_focused()
    for code in (PATRON, "0KEYS-1", "0KEYS-2"):
        page.keyboard.type(f"{code}\n", delay=40)
    expect(part(page, "rows").locator("tr")).to_have_count(2)
    page.keyboard.press("F8")
    eventually(page, lambda: standing(relais, "0KEYS"), [(PATRON, "0KEYS-1")])
    tab_to(page, page.get_by_label("Lecteur ou document"))
    page.keyboard.type("0keys-1\n")
    void = page.locator(".paged .row-act")
    expect(void).to_have_count(1)
    tab_to(page, void)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="mauvais lecteur"))
    page.keyboard.press("Enter")
    eventually(page, lambda: standing(relais, "0KEYS"), [])


@pytest.fixture
def before(context: BrowserContext, relais: Relais) -> tuple[Page, Callable[[], None]]:
    """The Loans page with a delayed session, and a function that starts the session."""
    context.add_init_script("try { localStorage.setItem('relais.desk', 'MAIL') } catch { }")
    page, waiting = context.new_page(), list[Route]()
    page.route("**/panel.min.js*", lambda route: waiting.append(route))  # noqa: PLW0108 - Playwright marks it

    def come() -> None:
        for route in waiting:
            route.continue_()
        expect(part(page, "input")).to_be_focused()

    page.main_frame.goto(f"{relais.url}?page=loans", wait_until="commit")
    expect(page.locator("#early-scan")).to_be_focused()
    page.wait_for_timeout(400)  # a scan made sooner might lose its beginning
    return page, come


@pytest.mark.important
def test_lending_accepts_scans_before_the_session_exists(
    before: tuple[Page, Callable[[], None]], relais: Relais
) -> None:
    """The first box holds all codes until the session exists; then another box records them."""
    page, come = before
    scan(page, [PATRON, "0EARLY-1"])
    page.keyboard.type("0EARLY-2", delay=70)
    page.keyboard.press("Enter")
    held = page.locator("[data-early] .code")
    expect(held).to_have_text(["0EARLY-2", "0EARLY-1", PATRON])
    page.keyboard.type("0EARLY", delay=70)
    come()
    page.keyboard.type("-3", delay=70)
    page.keyboard.press("Enter")
    wanted = [(PATRON, f"0EARLY-{number}") for number in (1, 2, 3)]
    eventually(page, lambda: standing(relais, "0EARLY"), wanted)


def test_lending_asks_about_a_scan_that_lost_its_beginning(
    before: tuple[Page, Callable[[], None]], relais: Relais
) -> None:
    """The torn scan may have been a card, so the patron of the next items is unknown."""
    page, come = before
    scan(page, [PATRON, "0TORN-1"])
    page.evaluate("window.scanner.hold('4518377', true)")
    scan(page, ["0TORN-2", "0TORN-3"])
    come()
    expect(part(page, "guard")).to_contain_text("4518377")
    expect(part(page, "guard")).to_contain_text("Les 2 scans qui l’ont suivi attendent")
    eventually(page, lambda: standing(relais, "0TORN"), [(PATRON, "0TORN-1")])

"""No loan is lost if browser storage is full or cleared; loans in a file are imported once."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import (
    Relais,
    is_firefox,
    only_worker,
    scan,
)
from tests.ui.desk.workstation import (
    PATRON,
    SENDING,
    Start,
    items,
    loans,
    named,
    part,
    waits,
)

pytestmark = pytest.mark.ui


DROP = """(text) => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([text], "relais_poste.jsonl"))
    const dropped = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true })
    document.body.dispatchEvent(dropped)
}"""


def test_desk_saved_file_is_imported_once(start: Start, relais: Relais, tmp_path: Path) -> None:
    pc, page = start()
    pc.context.route(SENDING, lambda route: route.fulfill(status=503, json={}))
    scan(page, [PATRON, *named("0FILE", 0, 6)])
    waits(page, 6)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Enregistrer un fichier").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [line["item"] for line in lines] == named("0FILE", 0, 6)
    assert {(line["kind"], line["desk"], line["patron"]) for line in lines} == {
        ("loan", "MAIL", PATRON)
    }
    result = relais.command("loans", "import", str(file), "--json")
    assert json.loads(result.stdout)["new"] == 6, result.stderr
    # Add a valid and an invalid line to the file, and drop it on the Loans page.
    panel = pc.open("/dashboard?page=loans")
    more = json.dumps(lines[0] | {"id": str(uuid4()), "item": "0FILE-006", "sequence": 99})
    panel.evaluate(DROP, f"{file.read_text('utf-8')}{more}\n{{\n")
    element = panel.locator(".said-new")
    expect(element).to_have_text("Nouveau ici\u202f: 1 prêt. Rien n’est encore pris.")
    expect(element).to_be_focused()
    expect(panel.get_by_text("ligne 8, n’est pas une ligne")).to_be_visible()
    panel.keyboard.press("Tab")
    expect(panel.get_by_role("button", name="Prendre les bonnes lignes")).to_be_focused()
    scan(panel, [PATRON])  # the scan goes to the scan box, and its Enter does not press a button
    expect(part(panel, "patron")).to_have_text(PATRON)
    expect(element).to_contain_text("Rien n’est encore pris.")
    panel.wait_for_timeout(100)  # any sooner, Enter would count as part of the scan
    panel.get_by_role("button", name="Prendre les bonnes lignes").press("Enter")
    expect(element).to_have_text("Pris\u202f: 1 prêt.")
    expect(element).to_be_focused()
    pc.context.unroute(SENDING)
    panel.close()
    waits(page, 0)
    assert items(relais, "0FILE") == named("0FILE", 0, 7)


def test_desk_with_a_full_disk_says_so_and_sends_the_loan(start: Start, relais: Relais) -> None:
    _, page = start()
    page.route(SENDING, lambda route: route.fulfill(status=503, json={}))
    only_worker(page).evaluate(  # it is the worker that uses the database
        """() => { IDBObjectStore.prototype.add = () => { throw new DOMException("full", "QuotaExceededError") } }"""
    )
    scan(page, [PATRON, "0DISK-1", "0DISK-2"])
    expect(part(page, "rows").locator("tr", has_text="Cette page seule")).to_have_count(2)
    expect(part(page, "keeping")).to_contain_text("Le navigateur n’enregistre plus rien")
    assert page.evaluate("window.desk.box.sounds.played")[-2:] == ["refused", "refused"]
    page.unroute(SENDING)
    waits(page, 0)
    assert items(relais, "0DISK") == ["0DISK-1", "0DISK-2"]


# A browser can lose its storage while a page is open. A script or a cleaning tool may delete it, or
# the developer tools may empty it without notifying the page. For "cleared",
# `clear_storage` clears the site's data as the browser's settings would.
CLEARING = {
    "deleted": """async () => {
        localStorage.clear()
        sessionStorage.clear()
        await new Promise((done) => { indexedDB.deleteDatabase("relais").onsuccess = done })
    }""",
    "emptied": """() => new Promise((done) => {
        indexedDB.open("relais").onsuccess = ({ target: { result } }) => {
            const emptying = result.transaction(["transactions", "numbers"], "readwrite")
            for (const name of ["transactions", "numbers"]) emptying.objectStore(name).clear()
            emptying.oncomplete = () => { result.close(); done() }
        }
    })""",
}


def clear_storage(page: Page, how: str, url: str) -> None:
    if how in CLEARING:
        page.evaluate(CLEARING[how])
        return
    if is_firefox(page):
        pytest.skip("Firefox's driver cannot clear a site's data")
    line = page.context.new_cdp_session(page)
    origin = "/".join(url.split("/")[:3])
    line.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    line.detach()


@pytest.mark.parametrize("how", ["cleared", *CLEARING])
def test_desk_loans_in_memory_outlive_the_storage(start: Start, relais: Relais, how: str) -> None:
    pc, page = start()
    scan(page, [PATRON, f"0{how}-before"])
    waits(page, 0)
    if how == "cleared":
        relais.kill()
    else:
        page.route(SENDING, lambda route: route.abort())
    scan(page, named(f"0{how}", 0, 8))
    waits(page, 8)
    clear_storage(page, how, pc.url)
    expect(part(page, "waiting")).to_have_text("8")
    expect(page.get_by_text("Tout est sur le serveur")).to_have_count(0)
    scan(page, named(f"0{how}", 8, 10))
    waits(page, 10)
    if how == "emptied":
        page.evaluate("window.desk.workstation.outbox.send()")  # as the page does within 30 s
    expect(part(page, "keeping")).to_contain_text("Les données de ce navigateur ont été effacées")
    if how == "cleared":
        relais.start()
    page.unroute_all(behavior="wait")
    page.evaluate("window.desk.line.ask()")  # as the page does every ten seconds
    waits(page, 0)
    expect(page.get_by_text("Tout est sur le serveur")).to_be_visible()
    assert items(relais, f"0{how}") == [f"0{how}-before", *named(f"0{how}", 0, 10)]
    assert len({loan["workstation"] for loan in loans(relais, f"0{how}")}) == 1


def test_dashboard_keeps_loans_that_its_storage_lost(start: Start, relais: Relais) -> None:
    pc, desk_page = start()
    page = pc.open("/dashboard?page=loans")
    # Wait until the page has stored the data that it needs while the server is down: if it stored
    # the data after its storage was cleared, it would register the service worker again.
    page.wait_for_function("localStorage['relais.board']")
    stuck = lambda route: route.fulfill(status=503, json={})  # noqa: E731
    pc.context.route(SENDING, stuck)
    scan(page, [PATRON, *named("0PANEL", 0, 5)])
    waits(page, 5)
    clear_storage(page, "cleared", pc.url)
    for tab in (page, desk_page):
        expect(part(tab, "waiting")).to_have_text("5")
    scan(page, ["0PANEL-005"])
    waits(page, 6)
    page.close()  # the other tab has the loans
    desk_page.bring_to_front()
    waits(desk_page, 6)
    pc.context.unroute(SENDING)
    waits(desk_page, 0)
    assert items(relais, "0PANEL") == named("0PANEL", 0, 6)

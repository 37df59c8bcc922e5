"""Scans on the desk page: doubts, cards, notes, pending loans, returns and paper sheets."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.request import Request, urlopen
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Page, expect

from procedure.circulation.transactions import Loan
from procedure.local_time import library_zone
from tests.ui.conftest import (
    Relais,
    eventually,
    scan,
)
from tests.ui.desk.workstation import (
    PATRON,
    SENDING,
    Start,
    entries,
    items,
    loans,
    part,
    waits,
)

pytestmark = pytest.mark.ui


def standing(relais: Relais, begin: str) -> list[tuple[str, str]]:
    """Return the patron and item of each loan that has not been voided, in order."""
    void = {entry["loan"] for entry in entries(relais, "void")}
    values = [loan for loan in loans(relais, begin) if loan["id"] not in void]
    return [(row["patron"], row["item"]) for row in values]


def test_desk_doubt_is_answered_with_one_key(start: Start, relais: Relais) -> None:
    _, page = start()
    guard, rows, patron = (
        part(page, "guard"),
        part(page, "rows").locator("tr"),
        part(page, "patron"),
    )
    heard = part(page, "heard")
    # The item was scanned before the card.
    scan(page, ["0GUARD-1", PATRON])
    expect(guard).to_contain_text("Inversés")
    expect(heard).to_contain_text("Carte et document semblent inversés.")
    page.keyboard.press("F6")
    expect(patron).to_have_text(PATRON)
    expect(rows).to_have_count(1)
    expect(guard).to_be_empty()
    waits(page, 0)
    assert standing(relais, "0GUARD") == [(PATRON, "0GUARD-1")]
    # After a truncated scan, a complete scan of the card leaves no question open.
    page.keyboard.press("Escape")
    scan(page, ["SLSP2045"])
    expect(guard).to_contain_text("Le scan semble coupé")
    scan(page, ["2071234567"])
    expect(patron).to_have_text("2071234567")
    expect(guard).to_be_empty()
    # A card of unknown shape is confirmed, and its loans record the confirmation.
    page.keyboard.press("Escape")
    scan(page, ["E10234567"])
    expect(guard).to_contain_text("n’a la forme d’aucune carte connue")
    page.keyboard.press("F9")
    expect(guard).to_be_empty()
    scan(page, ["0GUARD-2"])
    expect(rows.first).to_contain_text("Confirmé au poste.")
    # The page repairs codes from a French keyboard and says so.
    page.keyboard.press("Escape")
    scan(page, ["éàè&é\"'(-è"])
    expect(patron).to_have_text("2071234567")
    expect(guard).to_contain_text("Clavier français détecté, lu comme 2071234567")
    assert page.evaluate("window.desk.box.sounds.played").count("warning") >= 4
    scan(page, ["9782070360024"])
    expect(guard).to_contain_text("C’est l’ISBN, pas le code-barres")
    scan(page, ["0GUARD-3"])
    # A code in lower case is scanned twice and confirmed. There is one loan, which records the
    # confirmation. The page asks about the last scan and says how many other scans need checking.
    scan(page, ["0guard-4", "0guard-4"])
    expect(guard).to_contain_text("Lettres minuscules")
    expect(guard).to_contain_text("1 autre scan est à vérifier.")
    page.keyboard.press("F9")
    expect(guard).to_contain_text("C’est l’ISBN, pas le code-barres")
    guard.get_by_role("button", name="Annuler ce scan").click()
    expect(guard).not_to_contain_text("ISBN")
    expect(rows.filter(has_text="9782070360024")).to_contain_text("Annulé")
    waits(page, 0)
    assert standing(relais, "0guard") == [("2071234567", "0guard-4")]
    assert loans(relais, "0guard")[-1]["overridden"] is True
    assert standing(relais, "9782070360024") == []
    assert standing(relais, "0GUARD") == [
        (PATRON, "0GUARD-1"),
        ("E10234567", "0GUARD-2"),
        ("2071234567", "0GUARD-3"),
    ]
    assert [loan["overridden"] for loan in loans(relais, "0GUARD-2")] == [True]


def test_desk_card_starts_the_next_patron_with_its_own_sound(start: Start, relais: Relais) -> None:
    _, page = start()
    guard, patron = part(page, "guard"), part(page, "patron")
    played = "window.desk.box.sounds.played"
    cards = [PATRON, "SLSP-198334071", "2071234567", "HES1234567", "2061112223"]
    wanted = [(card, f"0NEXT-{card[:5]}-{book}") for card in cards for book in range(4)]
    for card in cards:
        scan(page, [card, card, *(book for owner, book in wanted if owner == card)])
        expect(patron).to_have_text(card)
    waits(page, 0)
    assert standing(relais, "0NEXT") == wanted
    assert [loan for loan in standing(relais, "") if loan[1] in cards] == []
    scan(page, [PATRON])
    expect(guard).to_contain_text("Lecteur suivant\u202f: SLSP204518377")
    expect(guard).to_contain_text("Les scans d’avant restent à 2061112223 (4 documents).")
    expect(part(page, "heard")).to_contain_text("Lecteur suivant")
    assert page.evaluate(played)[-1] == "next"
    # While items are being returned, a card is refused with a sound; a key records it as an item.
    page.keyboard.press("F4")
    scan(page, ["0NEXT-CARTS-8", PATRON])
    expect(guard).to_contain_text(
        "C’est une carte de lecteur\u202f: rien n’est posé sur le chariot."
    )
    eventually(page, lambda: page.evaluate(played).count("refused"), 1)
    scan(page, ["2071234567"])
    expect(guard).to_contain_text("2071234567")  # keys work only once the question is shown
    page.keyboard.press("F9")
    expect(guard).to_be_empty()
    waits(page, 0)
    value = [entry["item"] for entry in relais.recorded("return") if entry["workstation"]][-2:]
    assert value == ["0NEXT-CARTS-8", "2071234567"]
    # A card scanned after loans without a card may be the forgotten card. F7 confirms this, and F9
    # undoes the answer.
    page.keyboard.press("F2")
    part(page, "note").fill("M. Blanc")
    part(page, "note").press("Enter")
    scan(page, ["0NEXT-CARTS-9", PATRON])
    expect(patron).to_have_text(PATRON)
    expect(guard).to_contain_text(
        "Les documents d’avant attendent une carte\u202f: M. Blanc (1 document)."
    )
    page.keyboard.press("F7")
    expect(guard).to_contain_text(
        "Les documents d’avant sont prêtés avec elle\u202f: M. Blanc (1 document)."
    )
    page.wait_for_timeout(400)  # an earlier press would count as a bounce of the previous press
    page.keyboard.press("F9")
    expect(guard).to_contain_text("attendent une carte")
    page.keyboard.press("F7")
    expect(guard).to_contain_text("Carte retrouvée\u202f: SLSP204518377")
    waits(page, 0)
    assert standing(relais, "0NEXT")[-1] == (PATRON, "0NEXT-CARTS-9")


def test_desk_scans_ending_with_tab_are_recorded_across_reloads(
    start: Start, relais: Relais
) -> None:
    _, page = start()
    wanted = [f"0TAB-{number}" for number in range(7)]
    scan(page, [PATRON, *wanted], "\t")
    expect(part(page, "input")).to_be_focused()
    waits(page, 0)
    assert standing(relais, "0TAB") == [(PATRON, item) for item in wanted]
    # A reload has cut a code short: the page offers the remaining part, but does not record it.
    page.evaluate("""() => {
        for (const [number, key] of [..."102381", "Enter"].entries()) {
            const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })
            Object.defineProperty(event, "timeStamp", { value: 5 * number })
            document.body.dispatchEvent(event)
        }
    }""")
    expect(part(page, "guard")).to_contain_text("Pas enregistré\u202f: 102381")
    assert page.evaluate("window.desk.box.sounds.played").pop() == "refused"
    page.get_by_role("button", name="Oublier").click()
    expect(part(page, "guard")).to_contain_text("Scannez d’abord la carte du lecteur.")
    waits(page, 0)
    assert standing(relais, "102381") == []
    # Two joined codes are not recorded, because one of the codes may be a card.
    page.reload()
    scan(page, [PATRON])
    scan(page, ["10238100011023810001"])
    expect(part(page, "guard")).to_contain_text("Pas enregistré\u202f: 10238100011023810001")
    assert standing(relais, "10238") == []


def test_desk_name_in_the_item_field_goes_to_the_note(start: Start, relais: Relais) -> None:
    _, page = start()
    page.keyboard.press("F2")
    expect(part(page, "note")).to_be_focused()
    # The page focuses the field again in the next frame, so a scan must come after that frame.
    page.evaluate("new Promise(requestAnimationFrame)")
    scan(page, ["0NAME-1"])
    expect(part(page, "input")).to_be_focused()
    page.keyboard.type("Mme Rochat", delay=70)
    page.keyboard.press("Enter")
    expect(part(page, "note")).to_have_value("Mme Rochat")
    page.keyboard.type("0NAME-2", delay=70)  # a barcode that is typed because it does not scan
    page.keyboard.press("Enter")
    scan(page, ["NO_NAME"])  # the code has no digits, but nobody types that fast
    waits(page, 0)
    page.keyboard.press("Escape")
    shown = part(page, "waits-list").locator("li")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("Mme Rochat")
    expect(shown).to_contain_text("0NAME-1, 0NAME-2, NO_NAME")
    void = {entry["loan"] for entry in relais.recorded("void")}
    left = [entry for entry in relais.recorded("waiting") if entry["id"] not in void]
    assert [loan["item"] for loan in left][-3:] == ["0NAME-1", "0NAME-2", "NO_NAME"]
    assert [entry for entry in relais.recorded("waiting") if "Rochat" in entry["item"]] == []


def test_desk_card_that_became_an_item_twice_can_be_turned_back(
    start: Start, relais: Relais
) -> None:
    _, page = start()
    other = "SLSP-198334071"
    for item in ("0TWO-CARDS-1", "0TWO-CARDS-2"):
        scan(page, [PATRON, other, item])
        waits(page, 0)
        page.keyboard.press("F9")
        expect(part(page, "patron")).to_have_text(PATRON)
        waits(page, 0)
        if item == "0TWO-CARDS-1":
            page.keyboard.press("Escape")
    # The card is the same patron's item for the second time, so it counts as a double scan.
    expect(part(page, "rows")).to_contain_text("Doublon")
    page.keyboard.press("F7")
    expect(part(page, "patron")).to_have_text(other)
    waits(page, 0)
    expected = [(PATRON, "0TWO-CARDS-1"), (other, "0TWO-CARDS-2")]
    assert sorted(standing(relais, "0TWO-CARDS")) == sorted(expected)


def test_desk_second_reading_counts_after_the_first_is_voided(start: Start, relais: Relais) -> None:
    _, page = start()
    rows = part(page, "rows").locator("tr")
    scan(page, [PATRON, "0TWICE-1", "0TWICE-1"])
    waits(page, 0)
    expect(rows.first).to_contain_text("Doublon")
    page.get_by_text("Prêts de ce poste").first.click()
    twice = part(page, "log").locator("tr", has_text="0TWICE-1")
    twice.last.get_by_role("button").click()
    expect(twice.first).to_contain_text("Enregistré")
    expect(rows.first).to_contain_text("Enregistré")
    waits(page, 0)
    assert standing(relais, "0TWICE") == [(PATRON, "0TWICE-1")]


def test_desk_label_read_twice_without_a_card_is_one_item(start: Start, relais: Relais) -> None:
    _, page = start()
    page.keyboard.press("F2")
    page.keyboard.type(
        "Mme Rochat", delay=70
    )  # the first keystrokes arrive before a frame is drawn
    page.keyboard.press("Enter")
    scan(page, ["0AGAIN-1", "0AGAIN-1", "0AGAIN-2"])
    waits(page, 0)
    page.keyboard.press("Escape")
    shown = part(page, "waits-list").locator("li")
    expect(shown).to_contain_text("0AGAIN-1, 0AGAIN-2")
    shown.get_by_role("button", name="Scanner sa carte").click()
    expect(part(page, "about-complete")).to_have_text("Mme Rochat, 2 documents")
    scan(page, [PATRON])
    expect(part(page, "waits")).to_be_hidden()
    waits(page, 0)
    # Both readings are recorded, and the second repeats the first.
    assert set(standing(relais, "0AGAIN")) == {(PATRON, "0AGAIN-1"), (PATRON, "0AGAIN-2")}


def test_desk_pending_loans_made_offline_follow_other_pages(start: Start, relais: Relais) -> None:
    pc, page = start(restarts=True)
    relais.kill()
    pc.context.set_offline(True)
    page.keyboard.press("F2")
    expect(part(page, "note")).to_be_focused()
    page.keyboard.type("Mme Rochat", delay=70)
    page.keyboard.press("Enter")
    scan(page, ["0NOTE-1", "0NOTE-2"])
    waits(page, 2)
    page.keyboard.press("Escape")
    # Scanning continues even if no name is typed.
    page.keyboard.press("F2")
    expect(part(page, "note")).to_be_focused()
    scan(page, ["0NOTE-3"])
    waits(page, 3)
    expect(part(page, "note")).to_have_value("")
    # Two people with the same note each have their own loans.
    page.keyboard.press("F2")
    expect(part(page, "note")).to_be_focused()
    page.keyboard.type("Mme Rochat", delay=70)
    page.keyboard.press("Enter")
    scan(page, ["0NOTE-4"])
    waits(page, 4)
    pc.context.close()
    page = pc.start(offline=True)
    page.keyboard.press("Escape")
    shown = part(page, "waits-list").locator("li")
    expect(shown).to_have_count(3)
    expect(shown.first).to_contain_text("Mme Rochat")
    expect(shown.first).to_contain_text("0NOTE-1, 0NOTE-2")
    expect(shown.nth(1)).to_contain_text("carte oubliée")
    expect(shown.last).to_contain_text("Mme Rochat")
    expect(shown.last).to_contain_text("0NOTE-4")
    shown.first.get_by_role("button", name="Scanner sa carte").click()
    scan(page, ["2071234567"])
    expect(shown).to_have_count(2)
    shown.first.get_by_role("button", name="Annuler").click()
    expect(shown).to_have_count(1)
    shown.first.get_by_role("button", name="Annuler").click()
    expect(part(page, "waits")).to_be_hidden()
    # When the patron comes back with the card, the page shows how many items were lent earlier.
    scan(page, ["2071234567"])
    expect(part(page, "earlier-count")).to_have_text("2 documents déjà pris aujourd’hui à ce poste")
    relais.start()
    pc.context.set_offline(False)
    waits(page, 0)
    assert standing(relais, "0NOTE") == [("2071234567", "0NOTE-1"), ("2071234567", "0NOTE-2")]
    lent, left = loans(relais, "0NOTE"), entries(relais, "waiting", "0NOTE")
    assert [loan["at"] for loan in lent] == [loan["at"] for loan in left[:2]]
    result = page.evaluate("window.desk.workstation.store.all()")
    assert "Rochat" not in (relais.folder / "server.log").read_text("utf-8")
    assert "Rochat" not in json.dumps([result, left])
    a_colleague_completes_two(page, relais)


def a_colleague_completes_two(page: Page, relais: Relais) -> None:
    """Complete two pending loans elsewhere; the page drops both, one after a conflict."""
    shown = part(page, "waits-list").locator("li")
    page.keyboard.press("Escape")
    page.keyboard.press("F2")
    expect(part(page, "note")).to_be_focused()
    part(page, "note").fill("M. Blanc")
    part(page, "note").press("Enter")
    scan(page, ["0NOTE-5", "0NOTE-6"])
    waits(page, 0)
    ids = [entry["id"] for entry in entries(relais, "waiting", "0NOTE")[-2:]]
    complete_elsewhere(relais, ids[0], "2079999999")
    page.evaluate("window.desk.box.following.ask()")
    expect(shown).to_have_count(1)
    expect(shown.first).not_to_contain_text("0NOTE-5")
    expect(rows_of(page, "0NOTE-5")).to_contain_text("Complété")
    # The colleague completes the other loan while this workstation uses the wrong card offline.
    page.route(SENDING, lambda route: route.fulfill(status=503, json={}))
    shown.first.get_by_role("button", name="Scanner sa carte").click()
    scan(page, ["2071234567"])
    page.keyboard.press("F8")
    waits(page, 3)
    complete_elsewhere(relais, ids[1], "2079999999")
    page.unroute(SENDING)
    page.evaluate("window.desk.line.ask()")
    waits(page, 0)
    expect(part(page, "guard")).to_contain_text("Complété entre-temps à un autre poste")
    expect(part(page, "waits")).to_be_hidden()
    assert [loan for loan in standing(relais, "0NOTE") if loan[0] != "2071234567"] == [
        ("2079999999", "0NOTE-5"),
        ("2079999999", "0NOTE-6"),
    ]
    assert len(entries(relais, "waiting", "0NOTE")) == 6
    assert "Blanc" not in json.dumps(page.evaluate("window.desk.workstation.store.all()"))


def rows_of(page: Page, item: str) -> Any:
    return part(page, "rows").locator("tr", has_text=item)


def complete_elsewhere(relais: Relais, waiting: str, patron: str) -> None:
    """Complete a pending loan with a patron's card, as another workstation would."""
    values = {"kind": "complete", "id": str(uuid4()), "waiting": waiting, "patron": patron}
    body = json.dumps({"transactions": [values]}).encode()
    headers = {"X-Relais": "desk", "Content-Type": "application/json"}
    address = f"http://localhost:{relais.port}/desk/transactions"
    with urlopen(Request(address, body, headers), timeout=10) as answer:
        (entry,) = json.load(answer)["answers"]
    assert entry["state"] == "kept"


def test_desk_handles_the_cart_a_slip_and_a_paper_sheet(start: Start, relais: Relais) -> None:
    _, page = start()
    rows, guard = part(page, "rows").locator("tr"), part(page, "guard")
    scan(page, [PATRON, "0CART-1"])
    waits(page, 0)
    page.keyboard.press("F4")
    part(page, "cart").fill("2")
    part(page, "cart").press("Enter")
    scan(page, ["0CART-1", "0CART-2"])
    expect(rows.last).to_contain_text(re.compile(r"Dans l’ordre.: prêté à \d\d:\d\d, posé à"))
    waits(page, 0)
    expect(rows.first).to_contain_text("Sur le chariot")
    page.keyboard.press("Escape")
    scan(page, ["2071234567", "0CART-2"])
    expect(guard).to_contain_text("Ce document est sur le chariot, pas encore rendu dans Alma.")
    scan(page, ["0CART-3"])
    waits(page, 0)
    assert [(entry["item"], entry["cart"]) for entry in entries(relais, "return", "0CART")] == [
        ("0CART-1", "2"),
        ("0CART-2", "2"),
    ]
    assert [loan["warning"] for loan in loans(relais, "0CART")] == [None, "on_cart", None]
    page.get_by_role("button", name="Bordereau").click()
    expect(part(page, "slip-text")).to_contain_text("0CART-3")
    today = datetime.now(UTC).astimezone(library_zone())
    assert part(page, "slip-text").text_content().splitlines() == [
        "Bibliothèque de l’UNIGE",
        "24 rue du Général-Dufour, 1211 Genève 4",
        "",
        f"Vos emprunts du {today:%d.%m.%Y}",
        "",
        f"2 documents à rendre le {today + timedelta(days=28):%d.%m.%Y}",
        "0CART-2",
        "0CART-3",
        "",
        "Prêté pendant une panne du catalogue. Votre compte montrera ces prêts quand elle sera "
        "finie\u202f; la date indiquée là fait foi.",
    ]
    page.keyboard.press("Escape")
    expect(part(page, "slip")).to_be_hidden()
    page.keyboard.press("Escape")
    # Enter a line of the paper sheet, with the time that the sheet gives.
    page.get_by_text("Feuille papier du jour").click()
    page.get_by_role("button", name="Saisir une feuille papier").click()
    day = datetime.now(UTC).astimezone(library_zone()).date() - timedelta(days=1)
    part(page, "late-day").fill(str(day))
    part(page, "late-time").fill("09:41")
    part(page, "late-time").blur()
    scan(page, [PATRON, "0CART-4"])
    waits(page, 0)
    (late,) = loans(relais, "0CART-4")
    at = datetime.fromisoformat(late["at"]).astimezone(library_zone())
    assert (late["late"], f"{at:%Y-%m-%d %H:%M:%S}") == (True, f"{day} 09:41:00")
    page.get_by_role("button", name="Finir la saisie").click()
    expect(part(page, "late")).to_be_hidden()
    expect(part(page, "input")).to_be_focused()
    page.keyboard.press("F2")
    part(page, "note").fill("Mme Noir")
    part(page, "note").press("Enter")
    scan(page, ["0CART-3"])
    expect(rows.first).to_contain_text(re.compile(r"Dans l’ordre.: prêté à .*, prêté à"))


def loan_of(body: dict[str, Any]) -> Loan:
    at = datetime.fromisoformat(body["at"])
    return Loan(
        id=UUID(body["id"]), at=at, desk=body["desk"], patron=body["patron"], item=body["item"]
    )


def test_desk_refuses_pasted_text_and_keeps_lending(start: Start, relais: Relais) -> None:
    _, page = start()
    page.route(SENDING, lambda route: route.abort())
    scan(page, [PATRON, "0PASTE-1"])
    for letters in ("9" * 600_000, *("\\ud83d" * 900 for _ in range(60))):
        page.evaluate(f'window.desk.box.take("{letters}" + Math.random())')
    scan(page, ["0PASTE-2"])
    # The pasted texts are longer than any code. The page offers these texts and the next scan to
    # staff.
    page.get_by_role("button", name="Reprendre", exact=True).click()
    waits(page, 63)
    page.unroute(SENDING)
    page.evaluate("window.desk.line.ask()")  # as the page does every ten seconds
    waits(page, 0)
    assert items(relais, "0PASTE") == ["0PASTE-1", "0PASTE-2"]
    expect(part(page, "rows").locator("tr", has_text="Refusé")).to_have_count(61)

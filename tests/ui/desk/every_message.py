"""A session at the desk page in which the page sends every kind of message."""

from typing import Any

from playwright.sync_api import Page, Request, expect

from tests.ui.conftest import eventually, scan
from tests.ui.desk.workstation import PATRON, part


def send_every_message(page: Page) -> list[dict[str, Any]]:
    """Lend, confirm an item, undo, lend without a card, take back an item; return the messages."""
    bodies: list[dict[str, Any]] = []

    def keep(request: Request) -> None:
        if request.url.endswith(("/desk/transactions", "/desk/waiting")):
            bodies.append(request.post_data_json)

    page.on("request", keep)
    page.select_option("#desk", "MAIL")
    scan(page, [PATRON, "0OTHER-1"])
    scan(page, ["9782070360024"])
    expect(part(page, "guard")).to_contain_text("9782070360024")
    page.wait_for_timeout(400)
    page.keyboard.press("F9")  # it is an item after all
    scan(page, ["0OTHER-2"])
    page.keyboard.press("F8")  # undo
    scan(page, ["0OTHER-3"])
    page.keyboard.press("Escape")
    page.keyboard.press("F2")  # without a card
    part(page, "note").fill("Mme Rochat")
    part(page, "note").press("Enter")
    scan(page, ["0OTHER-4"])
    page.keyboard.press("Escape")
    part(page, "waits-list").get_by_role("button", name="Scanner sa carte").click()
    scan(page, ["2071234567"])
    expect(part(page, "waits")).to_be_hidden()
    page.keyboard.press("F8")  # it was somebody else's card: the loan is pending again
    expect(part(page, "waits")).to_be_visible()
    page.evaluate("window.desk.box.following.ask()")
    page.keyboard.press("Escape")
    page.keyboard.press("F4")
    part(page, "cart").press("Enter")
    scan(page, ["0OTHER-5"])
    page.keyboard.press("Escape")
    expect(part(page, "waiting")).to_have_text("0")
    kinds = {"loan", "void", "waiting", "complete", "return"}
    eventually(
        page,
        lambda: {transaction["kind"] for transaction in transactions(bodies)} >= kinds,
        wanted=True,
    )
    eventually(page, lambda: any("waiting" in body for body in bodies), wanted=True)
    return bodies


def transactions(bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [transaction for body in bodies for transaction in body.get("transactions", ())]

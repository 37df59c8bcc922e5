"""Pictures of an outage for its coordinator, taken in a drill; `make screenshots` takes them."""

from __future__ import annotations

import io
import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page

SIZE = {"width": 1000, "height": 640}
COLOURS = 128  # takes half the bytes of full colour, and looks the same
# Otherwise, every picture would show the drill's frame.
PLAIN = """addEventListener("DOMContentLoaded", () => {
    const style = document.createElement("style")
    style.textContent = ".demo--drill, body::after { display: none !important }"
    document.head.append(style)
})"""


class Coordinator:
    """A page in the drill, in English, and the coordinator who uses it."""

    def __init__(self, page: Page, drill: Page, folder: Path) -> None:
        self.page, self.drill, self._folder = page, drill, folder
        self.dossier = ""  # its address, once it exists

    def press(self, name: str, page: Page | None = None) -> None:
        """Press the button or link with this name, and wait until the page has changed."""
        here = page or self.page
        found = here.get_by_role("button", name=name).or_(here.get_by_role("link", name=name))
        found.first.click()
        here.wait_for_timeout(2500)

    def photograph(self, name: str, at: Locator | None = None) -> None:
        """Write a small picture of the screen, scrolled to the heading `at` if there is one."""
        if at is None:
            self.page.evaluate("scrollTo(0, 0)")
        else:
            at.first.evaluate("one => scrollTo(0, one.getBoundingClientRect().top + scrollY - 70)")
        self.page.wait_for_timeout(500)
        picture = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        small = picture.quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(self._folder / f"coordinator-{name}-en.png", optimize=True)


def photograph_outage(browser: Browser, address: str, folder: Path) -> None:
    """Take an outage from its declaration to the signature, with a picture of each step."""
    context = browser.new_context(viewport=SIZE)  # type: ignore[arg-type]
    known = {"relais_desk": "MAIL", "relais_signer": "A.%20Favre"}
    context.add_cookies([{"name": k, "value": v, "url": address} for k, v in known.items()])
    drill, page = context.new_page(), context.new_page()
    page.add_init_script(PLAIN)
    drill.goto(f"{address}/drill?lang=en")
    page.goto(f"{address}/dashboard?page=guide&lang=en")
    hand = Coordinator(page, drill, folder)
    for step in (_declare, _follow, _end, _reconcile, _sign):
        step(hand)
    context.close()


def _declare(hand: Coordinator) -> None:
    hand.press("Declare an outage")
    hand.photograph("declare", hand.page.get_by_role("heading", name="Declare an outage"))
    hand.press("Declare the outage")


def _follow(hand: Coordinator) -> None:
    page = hand.page
    hand.photograph("follow")
    link = page.get_by_role("link", name="Dossier").first
    hand.dossier = link.evaluate("one => one.href")
    serve = hand.drill.get_by_role("button", name="Serve a user for me")
    while serve.count():
        hand.press("Serve a user for me", hand.drill)


def _end(hand: Coordinator) -> None:
    hand.press("Bring Alma back", hand.drill)
    hand.page.get_by_text("Alma has answered since").first.wait_for()
    hand.photograph("end")
    hand.press("The outage is over")


def _reconcile(hand: Coordinator) -> None:
    page = hand.page
    page.goto(re.sub(r"page=\w+", "page=reconciliation", page.url))
    page.wait_for_timeout(4000)
    page.get_by_role("button", name=re.compile("^Check .* with Alma")).click()
    page.get_by_role("button", name="Check again").wait_for()
    hand.photograph("check")
    hand.press("Next: Upload")
    while page.locator("[data-act=tick]:visible").count():
        hand.press("It is done")
    page.get_by_role("button", name=re.compile("^Write .*file")).click()
    page.wait_for_timeout(2500)
    hand.photograph("send", page.get_by_role("heading", name="Files by desk"))
    hand.press("Write and upload the files", hand.drill)
    page.locator(".way a").nth(4).click()
    page.wait_for_timeout(3000)
    hand.photograph("proof")


def _sign(hand: Coordinator) -> None:
    page = hand.page
    page.locator(".way a").nth(6).click()
    page.wait_for_timeout(1000)
    hand.photograph("sign")
    hand.press("It is put back")
    page.get_by_label("Your name or initials").fill("A. Favre")
    page.get_by_role("button", name=re.compile("^Sign")).click()
    page.wait_for_timeout(2000)
    page.goto(hand.dossier)
    hand.photograph("dossier")

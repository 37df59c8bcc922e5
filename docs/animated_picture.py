"""An animated picture of an outage: the first question of the guide, then scans at the desk.

The pages come from `relais serve --demo`; `make screenshots` makes the picture.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page

SIZE = {"width": 1100, "height": 700}
CARDS = ("SLSP-100200374", "SLSP-100200386")
ITEMS = ("1500081801", "1500081802", "1500081803")
# A ring where somebody clicks: a screenshot has no pointer.
RING = """([x, y]) => {
    const ring = document.body.appendChild(document.createElement("i"))
    ring.id = "ring"
    ring.style.cssText = `position: fixed; left: ${x - 18}px; top: ${y - 18}px; width: 30px;
        height: 30px; border: 3px solid #b3261e; border-radius: 50%; z-index: 99999;
        background: rgb(179 38 30 / 20%)`
}"""


@dataclass
class Film:
    """Frames of a page, and the milliseconds for which each is shown."""

    page: Page
    frames: list[Image.Image] = field(default_factory=list[Image.Image])
    lengths: list[int] = field(default_factory=list[int])

    def show(self, length: int) -> None:
        """Add the page as it is now."""
        png = self.page.screenshot()
        self.frames.append(Image.open(io.BytesIO(png)).convert("RGB"))
        self.lengths.append(length)

    def click(self, target: Locator) -> None:
        """Show a ring in the middle of a button, then press it."""
        target.wait_for()
        box = target.bounding_box()
        if box is None:
            raise ValueError(f"{target} is not on the screen")
        self.page.evaluate(RING, [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
        self.show(1000)
        self.page.evaluate("document.getElementById('ring').remove()")
        target.click()

    def scan(self, code: str, length: int) -> None:
        """Show a code in the field, then the result of the scan."""
        self.page.keyboard.type(code)
        self.show(600)
        self.page.keyboard.press("Enter")
        self.page.wait_for_timeout(2500)
        self.show(length)

    def save(self, path: Path) -> None:
        """Write an animated WebP that loops endlessly."""
        first, *rest = self.frames
        first.save(
            path,
            save_all=True,
            append_images=rest,
            duration=self.lengths,
            loop=0,
            quality=70,
            method=6,
        )


def film_outage(page: Page, url: str, path: Path) -> None:
    """Make the picture in English, on a page whose desk has been chosen."""
    film = Film(page)
    page.goto(f"{url}?lang=en")
    page.locator(".state:not(.waiting) h1:visible").first.wait_for()
    page.wait_for_timeout(4000)
    film.show(3000)
    film.click(page.get_by_role("button", name="Confirm: yes"))
    page.wait_for_timeout(2500)
    film.show(3000)
    film.click(page.get_by_role("link", name="Lend now"))
    page.get_by_role("textbox", name="Scan a user’s card").wait_for()
    page.wait_for_timeout(2500)
    film.show(1200)
    first, second = CARDS
    film.scan(first, 1200)
    for item in ITEMS[:2]:
        film.scan(item, 1200)
    film.scan(second, 1500)
    film.scan(ITEMS[2], 3000)
    film.save(path)

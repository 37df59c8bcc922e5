"""Pictures of the running page for the README and the guides: `make screenshots`.

A real server over stand-in targets and a made-up past; nothing in the pictures is anybody's.
"""

from __future__ import annotations

import csv
import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.ui.conftest import BROWSERS, Relais, Standins, handbook_over  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
SIZES = {1366: 768, 390: 844}
PLACES = ("guide", "loans", "back", "history")
SETTLED = 25_000  # milliseconds after which two rounds have been judged
DESKS = ("MAIL", "CMU", "BASTIONS")


class Shown(Relais):
    """A server at the pace of its made-up past: at another, that past would be full of gaps."""

    @property
    def environment(self) -> dict[str, str]:
        """Give what the server is started with."""
        return super().environment | {"RELAIS_PROBE_INTERVAL": "10"}


def main() -> None:
    """Serve, let an outage begin, and photograph every place in both languages and widths."""
    PICTURES.mkdir(exist_ok=True)
    standins = Standins()
    with TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        relais = Shown(folder, handbook_over(standins, folder / "handbook"), standins)
        relais.command("sample-data")
        relais.start()
        path = next(found for one in BROWSERS if (found := shutil.which(one)))
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            photograph(browser, relais, "calm", ("guide",))
            standins.only("alma-saml", "alma-secours", status=0)
            lend(relais)
            colleagues = [colleague(browser, relais, desk) for desk in DESKS]
            colleagues[0].wait_for_timeout(SETTLED)
            photograph(browser, relais, "", PLACES)
            photograph(browser, relais, "dark", ("guide",), dark=True)
            photograph_desk(browser, relais)
        finally:
            relais.kill()
            standins.stop()


def lend(relais: Relais) -> None:
    """Take in a morning's loans, as from a file."""
    now = datetime.now(ZoneInfo("Europe/Zurich")).replace(second=0, microsecond=0)
    sheet = relais.folder / "loans.csv"
    with sheet.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("at", "desk", "patron", "item"))
        for number in range(24):
            at = now - timedelta(minutes=2 * (24 - number))
            patron = f"SLSP-{100_200_300 + 37 * (number // 3):09}"
            rows.writerow(
                (at.isoformat(), DESKS[number % 2], patron, f"15000{81_230 + 7 * number}")
            )
    done = relais.command("loans", "import", str(sheet), "--desk", "MAIL")
    assert done.returncode == 0, done.stdout + done.stderr


def colleague(browser: Browser, relais: Relais, desk: str) -> Page:
    """Open a workstation at a desk, where Alma does not work and no page announces anything."""
    page = at_desk(browser, relais, desk, {"width": 1366, "height": 768}).new_page()
    page.goto(f"{relais.url}?step=A1")
    page.get_by_role("button", name="Alma ne marche pas ici").click()
    if desk == DESKS[0]:
        page.get_by_role("button", name="Aucune des 3 n’annonce rien").click()
    return page


def at_desk(
    browser: Browser, relais: Relais, desk: str, size: dict[str, int], *, dark: bool = False
) -> BrowserContext:
    """Give a browser that knows its desk and has a name."""
    context = browser.new_context(viewport=size, color_scheme="dark" if dark else "light")  # type: ignore[arg-type]
    named = {"relais_desk": desk, "relais_workstation": f"{desk.capitalize()}, prêt"}
    context.add_cookies(
        [{"name": k, "value": quote(v), "url": relais.url} for k, v in named.items()]
    )
    return context


def photograph(
    browser: Browser, relais: Relais, mood: str, places: tuple[str, ...], *, dark: bool = False
) -> None:
    """Take a picture of each place, named for it, its language and its width."""
    for width, height in SIZES.items():
        for language in ("fr", "en"):
            size = {"width": width, "height": height}
            page = at_desk(browser, relais, DESKS[0], size, dark=dark).new_page()
            for place in places:
                page.goto(f"{relais.url}?page={place}&lang={language}")
                page.locator(".state:not(.waiting) h1:visible").first.wait_for()
                page.wait_for_timeout(4000)
                page.screenshot(path=PICTURES / f"{mood or place}-{language}-{width}.png")
            page.context.close()


def photograph_desk(browser: Browser, relais: Relais) -> None:
    """Take pictures of the desk page with a reader before it."""
    for width, height in SIZES.items():
        for place, language in enumerate(("fr", "en")):
            size = {"width": width, "height": height}
            # Never the same items: within two minutes they would be second readings.
            first = 81_500 + width + 100 * place
            page = at_desk(browser, relais, DESKS[0], size).new_page()
            page.goto(relais.url.replace("/dashboard", f"/desk/?lang={language}"))
            page.select_option("#desk", DESKS[0])
            for code in ("SLSP-100200374", f"15000{first}", f"15000{first + 1}"):
                page.keyboard.type(f"{code}\n", delay=5)
            page.wait_for_timeout(2000)
            page.screenshot(path=PICTURES / f"desk-{language}-{width}.png")
            page.context.close()


if __name__ == "__main__":
    main()

"""Pictures of the running page for the README and the guides: `make screenshots`.

A real server over stand-in targets and a made-up past; nothing in the pictures is anybody's.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.ui.conftest import BROWSERS, Relais, Standins, handbook_over  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
SIZES = {1366: 768, 390: 844}
PLACES = ("guide", "loans", "history")
SETTLED = 5.0  # seconds after which two rounds have been judged


def main() -> None:
    """Serve, let an outage begin, and photograph every place in both languages and widths."""
    PICTURES.mkdir(exist_ok=True)
    standins = Standins()
    with TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        relais = Relais(folder, handbook_over(standins, folder / "handbook"), standins)
        relais.command("sample-data")
        relais.start()
        path = next(found for one in BROWSERS if (found := shutil.which(one)))
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            time.sleep(SETTLED)
            photograph(browser, relais, "calm", ("guide",))
            standins.fail("alma-saml", "alma-secours")
            time.sleep(4 * SETTLED)
            photograph(browser, relais, "", PLACES)
        finally:
            relais.kill()
            standins.stop()


def photograph(browser: Browser, relais: Relais, mood: str, places: tuple[str, ...]) -> None:
    """Take a picture of each place, named for it, its language and its width."""
    for width, height in SIZES.items():
        for language in ("fr", "en"):
            context = browser.new_context(viewport={"width": width, "height": height})
            context.add_cookies([{"name": "relais_desk", "value": "MAIL", "url": relais.url}])
            page = context.new_page()
            for place in places:
                page.goto(f"{relais.url}?page={place}&lang={language}")
                page.locator("h1:visible").first.wait_for()
                page.wait_for_timeout(3000)
                page.screenshot(path=PICTURES / f"{mood or place}-{language}-{width}.png")
            context.close()


if __name__ == "__main__":
    main()

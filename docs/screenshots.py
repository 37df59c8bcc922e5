"""Pictures of the running page for the README and the guides; `make screenshots` takes them.

The pages come from `relais serve --demo` and `relais drill`; all data in the pictures is made up.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from animated_picture import SIZE, film_outage  # noqa: E402
from coordinator_pictures import photograph_outage  # noqa: E402

from tests.ui.conftest import free_port, launch_options  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
SIZES = {1366: 768, 390: 844}
PLACES = ("guide", "loans", "reconciliation", "history")
DESK = "MAIL"


def main() -> None:
    """Serve a drill and then the demonstration, and take all pictures."""
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options("chromium"))
        with serving("drill", "--speed", "60", "--users", "3") as url:
            photograph_outage(browser, url, PICTURES)
        with serving("serve", "--demo") as url:
            photograph_demonstration(browser, f"{url}/dashboard")


def photograph_demonstration(browser: Browser, url: str) -> None:
    """Take the pictures of the demonstration."""
    photograph(browser, url, PLACES)
    photograph(browser, url, ("guide",), dark=True)
    photograph_desk(browser, url)
    page = at_desk(browser, url, SIZE).new_page()
    film_outage(page, url, PICTURES / "outage-en.webp")


@contextmanager
def serving(*words: str) -> Iterator[str]:
    """Run a command that serves pages; yield its address."""
    port = free_port()
    command = [sys.executable, "-m", "dashboard.cli", *words, "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT) as server:  # noqa: S603 - ours
        try:
            while not answers(f"http://localhost:{port}/liveness"):
                time.sleep(0.5)
            yield f"http://localhost:{port}"
        finally:
            server.terminate()


def answers(address: str) -> bool:
    """Return whether a server answers at this address."""
    try:
        urlopen(address, timeout=5).close()  # noqa: S310 - ours
    except OSError:
        return False
    return True


def at_desk(
    browser: Browser, url: str, size: dict[str, int], *, dark: bool = False
) -> BrowserContext:
    """Return a browser context whose workstation has a desk and a name."""
    context = browser.new_context(viewport=size, color_scheme="dark" if dark else "light")  # type: ignore[arg-type]
    named = {"relais_desk": DESK, "relais_workstation": "Mail, prêt"}
    context.add_cookies([{"name": k, "value": quote(v), "url": url} for k, v in named.items()])
    return context


def photograph(browser: Browser, url: str, places: tuple[str, ...], *, dark: bool = False) -> None:
    """Take a picture of each place, named for the place (or `dark`), language and width."""
    for width, height in SIZES.items():
        for language in ("fr", "en"):
            size = {"width": width, "height": height}
            page = at_desk(browser, url, size, dark=dark).new_page()
            for place in places:
                page.goto(f"{url}?page={place}&lang={language}")
                page.locator(".state:not(.waiting) h1:visible").first.wait_for()
                page.wait_for_timeout(4000)
                name = "dark" if dark else place
                page.screenshot(path=PICTURES / f"{name}-{language}-{width}.png")
            page.context.close()


def photograph_desk(browser: Browser, url: str) -> None:
    """Take pictures of the desk page during a patron's turn."""
    for width, height in SIZES.items():
        for place, language in enumerate(("fr", "en")):
            size = {"width": width, "height": height}
            # Each picture has its own items: within two minutes, the same ones would be double
            # scans.
            first = 81_500 + width + 100 * place
            page = at_desk(browser, url, size).new_page()
            page.goto(url.replace("/dashboard", f"/desk/?lang={language}"))
            page.select_option("#desk", DESK)
            for code in ("SLSP-100200374", f"15000{first}", f"15000{first + 1}"):
                page.keyboard.type(f"{code}\n", delay=5)
            page.wait_for_timeout(2000)
            page.screenshot(path=PICTURES / f"desk-{language}-{width}.png")
            page.context.close()


if __name__ == "__main__":
    main()

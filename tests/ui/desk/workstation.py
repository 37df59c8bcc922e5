"""A workstation with a browser of its own, and what its desk page shows and records."""

import os
import shutil
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.ui.conftest import (
    BROWSERS,
    DRAWN_WITHIN,
    LENDS_ANYWAY,
    PATIENCE,
    Relais,
)

PATRON = "SLSP204518377"


SENDING = "**/desk/transactions"


ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP desk.example 127.0.0.1",
]


class Workstation:
    """A PC with its browser's own folder: what was kept outlives the browser."""

    def __init__(self, browser: Browser, folder: Path, url: str, path: str = "/desk/") -> None:
        self.url, self.folder, self.path = url, folder, path
        self._browser = browser
        self.context: BrowserContext

    def start(self, *, offline: bool = False, slow: timedelta | None = None) -> Page:
        path = next(result for name in BROWSERS if (result := shutil.which(name)))
        self.context = self._browser.browser_type.launch_persistent_context(
            self.folder,
            executable_path=path,
            args=ARGUMENTS,
            timeout=1000 * PATIENCE,
            viewport={"width": 1366, "height": 768},
            locale="en-US",
            timezone_id="Europe/Zurich",
        )
        self.context.set_default_timeout(1000 * PATIENCE)
        self.context.set_offline(offline)
        self.context.add_init_script(LENDS_ANYWAY)
        if slow is not None:
            self.context.add_init_script(
                f"""const off = {slow / timedelta(milliseconds=1)}, real = Date.now, from = performance.timeOrigin
                Date.now = () => real() - off
                Object.defineProperty(performance, "timeOrigin", {{ value: from - off }})"""
            )
        return self.open()

    def open(self, path: str = "") -> Page:
        page = self.context.new_page()
        page.goto(self.url + (path or self.path))
        expect(part(page, "input")).to_be_focused()
        return page

    def cut_the_power(self) -> None:
        """Kill the browser as a power cut would: no goodbye, no last write."""
        for process in self._processes():
            os.kill(process, signal.SIGKILL)
        until = time.monotonic() + PATIENCE
        while self._processes() and time.monotonic() < until:
            time.sleep(0.05)
        (self.folder / "SingletonLock").unlink(missing_ok=True)

    def _processes(self) -> list[int]:
        values = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if f"--user-data-dir={self.folder}".encode() in words and not any(
                word.startswith(b"--type=") for word in words
            ):
                values.append(int(entry.name))
        return values


Start = Callable[..., tuple[Workstation, Page]]


def part(page: Page, name: str) -> Any:
    return page.locator(f'[data-part="{name}"]')


def entries(relais: Relais, kind: str, begin: str = "") -> list[dict[str, Any]]:
    return [entry for entry in relais.recorded(kind) if entry.get("item", "").startswith(begin)]


def loans(relais: Relais, begin: str) -> list[dict[str, Any]]:
    return entries(relais, "loan", begin)


def items(relais: Relais, begin: str) -> list[str]:
    return [loan["item"] for loan in loans(relais, begin)]


def waits(page: Page, count: int) -> None:
    page.wait_for_timeout(DRAWN_WITHIN)
    expect(part(page, "rows").locator("tr", has_text="Écriture")).to_have_count(0)
    expect(part(page, "waiting")).to_have_text(str(count))


def named(prefix: str, first: int, last: int) -> list[str]:
    return [f"{prefix}-{number:03d}" for number in range(first, last)]

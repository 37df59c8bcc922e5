"""A workstation with its own browser, and helpers that read its page and the server's journal."""

import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.ui.conftest import (
    DRAWN_WITHIN,
    LENDS_ANYWAY,
    PATIENCE,
    Relais,
    launch_options,
)

PATRON = "SLSP204518377"


SENDING = "**/desk/transactions"


class Workstation:
    """A PC at a desk, with a part of the tests' browser to itself.

    With a `folder`, it has a browser of its own, whose data in the folder outlive the browser.
    """

    def __init__(
        self, browser: Browser, url: str, path: str = "/desk/", folder: Path | None = None
    ) -> None:
        self.url, self.path, self._folder, self._browser = url, path, folder, browser
        self.context: BrowserContext

    def start(self, *, offline: bool = False, slow: timedelta | None = None) -> Page:
        self.context = self._begin_context(
            viewport={"width": 1366, "height": 768}, locale="en-US", timezone_id="Europe/Zurich"
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

    def _begin_context(self, **options: Any) -> BrowserContext:
        if self._folder is None:
            return self._browser.new_context(**options)
        kind = self._browser.browser_type
        options |= {"timeout": 1000 * PATIENCE, **launch_options(kind.name)}
        return kind.launch_persistent_context(self._folder, **options)

    def open(self, path: str = "") -> Page:
        page = self.context.new_page()
        page.goto(self.url + (path or self.path))
        expect(part(page, "input")).to_be_focused()
        return page

    def cut_the_power(self) -> None:
        """Kill the own browser as a power cut would: it cannot shut down or write anything more."""
        assert self._folder is not None
        for process in self._processes():
            os.kill(process, signal.SIGKILL)
        until = time.monotonic() + PATIENCE
        while self._processes() and time.monotonic() < until:
            time.sleep(0.05)
        for lock in ("SingletonLock", "lock", ".parentlock"):
            (self._folder / lock).unlink(missing_ok=True)

    def _processes(self) -> list[int]:
        values = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            folder = str(self._folder).encode()
            if (folder in words or b"--user-data-dir=" + folder in words) and not any(
                word.startswith((b"--type=", b"-contentproc")) for word in words
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
    expect(part(page, "rows").locator("tr", has_text="En cours")).to_have_count(0)
    expect(part(page, "waiting")).to_have_text(str(count))


def named(prefix: str, first: int, last: int) -> list[str]:
    return [f"{prefix}-{number:03d}" for number in range(first, last)]

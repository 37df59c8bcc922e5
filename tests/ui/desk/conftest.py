"""Fixtures for the tests of the desk page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.ui.conftest import (
    Relais,
)
from tests.ui.desk.workstation import Start, Workstation


@pytest.fixture
def start(browser: Browser, relais: Relais, tmp_path: Path) -> Iterator[Start]:
    """A function that starts a workstation with a chosen desk.

    With `restarts`, the workstation's data outlive its browser. If the test has stopped the server, it is started again at the end.
    """
    made: list[Workstation] = []

    def begin(
        host: str = "localhost", *, restarts: bool = False, **more: Any
    ) -> tuple[Workstation, Page]:
        folder = tmp_path / f"pc{len(made)}" if restarts else None
        made.append(Workstation(browser, f"http://{host}:{relais.port}", folder=folder))
        page = made[-1].start(**more)
        page.select_option("#desk", "MAIL")
        if host == "localhost":
            # Wait until the service worker controls the page: it then has every file. If it took
            # control after a test had called route(), the page's requests would not be intercepted.
            page.wait_for_function("navigator.serviceWorker.controller")
        return made[-1], page

    yield begin
    for entry in made:
        entry.context.close()
    if relais.process is None or relais.process.poll() is not None:
        relais.start()

"""axe-core finds no violation of WCAG 2.2 A and AA in any place, in light, dark, and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect

from procedure.io.database.database import open_database
from procedure.monitoring.model import FailureCause, Outcome, Status
from tests.ui.conftest import PATIENCE, Relais, Standins, handbook_over

pytestmark = pytest.mark.ui

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
# Faults of Tabulator itself, each with its reason.
EXCEPTED = {
    # The table's own grid holds rows only through elements without a role.
    "aria-required-children": "tabulator",
    # Its scrolling body is reached through the cells, not by itself.
    "scrollable-region-focusable": "tabulator",
}
TEN_SECONDS = timedelta(seconds=10)
NINETY = {"fr": "90 jours", "en": "90 days"}
WIDE, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
LOOKS: dict[str, tuple[str, dict[str, Any]]] = {
    "french": ("fr", {"viewport": WIDE}),
    "english": ("en", {"viewport": WIDE}),
    "dark": ("fr", {"viewport": WIDE, "color_scheme": "dark"}),
    "phone": ("fr", {"viewport": PHONE}),
}


@pytest.fixture(scope="module")
def relais(standins: Standins, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relais]:
    """A server that remembers an outage: else the history shows neither its table nor the map."""
    folder = tmp_path_factory.mktemp("relais")
    server = Relais(folder, handbook_over(standins, folder / "handbook"), standins)
    now = datetime.now(UTC)
    with open_database(server.environment["RELAIS_DATABASE_URL"], now=lambda: now) as database:
        database.history.record(list(outage(now - timedelta(hours=3))))
    server.start()
    yield server
    server.kill()


def outage(at: datetime) -> Iterator[Outcome]:
    """Give five minutes in which Alma was down, and one in which it was up again."""
    for number in range(36):
        verdict, cause = (Status.DOWN, FailureCause.TIMEOUT) if number < 30 else (Status.UP, None)
        for target in ("alma-saml", "alma-secours"):
            yield Outcome(target, "", "server", at + number * TEN_SECONDS, verdict, cause)


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    result = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS
    )
    return [
        f"{row['id']}: {node['target']} {node['failureSummary']}"
        for row in result["violations"]
        for node in row["nodes"]
        if not (EXCEPTED.get(row["id"]) and EXCEPTED[row["id"]] in str(node["target"]))
    ]


@pytest.mark.parametrize("look", LOOKS)
def test_no_rule_of_wcag_is_broken(relais: Relais, chromium: Browser, look: str) -> None:
    language, looks = LOOKS[look]
    relais.standins.only("alma-saml", "alma-secours")
    context = chromium.new_context(locale="en-US", **looks)
    page = context.new_page()
    page.set_default_timeout(1000 * PATIENCE)
    for place in ("guide", "loans", "back", "history"):
        page.goto(f"{relais.url}?page={place}&lang={language}&step=A1")
        expect(page.locator(f'[data-place="{place}"] h2:visible').first).to_be_visible()
        expect(page.locator("h1:visible").first).to_be_visible()
        if place == "history":
            page.locator(".heat td").first.wait_for()
            page.get_by_text(NINETY[language], exact=True).click()
            page.get_by_role("heading", name=NINETY[language], exact=True).wait_for()
            page.locator(".outs").wait_for()
        page.wait_for_timeout(500)
        assert page.locator("html").get_attribute("lang") == language
        assert violations(page) == [], place
    context.close()


def test_a_broken_rule_would_be_found(relais: Relais, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(relais.url)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"data:,\">')")
    assert any(line.startswith("image-alt") for line in violations(page))
    page.close()

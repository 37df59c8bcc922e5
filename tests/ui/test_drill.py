"""A drill in a browser: its pages show that it is a drill, and it runs to its end."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.ui.axe import violations
from tests.ui.conftest import PATIENCE, Relais, Standins, Strict, scan

pytestmark = pytest.mark.ui


@dataclass
class RelaisDrill(Relais):
    """A running `relais drill`, whose journal is in a folder that it deletes."""

    @property
    def environment(self) -> dict[str, str]:
        # A killed drill leaves its folder behind, so the folder must be inside the test's folder.
        return super().environment | {"TMPDIR": str(self.folder)}

    @property
    def words(self) -> list[str]:
        return ["drill", "--port", str(self.port), "--speed", "60", "--users", "2"]


@pytest.fixture
def drill(tmp_path: Path, standins: Standins) -> Iterator[RelaisDrill]:
    from dashboard.settings import PACKAGED_HANDBOOK

    server = RelaisDrill(tmp_path, PACKAGED_HANDBOOK, standins)
    server.start()
    yield server
    server.kill()


def test_drill_from_start_until_all_loans_are_accounted_for(
    browser: Browser, drill: RelaisDrill, standins: Standins
) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    context.strict = Strict(context, f"localhost:{drill.port}", standins.url)  # type: ignore[attr-defined]
    context.set_default_timeout(1000 * PATIENCE)
    page = context.new_page()
    page.goto(f"http://localhost:{drill.port}/drill?lang=fr")
    card, *items = [
        code.text_content() or "" for code in page.locator(".queue li").first.locator("code").all()
    ]
    expect(page.locator(".queue svg").first).to_be_visible()
    page.get_by_role("button", name="Répondre et déclarer").click()

    desk = context.new_page()
    context.add_cookies(
        [{"name": "relais_desk", "value": "MAIL", "url": f"http://localhost:{drill.port}"}]
    )
    desk.goto(f"{drill.url}?page=loans&lang=fr")
    expect(desk.locator(".demo--drill")).to_contain_text("Exercice")
    expect(desk.locator("#scan, [data-part=input]").first).to_be_visible()
    scan(desk, [card, *items])
    expect(page.locator(".queue .is-lent")).to_have_count(len(items))

    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == [], scheme

    page.get_by_role("button", name="Montrer tout").click()
    expect(page.locator(".drill-over")).to_contain_text("Tous les prêts sont traités.")
    expect(page.locator(".queue [data-item]:not(.is-lent)")).to_have_count(0)
    assert context.strict.faults == []  # type: ignore[attr-defined]
    context.close()

    until = time.monotonic() + PATIENCE
    kept = drill.folder / "relais.sqlite3.drill.json"
    while not kept.exists():
        assert time.monotonic() < until
        time.sleep(0.1)
    assert not (drill.folder / "relais.sqlite3").exists()

"""The grid and the list of sixty workstations at six sites stay readable on a PC and a phone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.ui import sixty
from tests.ui.conftest import WIDER_THAN_WINDOW, Relais, Standins, handbook_over

pytestmark = pytest.mark.ui

# Returns the number of cells that are narrower than their text, and so hide part of it.
CROSSING = """(grid) => [...grid.querySelectorAll("tr.row .cell .word.live")].filter(
  (one) => one.scrollWidth > one.closest("td").clientWidth).length"""


@pytest.fixture(scope="module")
def relais(standins: Standins, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relais]:
    folder = tmp_path_factory.mktemp("sixty")
    handbook = handbook_over(standins, folder / "handbook")
    server = Relais(folder, handbook, standins, program=sixty.main)
    server.start()
    yield server
    server.kill()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_sixty_workstations_are_readable(
    context: BrowserContext, relais: Relais, width: int, height: int
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{relais.url}?step=A1")
    page.get_by_role("button", name="Par bâtiment et poste").click()
    total = page.locator('[data-value="alma-saml/*"] .word.live')
    expect(total).to_contain_text(re.compile("5[78] sur 6[01]"))
    expect(page.locator("#etat h1:visible")).to_contain_text("3 postes sur 6")
    assert not page.evaluate(WIDER_THAN_WINDOW)
    if width > 640:
        cell = page.locator('[data-value="alma-saml/@Uni CMU"] .word.live')
        expect(cell).to_contain_text("7/10")
        crossing = page.locator(".panel:has(> table.grid)").evaluate(CROSSING)
        assert crossing == 0
    total.click()
    listed = page.get_by_role("group", name="Détail par poste")
    expect(listed.locator("li").nth(59)).to_be_attached()
    assert not page.evaluate(WIDER_THAN_WINDOW)

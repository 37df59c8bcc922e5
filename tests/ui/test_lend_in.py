"""While Alma is working, the loans page and the desk page ask before lending; no scan is lost."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.ui.conftest import PATIENCE, Relais, eventually, scan

pytestmark = pytest.mark.ui
PATRON = "SLSP204518377"


@pytest.fixture
def asked(browser: Browser, relais: Relais, targets: None) -> Iterator[BrowserContext]:
    """A workstation with a desk, where nobody has chosen to lend in Relais yet."""
    made = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="en-US", timezone_id="Europe/Zurich"
    )
    made.set_default_timeout(1000 * PATIENCE)
    made.add_init_script("try { localStorage.setItem('relais.desk', 'MAIL') } catch { }")
    yield made
    made.close()


def opened(asked: BrowserContext, relais: Relais, path: str = "?page=loans") -> Page:
    page = asked.new_page()
    page.goto(relais.url + path)
    expect(part(page, "input")).to_be_focused()
    page.select_option("#desk", "MAIL")
    return page


def part(page: Page, name: str) -> Locator:
    return page.locator(f'[data-part="{name}"]')


def lent(relais: Relais, prefix: str) -> list[tuple[str, str]]:
    loans = [entry for entry in relais.recorded("loan") if entry["item"].startswith(prefix)]
    return [(loan["patron"], loan["item"]) for loan in loans]


def anyway(page: Page) -> Locator:
    return page.get_by_role("button", name="Prêter quand même")


def test_scans_are_held_across_a_reload_until_lend_anyway(
    asked: BrowserContext, relais: Relais
) -> None:
    page = opened(asked, relais)
    guard = part(page, "guard")
    expect(guard).to_contain_text("Alma répond\u202f: prêtez dans Alma.", timeout=1000 * PATIENCE)
    expect(guard).to_contain_text("Rien n’est enregistré ici sans votre accord.")
    scan(page, [PATRON, "0HELD-1"])
    expect(guard).to_contain_text("1 scan est gardé ici, pas enregistré.")
    # The Enter that ends a scan does not press a button, wherever the focus is.
    anyway(page).focus()
    page.keyboard.press("Enter")
    scan(page, ["0HELD-2"])
    page.keyboard.press("F9")
    expect(guard).to_contain_text("2 scans sont gardés ici, pas enregistrés.")
    expect(part(page, "rows").locator("tr").first).to_contain_text("Pas enregistré")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(guard).to_contain_text("2 scans sont gardés ici, pas enregistrés.")
    assert lent(relais, "0HELD") == []
    anyway(page).click()
    eventually(page, lambda: lent(relais, "0HELD"), [(PATRON, "0HELD-1"), (PATRON, "0HELD-2")])
    scan(page, ["0HELD-3"])
    eventually(page, lambda: len(lent(relais, "0HELD")), 3)
    expect(anyway(page)).to_have_count(0)
    ats = [entry["at"] for entry in relais.recorded("loan") if entry["item"].startswith("0HELD")]
    assert ats == sorted(ats)
    assert len(set(ats)) == 3, "each has its own time"


def test_held_scans_are_recorded_in_a_declared_outage(
    asked: BrowserContext, relais: Relais
) -> None:
    page = opened(asked, relais)
    expect(anyway(page)).to_be_visible()
    scan(page, [PATRON, "0OUT-1"])
    expect(part(page, "guard")).to_contain_text("1 scan est gardé ici")
    other = asked.new_page()
    other.goto(f"{relais.url}?page=guide")
    other.locator('[data-key="coordinate"]').click()
    other.get_by_label("Nom de la panne").fill("Alma EU03")
    other.get_by_label("Signé").fill("LM")
    other.get_by_role("button", name="Déclarer la panne", exact=True).click()
    eventually(page, lambda: lent(relais, "0OUT"), [(PATRON, "0OUT-1")])
    expect(anyway(page)).to_have_count(0)
    other.get_by_text("Finir la panne…").or_(
        other.get_by_role("button", name="La panne est finie")
    ).first.click()
    other.get_by_role("button", name="La panne est finie").click()
    expect(page.locator(".tell", has_text="« Alma EU03 » finie à")).to_be_visible()
    expect(anyway(page)).to_be_visible()
    expect(page.locator(".state.live h1")).to_contain_text("à transférer dans Alma.")
    count = page.locator(".nav [data-to-bring]")
    expect(count).to_contain_text("à transférer dans Alma.")


def test_scans_lent_in_alma_can_be_cleared_and_are_not_recorded(
    asked: BrowserContext, relais: Relais
) -> None:
    page = opened(asked, relais)
    expect(anyway(page)).to_be_visible()
    scan(page, [PATRON, "0GONE-1", "0GONE-2"])
    page.get_by_role("button", name="C’est prêté dans Alma").click()
    expect(part(page, "guard")).to_contain_text("Rien n’est enregistré ici sans votre accord.")
    relais.standins.only("alma-saml", "alma-secours")
    expect(anyway(page)).to_have_count(0, timeout=3000 * PATIENCE)
    scan(page, [PATRON, "0GONE-3"])
    eventually(page, lambda: lent(relais, "0GONE"), [(PATRON, "0GONE-3")])


def test_desk_page_holds_scans_only_while_the_server_runs(
    asked: BrowserContext, relais: Relais, targets: Any
) -> None:
    page = opened(asked, relais, "/../desk/")
    expect(anyway(page)).to_be_visible(timeout=3000 * PATIENCE)
    scan(page, [PATRON, "0DESK-1"])
    expect(part(page, "guard")).to_contain_text("1 scan est gardé ici")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(part(page, "guard")).to_contain_text("1 scan est gardé ici")
    assert lent(relais, "0DESK") == []
    relais.kill()
    expect(anyway(page)).to_have_count(0, timeout=3000 * PATIENCE)
    scan(page, ["0DESK-2"])
    expect(part(page, "waiting")).to_have_text("2")
    relais.start()
    wanted = [(PATRON, "0DESK-1"), (PATRON, "0DESK-2")]
    eventually(page, lambda: lent(relais, "0DESK"), wanted)

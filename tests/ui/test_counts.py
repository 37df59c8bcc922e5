"""While Alma is down, the first loan takes four actions once the page is open."""

import pytest
from playwright.sync_api import Browser, expect

from tests.ui.conftest import PATIENCE, Relais, eventually, scan

pytestmark = pytest.mark.ui


def test_first_loan_takes_four_acts_from_the_open_page(browser: Browser, relais: Relais) -> None:
    relais.standins.only("alma-saml", "alma-secours", status=0)
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="fr-CH")
    context.set_default_timeout(1000 * PATIENCE)
    page = context.new_page()
    page.goto(relais.url)
    lend = page.locator('[data-key="lend"]').filter(has_text="Prêter maintenant")
    expect(lend).to_be_in_viewport(ratio=1)
    lend.click()
    box = page.locator('[data-part="input"]')
    expect(box).to_be_focused()
    page.select_option("#desk", "MAIL")
    expect(box).to_be_focused()
    scan(page, ["SLSP204518377"])
    scan(page, ["0FIRST-1"])
    rows = page.locator('[data-part="rows"] tr', has_text="Enregistré")
    expect(rows).to_have_count(1)
    items = [("SLSP204518377", "0FIRST-1", "MAIL")]

    def loans() -> list[tuple[str, str, str]]:
        return [(row["patron"], row["item"], row["desk"]) for row in relais.recorded("loan")]

    eventually(page, loans, items)
    context.close()

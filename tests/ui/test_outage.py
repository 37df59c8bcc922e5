"""An outage declared on one page is shown on another until it is ended."""

import re

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.ui.conftest import scan

pytestmark = pytest.mark.ui


def banner(page: Page) -> Locator:
    """The coordinators' message below the headline."""
    return page.locator(".state.live .tell", has_text="Coordination")


def outage(page: Page) -> Locator:
    return page.locator('[data-key="coordinate"]')


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


@pytest.fixture
def other(context: BrowserContext, page: Page, relais) -> Page:
    """A second page of the same server, which shows the loans."""
    opened = context.new_page()
    opened.goto(f"{relais.url}?page=loans")
    expect(opened.get_by_role("heading", name="Journal des prêts")).to_be_visible()
    return opened


def declared(page: Page, message: str) -> None:
    outage(page).click()
    page.get_by_label("Nom de la panne").fill("Alma EU03")
    page.get_by_label("Signé").fill("LM")
    page.get_by_label("Message", exact=True).fill(message)
    page.get_by_label("Prochaines nouvelles").fill("23:59")
    button(page, "Déclarer la panne").click()
    expect(page.get_by_role("heading", name="Dire où l’on en est")).to_be_visible()


def end(page: Page) -> None:
    """End the outage, whether or not the page already proposes an end time."""
    offered = page.get_by_role("button", name="La panne est finie,")
    page.get_by_text("Finir la panne…").or_(offered).first.click()
    if page.get_by_text("Finir la panne…").count():
        button(page, "La panne est finie").click()


def test_outage_declared_on_one_page_is_on_every_page_until_ended(
    page: Page, other: Page, context: BrowserContext
) -> None:
    declared(page, "Prêtez en secours <b>partout</b>.")
    expect(banner(other)).to_contain_text("Prêtez en secours")
    expect(banner(other)).to_contain_text("<b>partout</b>")
    expect(banner(other)).to_contain_text(re.compile(r"Prochaines nouvelles à .*23:59\."))

    with context.expect_page() as opened:
        page.locator(".facts").get_by_role("link", name=re.compile("^Dossier")).click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Alma EU03")
    expect(opened.value.get_by_role("heading", name="Points ouverts")).to_be_visible()
    opened.value.close()

    page.get_by_role("button", name="CAD\u202f? Noter l’appel").click()
    expect(page.locator(".facts")).to_contain_text("CAD ")
    page.get_by_label("Les postes prêtent en secours").uncheck()
    page.get_by_role("button", name=re.compile("^Envoyer ")).click()
    expect(banner(other)).to_contain_text("C1 n’est plus en vigueur.")
    expect(page.locator(".log li").filter(has_text="CAD averti.")).to_contain_text("(LM)")

    end(page)
    expect(banner(other)).to_have_count(0)
    expect(banner(page)).to_have_count(0)
    # The person who confirmed the end is taken to the reconciliation; everybody else sees a link.
    expect(page.locator("body")).to_have_attribute("data-page", "reconciliation")
    over = other.locator(".state.live .tell", has_text="Panne «\u202fAlma EU03\u202f» finie à")
    expect(over).to_be_visible()
    expect(other.locator("body")).to_have_attribute("data-page", "loans")
    over.get_by_role("link", name="Transférer les prêts dans Alma").click()
    expect(other.locator("body")).to_have_attribute("data-page", "reconciliation")


def test_outage_banner_leads_to_the_coordination_page(page: Page, other: Page) -> None:
    declared(page, "Encore un instant.")
    other.get_by_role("link", name="Guide").click()
    other.get_by_role("link", name="Suivre la panne").click()
    expect(other.get_by_role("heading", name="Jusqu’ici")).to_be_visible()
    expect(other).to_have_url(re.compile("page=coordination"))
    other.get_by_label("Signé").first.fill("A. Favre")
    end(other)
    expect(banner(page)).to_have_count(0)


def test_outage_refusal_is_shown_and_a_scan_declares_nothing(page: Page) -> None:
    outage(page).click()
    page.get_by_label("Nom de la panne").fill("Alma")
    page.get_by_label("Signé").fill("LM")
    page.get_by_label("Début").fill("tantôt")
    page.get_by_label("Début").press("Enter")
    scan(page, ["SLSP-123456789"])
    expect(banner(page)).to_have_count(0)
    page.get_by_label("Début").fill("tantôt")
    button(page, "Déclarer la panne").click()
    expect(page.get_by_text("Écrivez l’heure ainsi")).to_be_visible()
    expect(banner(page)).to_have_count(0)

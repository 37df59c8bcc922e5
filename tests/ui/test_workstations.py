"""Workstations in browsers probe, read status pages, report failures, and share their findings."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.ui.conftest import PATIENCE, Relais, Strict

pytestmark = pytest.mark.ui

Opener = Callable[..., Page]


@pytest.fixture
def station(browser: Browser, relais: Relais) -> Iterator[Opener]:
    """A function that opens a page at a new workstation; with `cut`, it cannot reach Alma."""
    relais.standins.only()
    contexts = []

    def opened(
        name: str, desk: str, *, vdi: bool = False, cut: bool = False, query: str = "?step=A1"
    ) -> Page:
        made = browser.new_context(
            viewport={"width": 1366, "height": 768}, timezone_id="Europe/Zurich"
        )
        made.strict = Strict(made, f"localhost:{relais.port}", relais.standins.url)
        made.set_default_timeout(1000 * PATIENCE)
        contexts.append(made)
        values = {"workstation": name, "desk": desk, "vdi": "1" if vdi else "0"}
        made.add_cookies(
            [
                {"name": f"relais_{key}", "value": quote(value), "url": relais.url}
                for key, value in values.items()
            ]
        )
        if cut:
            made.route(re.compile(r"/alma-"), lambda route: route.abort())
        page = made.new_page()
        page.goto(f"{relais.url}{query}")
        return page

    yield opened
    faults = [fault for made in contexts for fault in made.strict.faults]
    for made in contexts:
        made.close()
    assert faults == []


def band(page: Page) -> Locator:
    return page.locator("#etat h1:visible")


def total(page: Page, target: str = "alma-saml") -> Locator:
    return page.locator(f'[data-value="{target}/*"] .word.live')


def detailed(page: Page) -> None:
    """Open the grid by building and workstation, below the guide."""
    page.get_by_role("button", name="Par bâtiment et poste").click()
    expect(page.locator("table.grid")).to_be_visible()


def proposed(page: Page) -> Locator:
    return page.locator('.four [data-step="A2"] .a .plain')


def test_planned_work_appears_on_every_page_until_withdrawn(station: Opener) -> None:
    here, other = (
        station(name, desk, query="") for name, desk in (("prêt 1", "MAIL"), ("prêt 2", "CMU"))
    )
    here.get_by_role("button", name="Annoncer des travaux").click()
    form = here.get_by_role("form", name="Annoncer des travaux")
    form.get_by_label("Début").fill("2099-11-29T02:00")
    form.get_by_label("Fin").fill("2099-11-29T04:00")
    form.get_by_role("button", name="Annoncer ces travaux").click()
    expect(form.get_by_role("alert")).to_contain_text("Relisez l’année.")
    expect(form.get_by_label("Fin")).to_have_value("2099-11-29T04:00")
    # The work begins at noon, a time that exists even on days when the clocks change.
    day = here.evaluate("new Date(Date.now() + 2 * 86400e3).toISOString().slice(0, 10)")
    form.get_by_label("Début").fill(f"{day}T12:00")
    form.get_by_label("Fin").fill(f"{day}T14:30")
    form.get_by_role("button", name="Annoncer ces travaux").click()
    note = other.locator(".ahead .note")
    expect(note).to_contain_text("Travaux annoncés sur Alma,")
    expect(note).to_contain_text("de 12:00 à 14:30 (source : saisi à la main, prêt 1).")
    here.get_by_role("button", name="Retirer").click()
    expect(note).to_have_count(0)


def test_three_workstations_make_a_quorum_for_band_and_suggestion(station: Opener) -> None:
    first = station("prêt 1", "MAIL", query="?walk=A1.no&step=A2")
    detailed(first)
    expect(total(first)).to_have_text("1 sur 1")
    expect(proposed(first)).to_have_count(0)
    expect(first.get_by_text("Aucun autre poste ne montre si Alma marche.")).to_be_visible()
    station("VDI 1", "CMU", vdi=True, cut=True)
    expect(total(first)).to_have_text("1 sur 2")
    expect(band(first)).to_contain_text("Un seul poste ne l’atteint pas : VDI 1.")
    expect(proposed(first)).to_contain_text("Pas sur les postes VDI")
    third = station("VDI 2", "CMU", vdi=True, cut=True)
    detailed(third)
    expect(total(third)).to_have_text("1 sur 3")
    expect(band(first)).to_contain_text("Seuls les postes VDI n’atteignent pas Alma : 2 sur 3.")
    expect(proposed(first)).to_contain_text("Pas sur les postes VDI")
    expect(first.get_by_text("Aucun poste VDI n’y arrive (0 sur 2)")).to_be_visible()
    expect(first.locator('[data-value="offline-utility/*"]')).to_have_count(0)

    total(first).click()
    detail = first.get_by_role("group", name="Détail par poste")
    expect(detail.locator("li", has_text="VDI 2")).to_contain_text("Échoue")
    expect(detail.locator("li", has_text="prêt 1")).to_contain_text("Répond")
    expect(detail).to_contain_text("même une erreur")


def test_reading_from_one_page_appears_on_every_page(station: Opener) -> None:
    reader, other = station("prêt 1", "MAIL"), station("prêt 2", "CMU")
    detailed(reader)
    detailed(other)
    reader.locator('[data-value="exlibris-status/server"]').click()
    detail = reader.get_by_role("group", name="Détail du dernier relevé")
    detail.get_by_role("button", name="incident").click()
    says = other.locator("table.grid tr.row", has_text="Ex Libris").locator(".says")
    expect(says).to_contain_text("Incident annoncé à")
    expect(says).to_contain_text("Lu par une personne")


def test_report_is_shown_here_and_counted_elsewhere(station: Opener) -> None:
    here, other = station("prêt 1", "MAIL"), station("prêt 2", "CMU")
    foot = here.locator(".yours")
    foot.get_by_role("button", name="Alma ne marche pas").click()
    expect(foot).to_contain_text(re.compile(r"Dit ici à \d\d:\d\d\s: Alma ne marche pas\."))
    field = foot.get_by_role("textbox")
    field.fill("la recherche")
    field.press("Enter")  # the Enter that ends a scan sends nothing
    foot.get_by_role("button", name="Ajouter").click()
    expect(other.locator(".yours")).to_contain_text("1 autre poste dit")
    detailed(other)
    element = other.locator(".stations li", has_text="prêt 1")
    expect(element).to_contain_text("« Alma ne marche pas ici »")
    expect(element).to_contain_text("la recherche")


def test_name_is_set_in_the_header_and_kept(page: Page) -> None:
    naming = page.locator(".naming")
    expect(naming).to_contain_text("poste sans nom")
    naming.get_by_role("button").click()
    form = page.get_by_role("form", name="Nommer ce poste")
    form.get_by_label("Place").fill("bureau 214")
    form.get_by_label("Site").select_option("Uni CMU")
    form.get_by_label("session VDI").check()
    form.get_by_role("button", name="Garder ce nom").click()
    expect(naming).to_contain_text("bureau 214 (VDI)")
    # The form disappears in the same update that makes the browser store the name.
    expect(form).to_have_count(0)
    page.reload()
    expect(naming).to_contain_text("bureau 214 (VDI)")

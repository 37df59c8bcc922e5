"""The pages of another library, whose system is Koha and whose language is German."""

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.handbooks import HANDBOOKS
from tests.ui.conftest import Relais, Standins, scan

pytestmark = pytest.mark.ui

GERMAN = HANDBOOKS / "good-german"
TARGETS = re.findall(r"^\[(\w+)\]$", (GERMAN / "targets.toml").read_text("utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def library(standins: Standins, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relais]:
    """The other library's server; its system and both links to it hang up without responding."""
    folder = tmp_path_factory.mktemp("library")
    handbook = shutil.copytree(GERMAN, folder / "handbook")
    targets = handbook / "targets.toml"
    text = re.sub(
        r'\[(\w+)\]\nurl = "[^"]*"', rf'[\1]\nurl = "{standins.url}/\1"', targets.read_text("utf-8")
    )
    targets.write_text(re.sub(r'interval = ".*"', 'interval = "10 s"', text), "utf-8")
    standins.status.update(dict.fromkeys(TARGETS, 200))
    standins.status.update(dict.fromkeys(("katalog", "notweg", "schnittstelle"), 0))
    server = Relais(folder, handbook, standins)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def page(browser: Browser, library: Relais) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, timezone_id="America/Halifax"
    )
    page = context.new_page()
    page.goto(library.url)
    yield page
    context.close()


def test_page_names_the_librarys_own_system_in_its_own_words(page: Page) -> None:
    page.get_by_role("button", name="Nach Gebäude und Arbeitsplatz").click()
    expect(page.get_by_role("group").filter(has_text="Wo liegt der Fehler?")).to_contain_text(
        "Koha"
    )
    expect(page.get_by_text("Geht Koha auf?").first).to_be_visible()
    expect(page.get_by_text("Koha, Dienstoberfläche").locator("visible=true").first).to_be_visible()
    expect(page.get_by_text("Alma")).to_have_count(0)
    expect(page.locator("html")).to_have_attribute("data-zone", "Europe/Berlin")
    expect(page.locator("nav.lang a")).to_have_count(0)
    expect(page.locator("main [lang]")).to_have_count(0)


def test_whole_outage_in_german(page: Page, library: Relais) -> None:
    expect(page.locator("html")).to_have_attribute("lang", "de")
    # Until the workstation's first round of probes has arrived, nothing is suggested.
    page.get_by_role("button", name=re.compile("^ZUGANG bis NETZ bestätigen")).click()
    expect(page.locator(".four .now")).to_contain_text("Geht es den Kollegen auch so?")

    page.locator('[data-key="coordinate"]').click()
    page.get_by_label("Name des Ausfalls").fill("Koha steht")
    page.get_by_label("Gezeichnet").fill("LM")
    page.get_by_role("button", name="Ausfall melden", exact=True).click()
    expect(page.locator(".state.live .tell")).to_contain_text("Koordination")

    page.goto(f"{library.url.removesuffix('dashboard')}desk/")
    page.select_option("#desk", "HAUPT")
    scan(page, ["K100", "LOAN0001", "LOAN0002"])
    rows = page.locator('[data-part="rows"] tr')
    expect(rows.filter(has_text="Gespeichert")).to_have_count(2)
    expect(page.locator("[data-part=state]")).to_contain_text("Der Server antwortet.")

    page.goto(f"{library.url}?page=loans")
    log = page.get_by_role("table", name="Ausleihprotokoll")
    expect(log.get_by_role("row").filter(has_text="LOAN0002")).to_contain_text(
        "Ausleihe Hauptgebäude"
    )

    page.goto(f"{library.url}?page=reconciliation")
    steps = page.get_by_role("navigation", name="Schritte des Abgleichs")
    expect(steps).to_contain_text("2 Ausleihen im Protokoll")

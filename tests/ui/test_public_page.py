"""Patrons see only what coordinators publish for them, not that an outage has been declared."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.ui.conftest import Relais, Standins, eventually, handbook_over

pytestmark = pytest.mark.ui


class PublicRelais(Relais):
    @property
    def environment(self) -> dict[str, str]:
        page = {"RELAIS_STATUS_PAGE": f"http://localhost:{self.port}/status"}
        return super().environment | page


@pytest.fixture(scope="module")
def relais(standins: Standins, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relais]:
    folder = tmp_path_factory.mktemp("public")
    server = PublicRelais(folder, handbook_over(standins, folder / "handbook"), standins)
    server.start()
    yield server
    server.kill()


def test_patrons_see_the_message_that_was_sent_to_them(
    page: Page, context: BrowserContext, relais: Relais
) -> None:
    page.locator('[data-key="coordinate"]').click()
    page.get_by_label("Nom de la panne").fill("Alma EU03")
    page.get_by_label("Signé").fill("LM")
    page.get_by_role("button", name="Déclarer la panne", exact=True).click()
    expect(page.get_by_role("heading", name="Dire où l’on en est")).to_be_visible()
    readers = context.new_page()
    readers.goto(f"http://localhost:{relais.port}/status?lang=en")
    title = readers.get_by_role("heading", level=1)
    expect(title).to_have_text("No outage announced")

    page.get_by_label("Les lecteurs, page publique").check()
    page.get_by_label("Les postes (").uncheck()
    page.get_by_role("button", name="au début").click()
    page.get_by_label("Titre pour les lecteurs").select_option(
        label="Le catalogue et votre compte sont ralentis"
    )
    expect(page.locator(".prev")).to_contain_text("Les pages s’ouvrent lentement.")
    page.get_by_role("button", name="Publier pour les lecteurs").click()
    # The server may take a moment to read the published message.
    eventually(
        readers,
        lambda: (readers.reload(), "are slow." in title.inner_text())[1],
        wanted=True,
    )
    expect(readers.locator("body")).not_to_contain_text("Alma")

    page.get_by_role("button", name="Retirer ce message").click()
    eventually(
        readers,
        lambda: (readers.reload(), "No outage" in title.inner_text())[1],
        wanted=True,
    )

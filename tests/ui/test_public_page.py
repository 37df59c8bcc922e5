"""What readers see: nothing of a declaration, then what the coordination saw before publishing it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.ui.conftest import Relais, Standins, eventually, handbook_over

pytestmark = pytest.mark.ui


class PublicRelais(Relais):
    """A server with a public page."""

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


def test_readers_see_what_was_shown_before_it_was_published(
    page: Page, context: BrowserContext, relais: Relais
) -> None:
    page.locator('[data-act="coordinate"]').click()
    page.get_by_label("Nom de la panne").fill("Alma EU03")
    page.get_by_label("Qui agit").fill("LM")
    page.get_by_role("button", name="Déclarer la panne", exact=True).click()
    expect(page.get_by_text("De cette panne, rien n’est encore public.")).to_be_visible()
    readers = context.new_page()
    readers.goto(f"http://localhost:{relais.port}/status?lang=en")
    expect(readers.get_by_role("heading", level=1)).to_have_text("No outage announced")

    page.locator('[name="cause"]').select_option("slow")
    title = page.locator('[name="title_en"]')
    expect(title).to_have_value("The catalogue and your account are slow")
    title.fill("The catalogue is slow")
    page.locator('[name="lending"]').uncheck()
    page.get_by_role("button", name="Voir avant de publier").click()
    shown = page.frame_locator('iframe[title$="EN"]').get_by_role("heading", level=1)
    expect(shown).to_contain_text("The catalogue is slow.")
    readers.reload()
    expect(readers.get_by_role("heading", level=1)).to_have_text("No outage announced")

    page.get_by_role("button", name="Publier pour les lecteurs").click()
    expect(page.get_by_role("heading", name="Publié")).to_be_visible()
    page.get_by_text("États des services, pour les lecteurs").click()
    page.locator('[data-value="account degraded"]').click()
    expect(page.locator('[data-value="account degraded"]')).to_have_attribute(
        "aria-pressed", "true"
    )
    # The server may read what was published a moment later.
    title = readers.get_by_role("heading", level=1)
    eventually(
        readers,
        lambda: (readers.reload(), "The catalogue is slow." in title.inner_text())[1],
        wanted=True,
    )
    expect(readers.locator(".services")).to_contain_text("Your account")
    expect(readers.locator("body")).not_to_contain_text("Alma")
    expect(readers.locator("body")).not_to_contain_text("At the desks, with your card.")

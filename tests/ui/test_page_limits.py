"""Each place of the demonstration says and offers little in the middle of an outage."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from dashboard.settings import PACKAGED_HANDBOOK
from tests.ui.conftest import Relais, Standins
from tests.ui.page_limits import excesses

pytestmark = pytest.mark.ui

# An element of each place that appears once the place is drawn.
PLACES = {
    "guide": ".is-seen-down",
    "coordination": "#message-text",
    "loans": ".paged tbody tr",
    "reconciliation": ".reconciliation-group",
    "history": ".outages",
}


class RelaisDemo(Relais):
    @property
    def words(self) -> list[str]:
        return ["serve", "--demo", "--port", str(self.port)]


@pytest.fixture(scope="module")
def relais(standins: Standins, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelaisDemo]:
    server = RelaisDemo(tmp_path_factory.mktemp("demo"), PACKAGED_HANDBOOK, standins)
    server.start()
    yield server
    server.kill()


@pytest.mark.parametrize(
    ("place", "language"), [*((place, "fr") for place in PLACES), ("guide", "en"), ("guide", "de")]
)
def test_place_keeps_the_limits_of_words_and_controls(
    page: Page, relais: RelaisDemo, place: str, language: str
) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{relais.url}?page={place}&lang={language}")
    expect(page.locator(PLACES[place]).first).to_be_visible()
    assert excesses(page) == []

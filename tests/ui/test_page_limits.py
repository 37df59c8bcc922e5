"""In the demonstration's outage, each page stays within the limits on words and controls."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.settings import PACKAGED_HANDBOOK
from tests.ui.conftest import Relais, Standins, eventually
from tests.ui.page_limits import excesses

pytestmark = pytest.mark.ui

# For each page, an element that appears once the page is drawn.
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


def handbook_at_noon(folder: Path) -> Path:
    """Copy the packaged handbook with a time zone where it is about noon.

    Near midnight, times on another day are shown with their date, which takes more words.
    """
    shutil.copytree(PACKAGED_HANDBOOK, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    library = folder / "library.toml"
    text = library.read_text("utf-8")
    zone = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"  # POSIX: west of Greenwich is positive
    library.write_text(text.replace('zone = "Europe/Zurich"', f'zone = "{zone}"'), "utf-8")
    return folder


@pytest.fixture(scope="module")
def relais(standins: Standins, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelaisDemo]:
    folder = tmp_path_factory.mktemp("demo")
    server = RelaisDemo(folder, handbook_at_noon(folder / "handbook"), standins)
    server.start()
    yield server
    server.kill()


@pytest.mark.parametrize(
    ("place", "language"), [*((place, "fr") for place in PLACES), ("guide", "en"), ("guide", "de")]
)
def test_place_stays_within_the_limits_of_words_and_controls(
    blank: Page, relais: RelaisDemo, place: str, language: str
) -> None:
    blank.set_viewport_size({"width": 1366, "height": 768})
    blank.goto(f"{relais.url}?page={place}&lang={language}")
    expect(blank.locator(PLACES[place]).first).to_be_visible()
    # The demonstration's workstation has two readings at first, which take six words more than the
    # sentence that follows them.
    eventually(blank, lambda: excesses(blank), [])

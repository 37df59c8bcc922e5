"""The composition: what the settings say reaches those who need it, and nobody else."""

from dataclasses import replace
from datetime import timedelta

from dashboard.app import credentials, neighbour_watch
from dashboard.core.context import AppContext
from dashboard.settings import Settings
from procedure.handbook.model import Handbook
from procedure.monitoring.neighbour_board import BoardProblem, Neighbour, NeighbourBoard
from procedure.status_pages.feed import Feed
from tests.support.memory import MemoryHistory, MemoryJournal


def test_credentials_go_to_feeds_of_servicenow_only(handbook: Handbook) -> None:
    table = Feed("exlibris-servicenow", "https://Status.example.org/api/now/table/x", ("EU03",))
    page = replace(handbook.targets["exlibris-status"], feed=table)
    changed = replace(handbook, targets={**handbook.targets, "exlibris-status": page})
    known = Settings("sqlite://", servicenow_user="relais", servicenow_password="s3cret")
    assert credentials(changed, known) == {"https://status.example.org": ("relais", "s3cret")}
    assert credentials(handbook, known) == {}
    assert credentials(changed, Settings("sqlite://")) == {}


def test_person_reading_holds_as_set(clock, watch, handbook) -> None:
    settings = Settings("sqlite://", reading_holds=timedelta(minutes=5))
    context = AppContext(settings, handbook, MemoryJournal(clock), MemoryHistory(), watch, clock)
    assert context.models.staff_reports.holds == timedelta(minutes=5)


def test_only_the_download_is_uncached(handbook: Handbook) -> None:
    kept = [key for key, one in handbook.targets.items() if not one.browser]
    assert kept == ["offline-utility"]


def test_neighbour_watch_reads_the_neighbours(handbook: Handbook) -> None:
    assert dict(neighbour_watch(handbook, "Relais").latest) == {}
    lausanne = Neighbour("lausanne", "Lausanne", "https://relais.example.org/board.json", {})
    changed = replace(handbook, neighbours={"lausanne": lausanne})
    heard = NeighbourBoard("lausanne", problem=BoardProblem.NOT_YET)
    assert dict(neighbour_watch(changed, "Relais").latest) == {"lausanne": heard}

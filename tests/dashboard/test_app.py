"""The composition: what the settings say reaches those who need it, and nobody else."""

from dataclasses import replace
from datetime import timedelta

from dashboard.app import credentials
from dashboard.core.context import AppContext
from dashboard.settings import Settings
from procedure.handbook.model import Handbook
from procedure.status_pages.feed import Feed
from tests.support.memory import MemoryHistory, MemoryJournal, MemoryNotes
from tests.support.stores import empty_accounts


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
    context = AppContext(
        settings,
        handbook,
        MemoryJournal(clock),
        MemoryHistory(),
        watch,
        clock,
        MemoryNotes(),
        empty_accounts(),
    )
    assert context.models.staff_reports.holds == timedelta(minutes=5)


def test_only_the_download_is_uncached(handbook: Handbook) -> None:
    kept = [key for key, one in handbook.targets.items() if not one.browser]
    assert kept == ["offline-utility"]

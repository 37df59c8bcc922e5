"""`dashboard.app` passes each setting to the parts that need it, and to no others."""

from dataclasses import replace
from datetime import timedelta

from dashboard.app import credentials
from dashboard.settings import Settings
from procedure.handbook.model import Handbook
from procedure.status_pages.feed import Feed
from tests.support.clock import Clock
from tests.support.context import make_context


def test_credentials_go_only_to_servicenow_feeds(handbook: Handbook) -> None:
    table = Feed("exlibris-servicenow", "https://Status.example.org/api/now/table/x", ("EU03",))
    page = replace(handbook.targets["exlibris-status"], feed=table)
    changed = replace(handbook, targets={**handbook.targets, "exlibris-status": page})
    known = Settings("sqlite://", servicenow_user="relais", servicenow_password="s3cret")
    assert credentials(changed, known) == {"https://status.example.org": ("relais", "s3cret")}
    assert credentials(handbook, known) == {}
    assert credentials(changed, Settings("sqlite://")) == {}


def test_reading_by_a_person_holds_for_the_time_set(clock: Clock, handbook: Handbook) -> None:
    settings = Settings("sqlite://", reading_holds=timedelta(minutes=5))
    context = make_context(clock, handbook, settings=settings)
    assert context.folds.staff_reports.holds == timedelta(minutes=5)


def test_only_the_download_has_no_browser_probe(handbook: Handbook) -> None:
    kept = [key for key, target in handbook.targets.items() if not target.browser]
    assert kept == ["offline-utility"]

"""A cell: what the judgement says of a target, beside the readings of its hour."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dashboard.monitoring.cell import GridCell, cell
from procedure.monitoring.board import TargetStatus
from procedure.monitoring.model import FailureCause, Outcome, Status, Target

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
SWITCH = Target("switch", "https://switch.example.org", "A3", MINUTE)
NEWEST = Outcome("switch", SWITCH.url, "server", NOON, Status.DOWN, FailureCause.DNS)
JUDGED = TargetStatus(
    "switch", NOON, Status.DOWN, FailureCause.DNS, NOON - MINUTE, NEWEST, flapping=True
)


def test_cell_before_the_first_reading_is_unknown() -> None:
    assert cell(SWITCH, "server", None, ()) == GridCell("switch", "server", step="A3")
    assert GridCell("switch", "server").unread


def test_cell_keeps_its_status_until_it_is_too_old() -> None:
    assert cell(SWITCH, "server", JUDGED, (NEWEST,)) == GridCell(
        "switch",
        "server",
        status=Status.DOWN,
        cause=FailureCause.DNS,
        since=NOON - MINUTE,
        newest=NEWEST,
        flapping=True,
        fresh_until=NOON + 3 * MINUTE,
        hour=(NEWEST,),
        step="A3",
    )


def test_cell_unknown_by_age_does_not_change() -> None:
    stale = replace(JUDGED, status=Status.UNKNOWN, cause=None, since=NOON, stale=True)
    shown = cell(SWITCH, "server", stale, ())
    assert (shown.status, shown.since, shown.stale) == (Status.UNKNOWN, NOON, True)
    assert shown.fresh_until is None


def test_cell_name_is_unique_within_its_page() -> None:
    assert GridCell("alma-saml", "server").key == "alma-saml/server"

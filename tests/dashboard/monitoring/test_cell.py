"""A cell: what the judgement says of a target, beside the readings of its hour."""

from __future__ import annotations

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


def test_before_the_first_reading_nothing_is_known() -> None:
    assert cell(SWITCH, "server", None, ()) == GridCell("switch", "server")
    assert GridCell("switch", "server").unread


def test_a_judgement_is_shown_with_its_hour_until_it_is_too_old() -> None:
    assert cell(SWITCH, "server", JUDGED, (NEWEST,)) == GridCell(
        "switch",
        "server",
        verdict=Status.DOWN,
        cause=FailureCause.DNS,
        since=NOON - MINUTE,
        newest=NEWEST,
        flapping=True,
        fresh_until=NOON + 3 * MINUTE,
        hour=(NEWEST,),
    )


def test_an_old_one_does_not_grow_older() -> None:
    stale = replace(JUDGED, verdict=Status.UNKNOWN, cause=None, since=NOON, stale=True)
    shown = cell(SWITCH, "server", stale, ())
    assert (shown.verdict, shown.since, shown.stale) == (Status.UNKNOWN, NOON, True)
    assert shown.fresh_until is None


def test_a_cell_is_named_within_its_page() -> None:
    assert GridCell("alma-saml", "server").key == "alma-saml/server"

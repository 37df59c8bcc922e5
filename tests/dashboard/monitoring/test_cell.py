"""A cell: what the judgement says of a target, beside the readings of its hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dashboard.monitoring.cell import Cell, cell
from procedure.monitoring.board import Judged
from procedure.monitoring.model import Cause, Outcome, Target, Verdict

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
SWITCH = Target("switch", "https://switch.example.org", "A3", MINUTE)
NEWEST = Outcome("switch", SWITCH.url, "server", NOON, Verdict.DOWN, Cause.DNS)
JUDGED = Judged("switch", NOON, Verdict.DOWN, Cause.DNS, NOON - MINUTE, NEWEST, flapping=True)


def test_before_the_first_reading_nothing_is_known() -> None:
    assert cell(SWITCH, "server", None, ()) == Cell("switch", "server")
    assert Cell("switch", "server").unread


def test_a_judgement_is_shown_with_its_hour_until_it_is_too_old() -> None:
    assert cell(SWITCH, "server", JUDGED, (NEWEST,)) == Cell(
        "switch",
        "server",
        verdict=Verdict.DOWN,
        cause=Cause.DNS,
        since=NOON - MINUTE,
        newest=NEWEST,
        flapping=True,
        fresh_until=NOON + 3 * MINUTE,
        hour=(NEWEST,),
    )


def test_an_old_one_does_not_grow_older() -> None:
    stale = replace(JUDGED, verdict=Verdict.UNKNOWN, cause=None, since=NOON, stale=True)
    shown = cell(SWITCH, "server", stale, ())
    assert (shown.verdict, shown.since, shown.stale) == (Verdict.UNKNOWN, NOON, True)
    assert shown.fresh_until is None


def test_a_cell_is_named_within_its_page() -> None:
    assert Cell("alma-saml", "server").key == "alma-saml/server"

"""A cell never shows a target as good if its reading is old or missing."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.monitoring.cell import GridCell
from dashboard.monitoring.cell_text import CellText, cell_text
from dashboard.translations import language
from procedure.monitoring.model import FailureCause, Outcome, Phase, Status

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
FRENCH = language("fr")


def seen(status: Status, latency: float | None = 61.4, **more: object) -> Outcome:
    return Outcome(
        "switch", "https://switch.example.org", "server", NOON, status, latency_ms=latency, **more
    )


def shown(outcome: Outcome) -> CellText:
    cell = GridCell("switch", "server", outcome.status, outcome.cause, NOON, outcome)
    return cell_text(cell, FRENCH, NOON)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (seen(Status.UP), CellText("up", "Répond", "Répondait", "61\u202fms")),
        (
            seen(Status.UP, reserved=True),
            CellText("up", "Répond", "Répondait", "61\u202fms", "réservé"),
        ),
        (seen(Status.SLOW, 2900), CellText("slow", "Lent", "Était lent", "2,9\u202fs")),
        (
            seen(Status.DOWN, 10_000, cause=FailureCause.TIMEOUT, phase=Phase.FIRST_BYTE),
            CellText("down", "Échoue", "Échouait", "délai 10\u202fs"),
        ),
        (
            seen(Status.DOWN, 80, cause=FailureCause.STATUS, http_status=503),
            CellText("down", "Échoue", "Échouait", "HTTP 503"),
        ),
    ],
)
def test_cell_text_of_a_fresh_reading(outcome: Outcome, expected: CellText) -> None:
    assert shown(outcome) == expected


def test_cell_text_without_a_reading() -> None:
    assert cell_text(GridCell("switch", "server"), FRENCH, NOON) == CellText(
        "unknown", "Inconnu", "Inconnu", "relevé en cours"
    )


def test_cell_text_of_an_old_reading_has_its_age() -> None:
    old = seen(Status.UP)
    cell = GridCell("switch", "server", since=old.at, newest=old, stale=True)
    later = NOON + timedelta(minutes=9)
    assert cell_text(cell, FRENCH, later) == CellText(
        "clock", "Pas relevé", "Pas relevé", "depuis 12:00"
    )
    assert cell_text(cell, FRENCH, NOON + timedelta(days=2)).reason == "depuis 24 nov., 12:00"


def test_cell_text_of_an_unconfirmed_reading() -> None:
    failed = seen(Status.DOWN, 10_000, cause=FailureCause.TIMEOUT)
    doubtful = GridCell("switch", "server", Status.UP, None, NOON, failed, doubtful=True)
    assert cell_text(doubtful, FRENCH, NOON) == CellText(
        "up", "Répond", "Répondait", "délai 10\u202fs", "à confirmer"
    )
    flapping = GridCell(
        "switch", "server", Status.DOWN, FailureCause.TIMEOUT, NOON, failed, flapping=True
    )
    assert cell_text(flapping, FRENCH, NOON).remark == "par à-coups"


def test_cell_text_of_a_cut_off_machine() -> None:
    text = shown(seen(Status.UNKNOWN, None, cause=FailureCause.NETWORK))
    assert (text.shape, text.word) == ("unknown", "Inconnu")

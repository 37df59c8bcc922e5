"""A cell in words: never a good word for what is old or was not read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.monitoring.cell import Cell
from dashboard.monitoring.cell_text import Glance, glance
from dashboard.translations import language
from procedure.monitoring.model import Cause, Outcome, Phase, Verdict

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
FRENCH = language("fr")


def seen(verdict: Verdict, latency: float | None = 61.4, **more: object) -> Outcome:
    return Outcome(
        "switch", "https://switch.example.org", "server", NOON, verdict, latency_ms=latency, **more
    )


def shown(outcome: Outcome) -> Glance:
    cell = Cell("switch", "server", outcome.verdict, outcome.cause, NOON, outcome)
    return glance(cell, FRENCH, NOON)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (seen(Verdict.UP), Glance("up", "Répond", "Répondait", "61\u202fms")),
        (
            seen(Verdict.UP, reserved=True),
            Glance("up", "Répond", "Répondait", "61\u202fms", "réservé"),
        ),
        (seen(Verdict.SLOW, 2900), Glance("slow", "Lent", "Était lent", "2,9\u202fs")),
        (
            seen(Verdict.DOWN, 10_000, cause=Cause.TIMEOUT, phase=Phase.FIRST_BYTE),
            Glance("down", "Échoue", "Échouait", "délai 10\u202fs"),
        ),
        (
            seen(Verdict.DOWN, 80, cause=Cause.STATUS, http_status=503),
            Glance("down", "Échoue", "Échouait", "HTTP 503"),
        ),
    ],
)
def test_a_fresh_reading(outcome: Outcome, said: Glance) -> None:
    assert shown(outcome) == said


def test_without_a_reading_nothing_is_claimed() -> None:
    assert glance(Cell("switch", "server"), FRENCH, NOON) == Glance(
        "unknown", "Inconnu", "Inconnu", "relevé en cours"
    )


def test_an_old_reading_says_since_when_it_is_old() -> None:
    old = seen(Verdict.UP)
    cell = Cell("switch", "server", since=old.at, newest=old, stale=True)
    later = NOON + timedelta(minutes=9)
    assert glance(cell, FRENCH, later) == Glance(
        "clock", "Pas relevé", "Pas relevé", "depuis 12:00"
    )
    assert glance(cell, FRENCH, NOON + timedelta(days=2)).reason == "depuis 24 nov., 12:00"


def test_what_is_not_confirmed_is_said_to_be_so() -> None:
    failed = seen(Verdict.DOWN, 10_000, cause=Cause.TIMEOUT)
    doubtful = Cell("switch", "server", Verdict.UP, None, NOON, failed, doubtful=True)
    assert glance(doubtful, FRENCH, NOON) == Glance(
        "up", "Répond", "Répondait", "délai 10\u202fs", "à confirmer"
    )
    flapping = Cell("switch", "server", Verdict.DOWN, Cause.TIMEOUT, NOON, failed, flapping=True)
    assert glance(flapping, FRENCH, NOON).remark == "par à-coups"


def test_a_machine_without_network_knows_nothing() -> None:
    told = shown(seen(Verdict.UNKNOWN, None, cause=Cause.NETWORK))
    assert (told.shape, told.word) == ("unknown", "Inconnu")

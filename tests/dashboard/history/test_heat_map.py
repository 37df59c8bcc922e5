"""The map shows its figures in a table; it never shows an empty one for what was not read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from dashboard.history.heat_map import heat_map
from dashboard.translations import language
from procedure.monitoring.downtime import StatusInterval
from procedure.monitoring.heatmap import heat_map_hours
from procedure.monitoring.model import Status
from procedure.outages.ninety_days import NinetyDays

TUESDAY = datetime(2026, 11, 24, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def history(*pieces: tuple[timedelta, Status | None]) -> NinetyDays:
    at, past = TUESDAY, []
    for length, verdict in pieces:
        past.append(StatusInterval("A4", at, at + length, verdict))
        at += length
    return NinetyDays(at, {}, {}, {}, {}, heat_map_hours(past))


def cells(page: str) -> Sequence[tuple[str, str]]:
    boxes = re.findall(r'<td role="cell" class="v(.)">(.*?)</td>', page)
    assert len(boxes) in (0, 168)
    return [(kind, unescape(re.sub("<.*?>", "", text))) for kind, text in boxes]


@pytest.mark.parametrize(
    ("down", "kind", "figure"),
    [
        (20 * MINUTE / 60, "1", "<\u202f1"),
        (15 * MINUTE - MINUTE / 60, "1", "14"),
        (15 * MINUTE, "2", "15"),
        (40 * MINUTE, "3", "40"),
        (HOUR, "3", "60"),
    ],
)
def test_heat_map_cells_have_a_figure_and_one_of_three_colours(
    down: timedelta, kind: str, figure: str
) -> None:
    page = heat_map(
        history((down, Status.DOWN), (2 * HOUR - down, Status.UP)), language("fr"), fault=False
    )
    tuesday = cells(page)[24:48]
    assert tuesday[1:3] == [(kind, figure), ("0", "0")]
    assert {cell for cell in cells(page) if cell[0] == "x"} == {("x", "jamais relevé")}


def test_heat_map_names_the_worst_hour() -> None:
    past = history((90 * MINUTE, Status.DOWN))
    assert (
        "1\u202fh\u202f30 sans aucun lien vers Alma. Le plus touché\u202f: mardi de 1\u202fh"
        in heat_map(past, language("fr"), fault=False)
    )
    assert "Hit hardest: Tuesday from 1:00 to 2:00" in heat_map(past, language("en"), fault=False)


@pytest.mark.parametrize(
    ("past", "fault", "text"),
    [
        (None, False, "Lecture des 90 derniers jours…"),
        (None, True, "ne peuvent pas être lus"),
        (history((HOUR, None)), False, "Pas encore d’historique."),
    ],
)
def test_heat_map_without_readings_is_empty(
    past: NinetyDays | None, fault: bool, text: str
) -> None:
    page = heat_map(past, language("fr"), fault=fault)
    assert (text in page, cells(page)) == (True, [])


def test_heat_map_says_that_alma_was_never_down() -> None:
    page = heat_map(history((HOUR, Status.UP)), language("fr"), fault=False)
    assert "Alma n’a jamais manqué" in page

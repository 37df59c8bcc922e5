"""The updates in a notice: their labels, and which is the newest."""

import pytest

from procedure.status_pages.update_labels import (
    LabelKind,
    Update,
    update_of,
    updates_of,
    without_label,
)

CLOSED, OPEN = Update(LabelKind.CLOSED), Update(LabelKind.OPEN)
SCHEDULED, UNDER_WAY = Update(LabelKind.SCHEDULED), Update(LabelKind.UNDER_WAY)


@pytest.mark.parametrize(
    ("line", "update"),
    [
        ("Resolved - All is well", CLOSED),
        ("RESOLVED: loans", CLOSED),
        ("[Completed] Move of the servers", CLOSED),
        ("Behoben: Ausleihe", CLOSED),
        ("Résolu : les prêts", CLOSED),
        ("[Risolto] Prestiti", CLOSED),
        ("Investigating -", OPEN),
        ("In Abklärung: Ausleihe", OPEN),
        ("In analisi: prestiti", OPEN),
        ("Sous surveillance : les prêts", OPEN),
        ("Sep 4, 18:27:54 GMT+0 - Monitoring - A fix", Update(LabelKind.OPEN, (9, 4, 18, 27, 54))),
        ("23 Aug 2026, 22:15 UTC Resolved - Over", Update(LabelKind.CLOSED, (8, 23, 22, 15, 0))),
        ("Scheduled - We will move Alma.", SCHEDULED),
        ("Geplante Wartung: Alma", SCHEDULED),
        ("Maintenance planifiée : Alma", SCHEDULED),
        ("Manutenzione programmata: Alma", SCHEDULED),
        ("Nov 24, 07:00 UTC In progress - x", Update(LabelKind.UNDER_WAY, (11, 24, 7, 0, 0))),
        ("Verifying - We look", UNDER_WAY),
        ("Update - A disk", Update(LabelKind.UPDATE)),
        ("Resolved 10:15", None),
        ("Scheduled upgrade went wrong", None),
        ("Unresolved: loans", None),
        ("Update: EU03 is back to normal", None),
        ("Fixed asset system: down", None),
    ],
)
def test_update_of_a_line(line: str, update: Update | None) -> None:
    assert update_of(line) == update


@pytest.mark.parametrize(
    "lines",
    [
        ("Resolved - Over", "Identified - A disk", "Investigating - We look into it"),
        ("Sep 25, 15:15 UTC", "Investigating - x", "Sep 25, 16:01 UTC", "Resolved - y"),
        ("Dec 31, 23:50 UTC Investigating - x", "Jan 1, 00:10 UTC Resolved - y"),
        ("Jan 1, 00:10 UTC Resolved - y", "Dec 31, 23:50 UTC Investigating - x"),
    ],
)
def test_updates_begin_with_the_newest(lines: tuple[str, ...]) -> None:
    assert updates_of(lines)[0].kind is LabelKind.CLOSED


def test_updates_of_prose_without_labels() -> None:
    assert updates_of(["Alma is down", "Sep 25, 15:15 UTC"]) == []


@pytest.mark.parametrize("title", ["Alma: loans slow", "Resolved: Alma: loans slow"])
def test_without_label_leaves_the_subject(title: str) -> None:
    assert without_label(title) == "Alma: loans slow"

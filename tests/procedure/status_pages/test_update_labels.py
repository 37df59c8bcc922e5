"""The updates in a notice: their labels, and which is the newest."""

import pytest

from procedure.status_pages.update_labels import Update, update_of, updates_of

CLOSING, OPEN = Update(is_closing=True), Update(is_closing=False)


@pytest.mark.parametrize(
    ("line", "update"),
    [
        ("Resolved - All is well", CLOSING),
        ("RESOLVED: loans", CLOSING),
        ("[Completed] Move of the servers", CLOSING),
        ("Behoben: Ausleihe", CLOSING),
        ("Investigating -", OPEN),
        ("Sous surveillance : les prêts", OPEN),
        ("Sep 4, 18:27:54 GMT+0 - Monitoring - A fix", Update(False, (9, 4, 18, 27, 54))),
        ("23 Aug 2026, 22:15 UTC Resolved - Over", Update(True, (8, 23, 22, 15, 0))),
        ("Resolved 10:15", None),
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
    assert updates_of(lines)[0].is_closing


def test_updates_of_prose_without_labels() -> None:
    assert updates_of(["Alma is down", "Sep 25, 15:15 UTC"]) == []

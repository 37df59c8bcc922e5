"""A page of rows at a time: turned, kept when rows come, and a click means the row that is seen."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from dashboard.translations import language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.paged_table import PAGE_SIZE, PagedTable

# Panel 1.9 resets an index in a way that pandas 3.1 will drop one day.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")


def table(rows: list[str], clicked: list[str]) -> PagedTable[str]:
    made = PagedTable[str](
        titles={"item": "Document", "act": "Suite"},
        html=("act",),
        draw=lambda row: (row, "…"),
        on_click={"act": clicked.append},
        language=language("fr"),
    )
    made.show(rows)
    return made


def pager(made: PagedTable[str]) -> LiveHTML:
    return next(iter(made.__panel__().select(LiveHTML)))


def shown(made: PagedTable[str]) -> list[str]:
    return list(made.table.value["item"])


def test_only_the_page_that_is_seen_is_drawn_and_any_can_be_turned_to() -> None:
    rows = [f"I{n}" for n in range(2 * PAGE_SIZE + 3)]
    made = table(rows, [])
    assert shown(made) == rows[:PAGE_SIZE]
    assert f"1 à {PAGE_SIZE} sur {len(rows)}" in pager(made).html
    for value, page in (("1", 1), ("2", 2), ("99", 2), ("no", 2), ("0", 0)):
        pager(made)._handle_msg({"act": "page", "value": value})
        assert shown(made) == rows[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]


def test_rows_that_come_or_go_leave_the_page_where_it_is_as_far_as_there_is_one() -> None:
    rows = [f"I{n}" for n in range(2 * PAGE_SIZE + 3)]
    made = table(rows, [])
    made.turn(2)
    made.show(["new", *rows])
    assert shown(made) == rows[2 * PAGE_SIZE - 1 :]
    made.show(rows[:PAGE_SIZE])
    assert (shown(made), pager(made).html.strip()) == (rows[:PAGE_SIZE], "")
    made.show([])
    assert shown(made) == []


def test_a_click_means_the_row_that_is_seen_and_one_elsewhere_none() -> None:
    clicked: list[str] = []
    made = table([f"I{n}" for n in range(PAGE_SIZE + 2)], clicked)
    made.turn(1)
    for place in (1, 2, -1, None):
        for act in made.table._on_click_callbacks["act"]:
            act(SimpleNamespace(row=place))
    assert clicked == [f"I{PAGE_SIZE + 1}"]


def test_a_row_that_cannot_be_drawn_says_so_and_the_others_are_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = table(["I0", "", "I2"], [])
    made._draw = lambda row: (row[0] + row[1:], "…")
    made.show(["I0", "", "I2"])
    assert shown(made) == ["I0", "Cette ligne ne peut pas être affichée.", "I2"]
    assert [record.levelname for record in caplog.records] == ["ERROR"]

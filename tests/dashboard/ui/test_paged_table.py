"""A table stays on its page of rows when rows arrive, and a click acts on the visible row."""

import pytest
from markupsafe import Markup

from dashboard.translations import language
from dashboard.ui.paged_table import MOST_PRINTED, PAGE_SIZE, PagedTable
from tests.support.tables import cells, markup


def drawn(row: str) -> tuple[str, ...]:
    if not row:
        raise ValueError
    return row, Markup("<b>{}</b>").format(row)


def table(rows: list[str], chosen: list[str] | None = None) -> PagedTable[str]:
    made = PagedTable[str](
        "Documents",
        titles={"item": "Document", "act": "Suite"},
        draw=drawn,
        key=str.lower,
        acts={"act": (chosen if chosen is not None else []).append},
        language=language("fr"),
    )
    made.show_rows(rows)
    return made


def press(made: PagedTable[str], act: str, value: str) -> None:
    made.__panel__().receive({"act": act, "value": value})


def test_table_renders_the_visible_page() -> None:
    rows = [f"I{n}" for n in range(2 * PAGE_SIZE + 3)]
    made = table(rows)
    assert cells(made, "item") == rows[:PAGE_SIZE]
    assert f"1 à {PAGE_SIZE} sur {len(rows)}" in made.__panel__().html
    for value, page in (("1", 1), ("2", 2), ("99", 2), ("no", 2), ("0", 0)):
        press(made, "page", value)
        assert cells(made, "item") == rows[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]


def test_table_renders_all_rows_for_printing() -> None:
    rows = [f"I{n}" for n in range(2 * PAGE_SIZE + 3)]
    made = table(rows)
    made.show_page(1)
    press(made, "print", "")
    assert cells(made, "item") == rows
    assert 'data-printing="printed"' in made.__panel__().html
    press(made, "printed", "")
    assert cells(made, "item") == rows[PAGE_SIZE : 2 * PAGE_SIZE]
    assert "data-printing" not in made.__panel__().html
    made.show_rows([f"I{n}" for n in range(MOST_PRINTED + 1)])
    press(made, "print", "")
    assert len(cells(made, "item")) == MOST_PRINTED
    assert "1 à 2\u202f000 sur 2\u202f001" in made.__panel__().html


def test_table_keeps_its_page_when_rows_come_and_go() -> None:
    rows = [f"I{n}" for n in range(2 * PAGE_SIZE + 3)]
    made = table(rows)
    made.show_page(2)
    made.show_rows(["new", *rows])
    assert cells(made, "item") == rows[2 * PAGE_SIZE - 1 :]
    made.show_rows(rows[:PAGE_SIZE])
    assert cells(made, "item") == rows[:PAGE_SIZE]
    assert "pager" not in made.__panel__().html
    made.show_rows([])
    assert made.__panel__().html.strip() == ""


def test_table_escapes_text_and_not_markup() -> None:
    made = table(["<i>1</i>"])
    assert markup(made, "item") == ["&lt;i&gt;1&lt;/i&gt;"]
    assert markup(made, "act") == ["<b>&lt;i&gt;1&lt;/i&gt;</b>"]


def test_table_press_applies_to_the_row_that_was_shown() -> None:
    chosen: list[str] = []
    made = table(["I0", "I1"], chosen)
    made.show_rows([f"J{n}" for n in range(PAGE_SIZE)] + ["I0", "I1"])
    for key in ("i1", "i2", ""):
        press(made, "act", key)
    press(made, "other", "i0")
    assert chosen == ["I1"]


def test_table_row_that_fails_says_so_and_others_are_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = table(["I0", "", "I2"])
    assert cells(made, "item") == ["I0", "Cette ligne ne peut pas être affichée.", "I2"]
    assert [record.levelname for record in caplog.records] == ["ERROR"]

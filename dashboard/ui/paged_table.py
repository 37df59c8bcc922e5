"""A read-only table that shows and formats one page of rows at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import pandas as pd
import panel as pn
import param
from panel.viewable import Viewer

from dashboard.translations import Language
from dashboard.ui.failure import log_failure
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import asset_url, render

_R = TypeVar("_R")
PAGE_SIZE = 20
# Pixels; other columns share the rest. A phone scrolls the table, not the page.
_WIDTHS = {
    "time": 110, "patron": 150, "item": 140, "desk": 160, "due": 130, "state": 140, "act": 100,
}  # fmt: skip
_NARROWEST = [{"field": "remark", "minWidth": 180}]


class PagedTable(Viewer, Generic[_R]):
    """A Tabulator with one page of the rows, and buttons to turn pages.

    `titles` are the titles by column, `html` the columns whose cells are markup. `draw` returns the
    cells of a row. `on_click` maps columns to functions that are called with the clicked row.
    """

    page = param.Integer(default=0, bounds=(0, None), doc="Counted from 0.")
    rows: Sequence[Any] = param.Parameter(default=())

    def __init__(
        self,
        *,
        titles: Mapping[str, str],
        html: Sequence[str],
        draw: Callable[[_R], tuple[str, ...]],
        on_click: Mapping[str, Callable[[_R], None]],
        language: Language,
    ) -> None:
        super().__init__()
        self._columns, self._draw, self._language = list(titles), draw, language
        self.table = pn.widgets.Tabulator(
            self._frame(),
            titles=dict(titles),
            widths={name: _WIDTHS[name] for name in titles if name in _WIDTHS},
            formatters={column: {"type": "html"} for column in html},
            text_align={"act": "right"},
            # A column with an editor makes each of its cells a stop of the Tab key.
            editors=dict.fromkeys(titles),
            disabled=True,
            selectable=False,
            sortable=False,
            show_index=False,
            pagination=None,
            layout="fit_columns",
            configuration={"columns": _NARROWEST},
            sizing_mode="stretch_width",
            css_classes=["log-table"],
            **_SHEET,
        )
        for column, act in on_click.items():
            self.table.on_click(self._click_handler(act), column=column)
        pager = LiveHTML(pn.bind(self._pager, self.param.rows, self.param.page), self._act)
        self._layout = pn.Column(self.table, pager, sizing_mode="stretch_width", **_SHEET)

    def __panel__(self) -> pn.Column:
        return self._layout

    def show(self, rows: Sequence[_R]) -> None:
        """Show other rows, on the same page if there is one."""
        self.param.update(rows=rows, page=min(self.page, _last(rows)))
        self.table.value = self._frame()

    def turn(self, page: int) -> None:
        """Turn to a page."""
        self.page = min(max(page, 0), _last(self.rows))
        self.table.value = self._frame()

    @property
    def shown(self) -> Sequence[_R]:
        """The rows of the current page."""
        return self.rows[self.page * PAGE_SIZE : (self.page + 1) * PAGE_SIZE]

    def _frame(self) -> pd.DataFrame:
        cells = [self._cells(row) for row in self.shown]
        return pd.DataFrame(cells, columns=self._columns, dtype=object)

    def _cells(self, row: _R) -> tuple[str, ...]:
        try:
            return self._draw(row)
        except Exception as error:  # the rows beside it must be shown
            log_failure(error)
            failed = self._language.say("Cette ligne ne peut pas être affichée.")
            column = "remark" if "remark" in self._columns else self._columns[0]
            return tuple(failed if name == column else "" for name in self._columns)

    def _click_handler(self, act: Callable[[_R], None]) -> Callable[[object], None]:
        def clicked(event: object) -> None:
            index, rows = getattr(event, "row", None), self.shown
            if isinstance(index, int) and 0 <= index < len(rows):
                act(rows[index])

        return clicked

    def _pager(self, rows: Sequence[_R], page: int) -> str:
        first, last = page * PAGE_SIZE, _last(rows)
        return render(
            "ui/pager",
            self._language,
            page=page,
            last=last,
            shown=(first + 1, min(first + PAGE_SIZE, len(rows))),
            count=len(rows),
        )

    def _act(self, act: str, value: str) -> None:
        if act == "page" and value.isdecimal():
            self.turn(int(value))


def _last(rows: Sequence[object]) -> int:
    return max(0, (len(rows) - 1) // PAGE_SIZE)


_SHEET: dict[str, Any] = {"stylesheets": [asset_url("relais.css")], "margin": 0}

"""A read-only table that shows one page of rows at a time."""

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

import param

from dashboard.translations import Language
from dashboard.ui.failure_log import log_failure
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from dashboard.ui.view import View

_R = TypeVar("_R")
PAGE_SIZE = 20
MOST_PRINTED = 2000  # rows on paper: about forty sheets, drawn within a second


class PagedTable(View, Generic[_R]):
    """A table that shows one page of rows at a time, with buttons to turn pages.

    On a phone, each row is shown as a card. `titles` maps columns to titles. `draw` returns the
    cells of a row: cells that are `Markup` are HTML, all others are text. `key` returns a row's
    key. If a cell has a button with `data-act="name"` and the row's key as `data-value`, a click on
    it calls `acts[name]` with the row. The table's print button or Ctrl+P prints all rows, up to
    `MOST_PRINTED`.
    """

    page = param.Integer(default=0, bounds=(0, None), doc="The page number, starting from 0.")
    rows = param.ClassSelector(
        class_=(list, tuple), default=(), doc="The data from which the rows are drawn."
    )
    printing = param.Boolean(default=False, doc="Whether all rows are drawn, for printing.")

    def __init__(
        self,
        caption: str,
        *,
        titles: Mapping[str, str],
        draw: Callable[[_R], tuple[str, ...]],
        key: Callable[[_R], str],
        acts: Mapping[str, Callable[[_R], None]],
        language: Language,
    ) -> None:
        super().__init__(language=language)
        self._caption, self._titles = caption, titles
        self._draw, self._key, self._acts = draw, key, acts
        self._view = LiveHTML(self._html, self._act)

    def show_rows(self, rows: Sequence[_R]) -> None:
        """Replace the rows, and stay on the same page if it still exists."""
        self.param.update(rows=rows, page=min(self.page, _last(rows)))

    def show_page(self, page: int) -> None:
        self.page = min(max(page, 0), _last(self.rows))

    @param.depends("rows", "page", "printing")
    def _html(self) -> str:
        rows, page = self.rows, self.page
        first, size = (0, MOST_PRINTED) if self.printing else (page * PAGE_SIZE, PAGE_SIZE)
        page_rows = rows[first : first + size]
        return render(
            "ui/paged_table",
            self.language,
            caption=self._caption,
            titles=self._titles,
            rows=[dict(zip(self._titles, self._cells(row), strict=True)) for row in page_rows],
            page=page,
            last=_last(rows),
            shown=(first + 1, first + len(page_rows)),
            count=len(rows),
            printing=self.printing,
        )

    def _cells(self, row: _R) -> tuple[str, ...]:
        try:
            return self._draw(row)
        except Exception as error:  # the other rows must still be shown
            log_failure(error)
            failed = self.language.say("Cette ligne ne peut pas être affichée.")
            column = "remark" if "remark" in self._titles else next(iter(self._titles))
            return tuple(failed if name == column else "" for name in self._titles)

    def _act(self, act: str, value: str) -> None:
        if act == "page" and value.isdecimal():
            self.show_page(int(value))
        elif act in {"print", "printed"}:
            self.printing = act == "print"
        elif act in self._acts:
            # The row is found by its key, not by its position: rows may have been added since the
            # browser drew the table.
            row = next((row for row in self.rows if self._key(row) == value), None)
            if row is not None:
                self._acts[act](row)


def _last(rows: Sequence[object]) -> int:
    return max(0, (len(rows) - 1) // PAGE_SIZE)

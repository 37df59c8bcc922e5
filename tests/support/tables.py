"""The cells of a rendered table."""

import re
from html import unescape

import panel as pn
from panel.viewable import Viewer

from dashboard.ui.live_html import LiveHTML

_CELL = r'<td data-column="{column}"[^>]*>(.*?)</td>'
_TAG = re.compile(r"<[^>]+>")


def markup(view: Viewer, column: str) -> list[str]:
    """Return the HTML of a column's cells on the visible page of the table."""
    html = "".join(pane.html for pane in pn.panel(view).select(LiveHTML))
    return re.findall(_CELL.format(column=column), html, re.DOTALL)


def cells(view: Viewer, column: str) -> list[str]:
    """Return the text of a column's cells on the visible page of the table."""
    return [unescape(_TAG.sub("", cell)).strip() for cell in markup(view, column)]

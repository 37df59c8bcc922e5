"""A part of the page: what shows it, and the style that all parts share."""

from __future__ import annotations

from typing import Any

from panel.viewable import Viewer

from dashboard.ui.templating import asset_url

STYLED: dict[str, Any] = {"stylesheets": [asset_url("relais.css")], "margin": 0}
WIDE: dict[str, Any] = STYLED | {"sizing_mode": "stretch_width"}


class Part(Viewer):
    """A part of the page, over a state; `_view` is the pane or the column that shows it."""

    _view: Any

    def __panel__(self) -> Any:
        return self._view

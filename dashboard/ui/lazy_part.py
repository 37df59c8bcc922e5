"""A part of the page that is made when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import param
from panel.viewable import Viewer


class LazyPart(Viewer):
    """A column that is empty until it is first visible: what nobody sees costs nothing."""

    visible = param.Boolean(default=False, allow_refs=True)

    def __init__(self, make: Callable[[], Any], visible: Any, **params: Any) -> None:
        super().__init__(visible=visible)
        self._make = make
        self._column = pn.Column(visible=False, margin=0, sizing_mode="stretch_width", **params)
        self._show()

    @param.depends("visible", watch=True)
    def _show(self) -> None:
        if self.visible and not self._column.objects:
            self._column.append(self._make())
        self._column.visible = self.visible

    def __panel__(self) -> pn.Column:
        return self._column

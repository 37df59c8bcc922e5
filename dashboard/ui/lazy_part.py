"""A part of the page that is made when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import param

from dashboard.ui.part import Part


class LazyPart(Part):
    """A column that is empty until it is first visible: what nobody sees costs nothing."""

    visible = param.Boolean(default=False, allow_refs=True)

    def __init__(self, make: Callable[[], Any], visible: Any, **params: Any) -> None:
        super().__init__(visible=visible)
        self._make = make
        self._view = pn.Column(visible=False, margin=0, sizing_mode="stretch_width", **params)
        self._show()

    @param.depends("visible", watch=True)
    def _show(self) -> None:
        if self.visible and not self._view.objects:
            self._view.append(self._make())
        self._view.visible = self.visible

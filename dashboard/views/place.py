"""A place of the page (guide, loans, history), made when it is first gone to."""

from __future__ import annotations

from collections.abc import Callable

import panel as pn
from panel.viewable import Viewer

from dashboard.state.visit import Visit


class Place(Viewer):
    """An empty column until the visit comes here: what nobody looks at costs nothing."""

    def __init__(self, visit: Visit, name: str, make: Callable[[], Viewer]) -> None:
        super().__init__()
        self._visit, self._place, self._make = visit, name, make
        self._column = pn.Column(sizing_mode="stretch_width", margin=0)
        visit.param.watch(self._come, "page")
        self._come()

    def _come(self, *_: object) -> None:
        if self._visit.page == self._place and not self._column.objects:
            self._column.append(self._make())

    def __panel__(self) -> pn.Column:
        return self._column

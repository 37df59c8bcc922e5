"""A place of the page (guide, loans, history), made when it is first gone to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import panel as pn
from panel.viewable import Viewer

from dashboard.ui.failure import not_shown, not_updated
from dashboard.ui.live_html import LiveHTML


def built(make: Callable[..., Viewer], *parts: Any) -> Viewer | LiveHTML:
    """Make a part of the page of its states; where that fails, return the error message instead."""
    try:
        return make(*parts)
    except Exception as error:  # the other parts must be there all the same
        return LiveHTML(not_shown(error))


class Pages(Protocol):
    """What knows which place of the page is shown: a Param class with the parameter `page`."""

    page: Any

    @property
    def param(self) -> Any:
        """The parameters, to watch `page` among them."""
        ...


class LazyPlace(Viewer):
    """An empty column until the session comes here: what nobody looks at costs nothing."""

    def __init__(self, session: Pages, name: str, make: Callable[[], Viewer]) -> None:
        super().__init__()
        self._session, self._place, self._make = session, name, make
        self._stale = LiveHTML(visible=False)
        self._column = pn.Column(sizing_mode="stretch_width", margin=0)
        session.param.watch(self._come, "page")
        self._come()

    def update(self, refresh: Callable[[], object]) -> None:
        """Refresh what the place shows; where that fails, say above it that it may be old.

        What is there stays: scans must go on being taken.
        """
        try:
            refresh()
        except Exception as error:  # the other places must be refreshed all the same
            self.show_failure(error)
        else:
            self.show_failure(None)

    def show_failure(self, error: Exception | None) -> None:
        """Log the error and say above the place that it may be old; say nothing with None."""
        html = not_updated(error) if error else ""
        self._stale.param.update(html=html, visible=error is not None)

    def _come(self, *_: object) -> None:
        if self._session.page == self._place and not self._column.objects:
            self._column.extend([self._stale, built(self._make)])

    def __panel__(self) -> pn.Column:
        return self._column

"""Places (guide, loans, history) that are created when they are first shown."""

from collections.abc import Callable
from typing import Any, Protocol

import panel as pn
from panel.viewable import Viewer

from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from dashboard.ui.view import View, failure_html


def view_or_failure(make: Callable[..., Viewer], **params: Any) -> Viewer | LiveHTML:
    """Create a part of the page; if that fails, return an error message."""
    try:
        return make(**params)
    except Exception as error:  # the other parts must still be shown
        return LiveHTML(failure_html(error))


class NotForYou(View):
    """Replaces a place that the visitor may not see."""

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        self._view = LiveHTML(render("ui/not_for_you", self.language))


class Pages(Protocol):
    """The state that says which place is shown: a Param class with the parameter `page`."""

    page: Any

    @property
    def param(self) -> Any: ...


class LazyPlace(View):
    """A column that is empty until its place is opened."""

    def __init__(self, session: Pages, name: str, make: Callable[[], Viewer]) -> None:
        super().__init__()
        self._session, self._place, self._make = session, name, make
        self._stale: LiveHTML | None = None
        self._made = False
        self._view = pn.Column(sizing_mode="stretch_width", margin=0)
        session.param.watch(self._come, "page")
        self._come()

    def show_failure(self, error: Exception | None) -> None:
        """Log the error and warn above the place that it may be outdated; None removes the warning.

        The content is kept, so that scans are still accepted.
        """
        if self._stale is None and error is None:
            return
        if self._stale is None:
            self._stale = LiveHTML()
            self._view.insert(0, self._stale)
        html = failure_html(error, kept=True) if error else ""
        self._stale.param.update(html=html, visible=error is not None)

    def _come(self, *_: object) -> None:
        if self._session.page == self._place and not self._made:
            self._made = True
            self._view.append(view_or_failure(self._make))

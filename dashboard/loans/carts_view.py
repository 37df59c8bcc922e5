"""The carts of the desks, as they fill during the outage."""

from __future__ import annotations

import panel as pn
from panel.viewable import Viewer

from dashboard.loans.waiting_and_carts import Cart, WaitingAndCarts
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render

MOST = 50  # books of a cart that are shown, the newest


class CartsView(Viewer):
    """A table for each cart; the reconciliation shows which books may be returned in Alma."""

    def __init__(self, lists: WaitingAndCarts, language: Language) -> None:
        super().__init__()
        self._lists, self._language = lists, language
        self._desks = {code: one.name for code, one in lists.context.handbook.desks.items()}
        self._pane = LiveHTML(pn.bind(self._html, lists.param.carts))

    def __panel__(self) -> LiveHTML:
        return self._pane

    def _html(self, carts: tuple[Cart, ...]) -> str:
        now = self._lists.context.now()
        return render(
            "loans/carts", self._language, carts=carts, desks=self._desks, most=MOST, now=now
        )

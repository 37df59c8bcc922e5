"""What the desk page's routes share: the context, its intake, the page's files."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard.core.authorised_handler import AuthorisedHandler
from dashboard.core.context import AppContext
from dashboard.desk.bundle import Bundle, bundle
from dashboard.desk.message_rate import MessageRate
from dashboard.loans.transactions.intake import TransactionIntake
from procedure.handbook.model import Handbook

FETCH_SITE = "Sec-Fetch-Site"


@dataclass(slots=True)
class DeskServices:
    """What the routes share: the context, its intake, the message limit."""

    context: AppContext
    intake: TransactionIntake
    rate: MessageRate
    _bundled: tuple[Handbook, Bundle] | None = None

    @property
    def bundle(self) -> Bundle:
        """The page's files, as of the newest handbook."""
        handbook = self.context.handbook
        if self._bundled is None or self._bundled[0] is not handbook:
            self._bundled = handbook, bundle(handbook, demo=self.context.demo)
        return self._bundled[1]


def desk_services(context: AppContext) -> DeskServices:
    return DeskServices(context, TransactionIntake(context), MessageRate())


class DeskRoute(AuthorisedHandler):
    """A route of the desk page."""

    def initialize(self, desk: Callable[[], DeskServices]) -> None:
        """Store what opens the context: it is not opened before the first request."""
        self._open_services = desk

    @property
    def desk(self) -> DeskServices:
        return self._open_services()

    def respond(self, answer: dict[str, Any]) -> None:
        """Send JSON with the server's own time in ms, for the workstation's clock."""
        now = round(self.desk.context.now().timestamp() * 1000, 3)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        # In ASCII: an id is returned as it was sent, even one that UTF-8 cannot encode.
        self.finish(json.dumps(answer | {"now": now}))

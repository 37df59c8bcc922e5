"""The first view of a page: plain HTML that its frame shows until the session is ready."""

from collections.abc import Mapping

from dashboard.core.session import Session
from dashboard.core.visitor import UNRESTRICTED, Visitor
from dashboard.monitoring.workstation_name_view import name_html
from dashboard.page import DashboardPage
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.translations import Language
from dashboard.ui.failure_log import succeeds
from dashboard.ui.live_html import plain_html

HEADER_PLACES = ("state", "outage")


class FirstView:
    """A page that no browser has opened, updated whenever a frame is requested.

    Frames in the same language for the same set of permissions share one instance: a separate page
    for every frame would cost as much as the session that follows. The page does not belong to a
    workstation.
    """

    def __init__(
        self, ledger: ReconciliationLedger, language: Language, visitor: Visitor = UNRESTRICTED
    ) -> None:
        session = Session(language=language.code, visitor=visitor)
        self._page = DashboardPage(ledger, session, language)
        self._language, self._query = language, ""

    def parts(self, session: Session) -> Mapping[str, str]:
        """Return the HTML of a page's first parts, leaving out those that cannot be rendered."""
        page = self._page
        parts = {"naming": name_html(session, self._language)}
        if succeeds(lambda: self._update(session.query)):
            parts |= {place: plain_html(page.parts["head"], place) for place in HEADER_PLACES}
            if session.page == "guide":
                parts["guide"] = plain_html(page.parts["guide"])
        return parts

    @property
    def to_bring(self) -> Mapping[str, str]:
        """The navigation's text about the number of loans to transfer to Alma."""
        return self._page.connection.to_bring

    def _update(self, query: str) -> None:
        self._page.updates.refresh()
        if query != self._query:
            self._query = query
            self._page.guide.apply_address(query)

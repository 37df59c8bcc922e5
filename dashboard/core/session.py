"""The session of an open page."""

import logging
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qs, unquote

import param

from dashboard.core.context import AppContext
from dashboard.core.visitor import NOBODY, UNRESTRICTED, Permission, Visitor
from dashboard.translations import offered_language
from procedure.journal import Recorded
from procedure.personal_data.access_entries import identifiers_seen
from procedure.readiness.workstation_check import LACKS as WORKSTATION_LACKS

# The dashboard's places (its pages), and the permission that each requires.
PLACES = {
    "guide": Permission.READ,
    "loans": Permission.LEND,
    "reconciliation": Permission.COORDINATE,
    "history": Permission.READ,
    "coordination": Permission.COORDINATE,
}
# The keys for the missing feature that makes it unsafe or impossible for a workstation to lend
# without the server; "" means unknown.
LACKS = ("", *WORKSTATION_LACKS)
LONGEST_NAME = 40  # characters; a longer typed name is cut off
# Earlier names of places, which may be in saved URLs.
ALIASES = {"back": "reconciliation"}


class Session(param.Parameterized):
    """The visitor and the workstation of an open page.

    The language comes from `?lang=`, or else from the cookie, or else from the settings. The
    browser's language is used only if the handbook says so (`follow_browser`): VDI browsers are
    often in English, whatever language the visitor speaks. The desk and the workstation come from
    cookies.
    """

    language = param.String(default="fr")
    page = param.Selector(default="guide", objects=list(PLACES))
    desk = param.String(
        default="", doc="The code of the circulation desk; empty until one is chosen."
    )
    workstation = param.String(default="", doc="The workstation's name; empty while it has none.")
    site = param.String(default="", doc="The site of a workstation that has no desk; often empty.")
    vdi = param.Boolean(default=False, doc="Whether the workstation is a VDI session.")
    visitor = param.ClassSelector(
        class_=Visitor, default=UNRESTRICTED, doc="The visitor who opened the page."
    )
    is_signed_in = param.Callable(
        default=lambda _: True, doc="Returns whether the sign-in of a `Visitor` is still valid."
    )
    without_claim = param.Callable(
        default=lambda name: name,
        doc="Adds a question mark to a name from a cookie if it is reserved; see `EnrolledNames`.",
    )
    signer = param.String(
        default="",
        doc="The name that a person typed in this browser to sign with; it is not verified.",
    )
    origin = param.String(
        default="", doc="The page's origin as seen by its browser; empty behind a proxy."
    )
    query = param.String(
        default="", doc="The query string of the page's address when the page was opened."
    )
    scheme = param.Selector(default="light", objects=["light", "dark"])
    missing_feature = param.Selector(
        default="",
        objects=list(LACKS),
        doc="The key in `LACKS` of the workstation's missing feature; empty while unknown.",
    )
    narrow = param.Boolean(default=False, doc="Whether the window is as narrow as a phone's.")

    @property
    def person(self) -> Visitor:
        """The visitor with their permissions, or `NOBODY` once the sign-in has ended."""
        visitor = self.visitor if self.is_signed_in(self.visitor) else NOBODY
        return replace(visitor, workstation=self.visitor.workstation or self.workstation)

    @property
    def acting(self) -> str:
        """The visitor's name, from the sign-in or else as typed; empty if unknown."""
        return self.person.name or self.signer

    def name_signer(self, name: str) -> None:
        """Set the name that the visitor typed; an empty or unprintable name removes it."""
        line = " ".join(name.split())[:LONGEST_NAME]
        self.signer = line if line.isprintable() else ""

    def may_open(self, page: str) -> bool:
        return self.person.may(PLACES[page])

    def name_workstation(self, name: str) -> None:
        """Use the browser's name for the workstation, unless the workstation is enrolled."""
        self.workstation = self.visitor.workstation or self.without_claim(_short(name))


def session_from(
    arguments: Mapping[str, list[bytes]],
    cookies: Mapping[str, str],
    *,
    language: str,
    query: str,
    visitor: Visitor = UNRESTRICTED,
) -> Session:
    """Return the session for a request, with defaults for invalid values.

    `visitor` must be identified by the server, never by the URL.
    """
    asked = {
        key: values[0].decode("utf-8", "replace") for key, values in arguments.items() if values
    }
    place = ALIASES.get(asked.get("page", ""), asked.get("page"))
    languages = [asked.get("lang"), cookies.get("relais_language"), language]
    return Session(
        language=offered_language(*languages).code,
        scheme="dark" if cookies.get("relais_scheme") == "dark" else "light",
        narrow=cookies.get("relais_narrow") == "1",
        page=place if place in PLACES else "guide",
        desk=_short(unquote(cookies.get("relais_desk", ""))),
        workstation=visitor.workstation or _short(unquote(cookies.get("relais_workstation", ""))),
        site=_short(unquote(cookies.get("relais_site", ""))),
        vdi=cookies.get("relais_vdi") == "1",
        query=query,
        visitor=visitor,
        signer=visitor.name or _short(unquote(cookies.get("relais_signer", "")))[:LONGEST_NAME],
    )


def query_values(query: str) -> dict[str, str]:
    """Return the first value of each key in a URL's query."""
    return {key: values[0] for key, values in parse_qs(query).items()}


def _short(text: str) -> str:
    return text.strip()[:80] if text.isprintable() else ""


_log = logging.getLogger(__name__)


class IdentifierAccess:
    """Records in the journal that a page has shown identifiers of patrons to its visitor."""

    def __init__(self, context: AppContext, session: Session, page: str) -> None:
        self._context, self._session, self._page = context, session, page
        self._hour: datetime | None = None

    def note(self) -> None:
        """Record, at most once an hour, that identifiers are shown; a failed write is retried."""
        person, now = self._session.person, self._context.clock.now()
        hour = now.replace(minute=0, second=0, microsecond=0)
        if hour == self._hour or not person.acts:
            return
        self._hour = hour
        entry = identifiers_seen(now, self._page, person.workstation, person.name)
        self._context.store.journal.submit(entry).add_done_callback(self._stored)

    def _stored(self, future: Future[tuple[Recorded, ...]]) -> None:
        if fault := future.exception():
            self._hour = None
            _log.warning(
                "Access to the identifiers on page %r could not be recorded: %s", self._page, fault
            )

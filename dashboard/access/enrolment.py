"""`/workstations` and `/enrol`: enrolment of workstations, which staff then use without signing in.

A coordinator enters a workstation's name, chooses its desk, and gets a code. Entering the code at
`/enrol` stores a token in a browser cookie.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import quote

import msgspec
from markupsafe import Markup

from dashboard.access.session_cookie import (
    WORKSTATION,
    digest_of,
    is_encrypted,
    new_token,
    set_token,
)
from dashboard.access.sign_in import WITH_SCRIPT, SignInRoute
from dashboard.access.sign_in_rate import SignInRate
from dashboard.core.context import AppContext
from dashboard.core.visitor import Permission
from procedure.access.access_changes import AccessChange, AccessChanged
from procedure.access.accounts import EnrolledWorkstation
from procedure.errors import JournalError

DIGITS = 8
CODE_LASTS = timedelta(minutes=15)
TOKEN_LASTS = timedelta(days=400)  # the longest that browsers keep a cookie
LONGEST_NAME = 40
GIVEN = "relais_enrolled"  # the cookie that gives the desk page the workstation's name and desk
GIVEN_LASTS = 60  # seconds

_log = logging.getLogger(__name__)
_log.setLevel(logging.INFO)  # log enrolments whatever the server's log level


@dataclass(slots=True)
class Codes:
    """The codes to enter at workstations. They are lost when the server restarts."""

    _by_code: dict[str, EnrolledWorkstation] = field(default_factory=dict[str, EnrolledWorkstation])

    def make(self, workstation: EnrolledWorkstation) -> str:
        """Return a new code for a workstation, and invalidate its previous code."""
        others = {
            code: enrolled
            for code, enrolled in self._by_code.items()
            if enrolled.name != workstation.name
        }
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        self._by_code = others | {code: workstation}
        return code

    def use(self, typed: str, now: datetime) -> EnrolledWorkstation | None:
        """Return the workstation for a code, or None if the code is not valid.

        A code can be used once, and expires `CODE_LASTS` after it was made.
        """
        found = self._by_code.pop(_digits(typed), None)
        return found if found and now - found.since < CODE_LASTS else None

    def put_back(self, typed: str, workstation: EnrolledWorkstation) -> None:
        """Make a code valid again, because the enrolment could not be recorded."""
        self._by_code[_digits(typed)] = workstation


class EnrolmentRoute(SignInRoute):
    """Base class of the routes for enrolment."""

    def initialize(  # pyright: ignore[reportIncompatibleMethodOverride]  # called with the route's arguments
        self,
        context: Callable[[], AppContext],
        rate: Callable[[], SignInRate],
        codes: Callable[[], Codes],
    ) -> None:
        super().initialize(context, rate)
        self._codes = codes

    def record(self, change: AccessChange, workstation: str, by: str, desk: str = "") -> None:
        """Record a change in the journal."""
        context = self.context
        self.context.store.journal.append(
            AccessChanged(
                id=context.clock.new_id(),
                at=context.clock.now(),
                change=change,
                name=workstation,
                detail=desk,
                operator=by or None,
            )
        )


class WorkstationsPage(EnrolmentRoute):
    """The page where coordinators enrol and revoke workstations."""

    permission = Permission.COORDINATE

    def get(self) -> None:
        self._show()

    def post(self) -> None:
        """Create a code for a workstation, or revoke a workstation."""
        if not self.is_ours():
            self._refuse(403, "only a page on this server may enrol or revoke a workstation")
            return
        accounts, by = self.context.store.accounts, self.person.name or ""
        if revoked := self.get_body_argument("revoke", ""):
            accounts.revoke(revoked)
            self.record(AccessChange.WORKSTATION_REVOKED, revoked, by)
            _log.info("The enrolment of workstation %r was revoked by %s", revoked, by or "-")
            self.redirect("workstations", status=303)
            return
        name = " ".join(self.get_body_argument("name", "").split())
        desk = self.get_body_argument("desk", "")
        known = desk in self.context.handbook.current.desks
        if not (name and name.isprintable() and len(name) <= LONGEST_NAME and known):
            self._show(refused=True)
            return
        enrolling = EnrolledWorkstation(name, desk, by, self.context.clock.now())
        code = self._codes().make(enrolling)
        self._show(code=f"{code[:4]} {code[4:]}", enrolling=enrolling)

    def _show(
        self,
        *,
        code: str = "",
        enrolling: EnrolledWorkstation | None = None,
        refused: bool = False,
    ) -> None:
        prefix = self.request.path.removesuffix("/workstations")
        scheme = "https" if is_encrypted(self.request) else "http"
        address = f"{scheme}://{self.request.host}{prefix}/enrol"
        self.send_page(
            "access/workstations",
            code=code,
            enrolling=enrolling,
            refused=refused,
            address=address,
            picture=qr_code(f"{address}#{_digits(code)}") if code else "",
            desks=self.context.handbook.current.desks,
            workstations=self.context.store.accounts.workstations(),
        )


class EnrolPage(EnrolmentRoute):
    """The page where a code is entered, by hand or from a QR code."""

    policy = WITH_SCRIPT

    def get(self) -> None:
        self.send_page("access/enrol", refusal="")

    def post(self) -> None:
        """Enrol the workstation and open the desk page, or say why the code was refused."""
        address, now = self.request.remote_ip or "", self.context.clock.now()
        code = self.get_body_argument("code", "")
        if not self.is_ours():
            self.send_page("access/enrol", 403, refusal="foreign")
        elif refusal := self._rate().attempt(address, "", now):
            self.send_page("access/enrol", 429, refusal=refusal)
        elif found := self._codes().use(code, now):
            self._rate().forget(address, "", now)
            self._enrol(code, found)
            _log.info("Workstation %r was enrolled from %s", found.name, address)
            self.redirect("desk/", status=303)
        else:
            self.send_page("access/enrol", 401, refusal="wrong")

    def _enrol(self, code: str, workstation: EnrolledWorkstation) -> None:
        now, token = self.context.clock.now(), new_token()
        try:
            self.context.store.accounts.enrol(digest_of(token), replace(workstation, since=now))
        except JournalError:
            self._codes().put_back(code, workstation)
            raise
        # The desk page reads this cookie once.
        given = msgspec.json.encode({"name": workstation.name, "desk": workstation.desk})
        self.set_cookie(GIVEN, quote(given), path="/", max_age=GIVEN_LASTS, samesite="Strict")
        # Set the token only after storing its digest: if that fails, the browser keeps the old
        # token.
        set_token(self, token, now + TOKEN_LASTS, WORKSTATION)
        named = workstation.name, workstation.by, workstation.desk
        self.record(AccessChange.WORKSTATION_ENROLLED, *named)


def qr_code(address: str) -> Markup:
    """Return a QR code for a URL as SVG, black on white even on a dark page."""
    import segno  # noqa: PLC0415 - few workstations are enrolled, and startup must be fast

    picture = segno.make_qr(address, error="m")
    drawn = picture.svg_inline(border=4, light="#fff", omitsize=True, svgclass="qr", lineclass=None)
    return Markup(drawn)  # noqa: S704  # the SVG contains only shapes


def _digits(typed: str) -> str:
    """Return the digits of a code, which may be at the end of a scanned URL."""
    return "".join(sign for sign in typed if sign.isdecimal())[-DIGITS:]


def enrolment_routes(opened: Callable[[], AppContext]) -> list[tuple[str, type, dict[str, object]]]:
    shared = {"context": opened, "rate": cache(SignInRate), "codes": cache(Codes)}
    return [(r"/workstations", WorkstationsPage, shared), (r"/enrol", EnrolPage, shared)]

"""`/api/outage`: lets programs, such as a help desk's, declare and manage an outage.

Each request carries the token set in `RELAIS_OUTAGE_TOKEN`, and each action names the person on
whose behalf it is taken. Cookies are ignored, so no web page can trick a browser into sending
a valid request.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from hmac import compare_digest
from typing import Any

import msgspec
from tornado.web import stream_request_body

from dashboard.access.sign_in_rate import SignInRate
from dashboard.core.authorised_handler import AuthorisedHandler, asked_language
from dashboard.core.context import AppContext
from dashboard.outage.outage_json import outage_object
from dashboard.outage.outage_requests import REQUESTS
from procedure.errors import OutageNotFound, OutageRefused
from procedure.journal import Entry
from procedure.outages.outage_acts import Occasion
from procedure.outages.outage_entries import OutageLog
from procedure.outages.recording import RequestKey, record_act

LARGEST = 80 * 1024  # maximum bytes in a request: three review texts, with each character as \uXXXX
WAY = "HTTP"  # recorded as the workstation
# Refusals that are due to entries already recorded get status 409; all others get 400.
CONFLICTS = frozenset(
    {"declared_already", "none_stands", "id_used", "overlaps", "ended_before_declared"}
)

_log = logging.getLogger(__name__)


class OutageApi(AuthorisedHandler):
    """Serves only requests that carry the token; if no token is configured, it serves none."""

    permission = None  # only the token is checked, not the permissions of whoever is signed in

    def initialize(self, context: Callable[[], AppContext], rate: Callable[[], SignInRate]) -> None:
        self._context, self._rate = context, rate

    @property
    def context(self) -> AppContext:
        return self._context()

    def has_token(self) -> bool:
        """Return whether the request may be served; if not, refuse it with 403, 401 or 429."""
        self.set_header("Cache-Control", "no-store")
        token, given = self.context.settings.outage_token, self._given()
        if not token:
            self._refuse(
                403, "set RELAIS_OUTAGE_TOKEN on the server to allow this, or use the dashboard"
            )
            return False
        address, now = self.request.remote_ip or "", self.context.clock.now()
        key = hashlib.sha256(given).hexdigest()  # attempts are counted per address and token
        if self._rate().attempt(address, key, now):
            _log.warning("Too many wrong tokens for /api/outage from %s", address)
            self._refuse(429, "too many wrong tokens: correct yours, and wait a quarter of an hour")
            return False
        if not compare_digest(given, f"Bearer {token}".encode()):
            _log.warning("Wrong token for /api/outage from %s", address)
            self.set_header("WWW-Authenticate", "Bearer")
            self._refuse(
                401, "send the header Authorization: Bearer with the value of RELAIS_OUTAGE_TOKEN"
            )
            return False
        self._rate().forget(address, key, now)
        return True

    def _given(self) -> bytes:
        return self.request.headers.get("Authorization", "").encode()


class OutageStatus(OutageApi):
    """`/api/outage`: the declared outage."""

    def get(self) -> None:
        if not self.has_token():
            return
        context = self.context
        context.folds.update()
        record = context.folds.outages.current()
        code = asked_language(self, context).code
        self.finish({"outage": record and outage_object(record, context.clock.now(), code)})


@stream_request_body
class OutageAct(OutageApi):
    """`/api/outage/declare` and its siblings: one action, recorded once per id."""

    def initialize(self, context: Callable[[], AppContext], rate: Callable[[], SignInRate]) -> None:
        """Prepare for a body whose size is checked as it arrives."""
        super().initialize(context, rate)
        self._body = bytearray()

    def data_received(self, chunk: bytes) -> None:
        if len(self._body) <= LARGEST:
            self._body += chunk

    async def post(self, name: str) -> None:
        """Record the action; respond with its id and the resulting outage."""
        if not self.has_token():
            return
        if len(self._body) > LARGEST:
            self._refuse(413, f"send at most {LARGEST // 1024} kB")
            return
        try:
            asked = msgspec.json.decode(bytes(self._body), type=REQUESTS[name])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
            self._refuse(400, f"send a JSON object as described in docs/outages.md: {fault}")
            return
        if not asked.by.strip():
            self._refuse(400, 'name the person on whose behalf this is done: "by": "A. Favre"')
        elif refusal := asked.refusal(self.context.handbook.current):
            self._refuse(400, refusal)
        else:
            await self._record(asked)

    async def _record(self, asked: Any) -> None:
        context = self.context
        entry_id = asked.id or context.clock.new_id()

        def recorded_at(log: OutageLog, at: datetime) -> Sequence[Entry]:
            return asked.entries(log, replace(occasion, now=at))

        occasion = Occasion(
            now=context.clock.now(),
            new_id=lambda: entry_id,
            rules=context.handbook.current.scans,
            workstation=WAY,
            operator=" ".join(asked.by.split()),
        )
        try:
            made = await asyncio.to_thread(
                record_act,
                context.store.journal,
                occasion,
                lambda log: asked.entries(log, occasion),
                RequestKey(entry_id, asked.kind, recorded_at),
            )
        except OutageRefused as refusal:
            self.set_status(409 if refusal.reason in CONFLICTS else 400)
            self.finish({"error": str(refusal), "reason": refusal.reason})
            return
        except OutageNotFound as unknown:
            self._refuse(404, str(unknown))
            return
        context.folds.update()
        outage = getattr(made.entry, "outage", made.entry.id)
        record = context.folds.outages.record(outage)
        code = asked_language(self, context).code
        outage_fields = record and outage_object(record, context.clock.now(), code)
        self.finish({"id": str(made.entry.id), "repeated": made.repeated, "outage": outage_fields})


def outage_api_routes(
    opened: Callable[[], AppContext],
) -> list[tuple[str, type, dict[str, object]]]:
    shared = {"context": opened, "rate": cache(SignInRate)}
    return [
        (r"/api/outage", OutageStatus, shared),
        (rf"/api/outage/({'|'.join(REQUESTS)})", OutageAct, shared),
    ]

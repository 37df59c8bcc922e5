"""The desk page's routes: its files, the time, and the transactions that workstations send."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tornado.web import stream_request_body

from dashboard.core.allowed_clients import origin_host
from dashboard.core.authorised_handler import AuthorisedHandler
from dashboard.core.context import AppContext
from dashboard.core.page_queue import PAGE_QUEUE
from dashboard.core.rights import Permission
from dashboard.desk.bundle import PAGE, WORKER, Bundle, bundle
from dashboard.desk.message_rate import MessageRate
from dashboard.desk.one_file import NAME, one_file
from dashboard.loans.transactions.intake import TransactionIntake
from dashboard.readiness.reports import record_report
from procedure.handbook.model import Handbook
from procedure.offline_lists.list_layout import ListKind

_log = logging.getLogger(__name__)

MOST_AT_ONCE = 200  # transactions in one message
LARGEST_MESSAGE = 512 * 1024  # bytes
LONGEST_NAME = 100
FETCH_SITE = "Sec-Fetch-Site"
_NAME = re.compile(rb'"workstation" ?: ?"([^"]{1,%d})' % LONGEST_NAME)


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


class DeskFile(DeskRoute):
    """A file of the page, revalidated at every use; it is for everybody, and holds nobody's data.

    So a desk whose sign-in has ended lends on: the page keeps its loans and says what to do.
    """

    act = None

    def get(self, name: str) -> None:
        """Send the file, unless the browser has this version."""
        file = self.desk.bundle.files.get(name or PAGE)
        if file is None:
            self._refuse(404, "the desk page has no such file")
            return
        self.set_header("Content-Type", file.kind)
        self.set_header("Cache-Control", "no-cache")
        self.set_header("Vary", "Accept-Encoding")
        self.set_header("X-Content-Type-Options", "nosniff")
        packed = "gzip" in self.request.headers.get("Accept-Encoding", "")
        self.set_header("Etag", file.tag)
        if name == WORKER:  # it opens the desk page in place of every page: those are one above
            self.set_header("Service-Worker-Allowed", "../")
        if self.check_etag_header():
            self.set_status(304)
            self.finish()
            return
        if packed:
            self.set_header("Content-Encoding", "gzip")
        self.finish(file.packed if packed else file.plain)


class OneFile(DeskRoute):
    """`/desk-file`: the desk in one file, for those who enrol workstations."""

    act = Permission.COORDINATE

    def get(self) -> None:
        context = self.desk.context
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Disposition", f'attachment; filename="{NAME}"')
        self.set_header("Cache-Control", "no-store")
        self.finish(one_file(context.handbook, context.now(), demo=context.demo))


class DeskList(DeskRoute):
    """`/desk/lists/…`: a list for the browser of an enrolled workstation; 204 for any other.

    Only over HTTPS: browsers send `Sec-Fetch-Site` nowhere else, but on the server's own machine.
    """

    act = Permission.LEND

    def get(self, kind: str) -> None:
        """Send the list, unless the browser has it; 204 also where there is none."""
        own = self.request.headers.get(FETCH_SITE) == "same-origin"
        is_enrolled = own and bool(self.person.workstation)
        store = self.desk.context.list_store if is_enrolled else None
        content = store and store.for_browsers(ListKind(kind))
        self.set_header("Cache-Control", "no-store")
        if content is None:
            self.set_status(204)
            self.finish()
            return
        self.set_header("Content-Type", "application/octet-stream")
        self.finish(content)


class DeskTime(DeskRoute):
    """`/desk/time`: the server's time, so that a workstation can measure its clock's error.

    The version of the desk page tells an open one that its procedure or its scan rules changed.
    """

    act = None

    def get(self) -> None:
        self.respond({"version": self.desk.bundle.version})


@stream_request_body
class DeskPost(DeskRoute, ABC):
    """A message of a workstation: a list under the `key` of an object.

    A message that is malformed, too large, too frequent, or from another origin is refused whole
    and stores nothing.
    """

    act = Permission.LEND
    key = ""

    def initialize(self, desk: Callable[[], DeskServices]) -> None:
        """Begin with an empty body: its size is checked while it arrives."""
        super().initialize(desk)
        self._body = bytearray()

    def data_received(self, chunk: bytes) -> None:
        """Add a part of the body, unless it is too large already."""
        if len(self._body) <= LARGEST_MESSAGE:
            self._body += chunk

    async def post(self) -> None:
        """Answer the message, after its body has arrived."""
        refusal = self._refusal()
        if refusal is not None:
            self._refuse(*refusal)
            return
        message = self._message()
        messages = message.get(self.key)
        if not isinstance(messages, list):
            self._refuse(400, f'send {{"{self.key}": [...]}}: reload the page')
        elif len(messages) > MOST_AT_ONCE:
            self._refuse(413, f"send at most {MOST_AT_ONCE} transactions at once")
        else:
            self.receive(message)
            with PAGE_QUEUE.desk():
                self.respond(await self.answer(messages))

    def receive(self, message: Mapping[str, object]) -> None:
        """Process what a message has beside its list."""
        del message

    @abstractmethod
    async def answer(self, messages: list[object]) -> dict[str, Any]:
        """Process the messages, and return the answer."""

    def _refusal(self) -> tuple[int, str] | None:
        """Return status and reason why the message is refused before it is parsed, or None."""
        request, now = self.request, self.desk.context.now()
        if request.headers.get("X-Relais") != "desk" or not self._from_here():
            return 403, "only the pages of this server may send transactions"
        if len(self._body) > LARGEST_MESSAGE:
            return 413, f"send at most {LARGEST_MESSAGE // 1024} kB at once"
        if not self.desk.rate.allows(request.remote_ip or "", self._workstation(), now):
            return 429, "too many messages: wait a moment"
        return None

    def _workstation(self) -> str:
        """Return the workstation's name from the body's beginning, or from the cookie."""
        match = _NAME.search(self._body, 0, 4096)
        return match[1].decode("utf-8", "replace") if match else self._cookie_name()

    def _cookie_name(self) -> str:
        return (self.get_cookie("relais_workstation") or "")[:LONGEST_NAME]

    def _from_here(self) -> bool:
        """Return whether a page of this server sent it, by the browser's own headers."""
        site = self.request.headers.get(FETCH_SITE)
        if site is not None:
            return site == "same-origin"
        origin = self.request.headers.get("Origin")
        return origin is None or origin_host(origin) == self.request.host

    def _message(self) -> Mapping[str, object]:
        try:
            decoded = json.loads(bytes(self._body))
        except (ValueError, RecursionError):
            return {}
        return decoded if isinstance(decoded, dict) else {}


class DeskTransactions(DeskPost):
    """`/desk/transactions`: a batch of loans and voids, answered by id after their commit.

    See `TransactionIntake` for the answers. A `report` beside the list is what the workstation
    says of itself: see `record_report`.
    """

    key = "transactions"

    def receive(self, message: Mapping[str, object]) -> None:
        """Record the workstation's report."""
        report = message.get("report")
        if isinstance(report, dict):
            name, desk = str(report.get("workstation", "")), str(report.get("desk", ""))
            name = self.person.workstation or self.desk.context.enrolled_names.without_claim(name)
            record_report(self.desk.context, name, desk, report)

    async def answer(self, messages: list[object]) -> dict[str, Any]:
        """Record the batch and answer it."""
        if not self.person.workstation:
            messages = [self._without_claim(message) for message in messages]
        answers = await asyncio.wrap_future(self.desk.intake.take(messages, self.person))
        unkept = Counter(
            answer["reason"] for answer in answers if answer["state"] in {"refused", "waiting"}
        )
        for reason, count in unkept.items():
            # As one text: the server's log limits lines of the same text.
            _log.error(f"Transactions not recorded ({count}): {reason}")
        return {"answers": answers}

    def _without_claim(self, message: object) -> object:
        name = message.get("workstation") if isinstance(message, dict) else None
        if not isinstance(name, str):
            return message
        return message | {"workstation": self.desk.context.enrolled_names.without_claim(name)}  # type: ignore[operator]


class DeskWaiting(DeskPost):
    """`/desk/waiting`: which of these loans without a card are no longer pending.

    The answer is `{"ended": {id: "completed" | "void"}}`.
    """

    key = "waiting"

    async def answer(self, messages: list[object]) -> dict[str, Any]:
        """Return the loans that have ended."""
        return {"ended": self.desk.intake.ended(messages)}


def desk_routes(opened: Callable[[], AppContext]) -> list[tuple[str, type, dict[str, Any]]]:
    """Return the routes; the context is opened at the first request."""
    shared = cache(lambda: desk_services(opened()))
    return [
        (r"/desk-file", OneFile, {"desk": shared}),
        (r"/desk/lists/(accounts|items)", DeskList, {"desk": shared}),
        (r"/desk/time", DeskTime, {"desk": shared}),
        (r"/desk/transactions", DeskTransactions, {"desk": shared}),
        (r"/desk/waiting", DeskWaiting, {"desk": shared}),
        (r"/desk/([a-z0-9_]*(?:\.[a-z]+)?)", DeskFile, {"desk": shared}),
    ]

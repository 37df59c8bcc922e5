"""The routes for messages from workstations."""

import asyncio
import json
import logging
import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack

from tornado.web import stream_request_body

from dashboard.core.allowed_clients import origin_host
from dashboard.core.page_queue import LONGEST, PAGE_QUEUE
from dashboard.core.visitor import Permission
from dashboard.desk.desk_route import FETCH_SITE, DeskRoute, DeskServices
from dashboard.readiness.reports import record_report

_log = logging.getLogger(__name__)

MOST_AT_ONCE = 200  # transactions in one message
LARGEST_MESSAGE = 512 * 1024  # bytes
LONGEST_NAME = 100
_NAME = re.compile(rb'"workstation" ?: ?"([^"]{1,%d})' % LONGEST_NAME)


@stream_request_body
class DeskPost(DeskRoute, ABC):
    """A message from a workstation: a JSON object with a list under `key`.

    A message that is malformed, too large, from another origin or above the rate limit is refused
    as a whole.
    """

    permission = Permission.LEND
    key = ""

    def initialize(self, desk: Callable[[], DeskServices]) -> None:
        """Prepare to receive the body and to check its size as it arrives.

        Until the message is answered, no page is created or updated. The pages wait for at most a
        second, so that an endless message cannot block them.
        """
        super().initialize(desk)
        self._body = bytearray()
        self._pages_wait = ExitStack()
        self._pages_wait.enter_context(PAGE_QUEUE.desk())
        asyncio.get_running_loop().call_later(LONGEST, self._pages_wait.close)

    def on_finish(self) -> None:
        super().on_finish()
        self._pages_wait.close()

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self._pages_wait.close()

    def data_received(self, chunk: bytes) -> None:
        """Add a chunk of the body, unless the body is already too large."""
        if len(self._body) <= LARGEST_MESSAGE:
            self._body += chunk

    async def post(self) -> None:
        refusal = self._refusal()
        if refusal is not None:
            self._refuse(*refusal)
            return
        message = self._message()
        messages = message.get(self.key)
        if not isinstance(messages, list):
            self._refuse(400, f'the message must be {{"{self.key}": [...]}}: reload the page')
        elif len(messages) > MOST_AT_ONCE:
            self._refuse(413, f"send at most {MOST_AT_ONCE} transactions at once")
        else:
            self.record_report(message)
            self.respond(await self.answer(messages))

    def record_report(self, message: Mapping[str, object]) -> None:
        """Record the report that a message carries, if any; by default, do nothing."""
        del message

    @abstractmethod
    async def answer(self, messages: list[object]) -> dict[str, object]:
        """Process the list, and return the answer."""

    def _refusal(self) -> tuple[int, str] | None:
        """Return the status and reason for refusing the message before it is parsed, or None."""
        request, now = self.request, self.desk.context.clock.now()
        if request.headers.get("X-Relais") != "desk" or not self._from_here():
            return 403, "only pages on this server may send transactions"
        if len(self._body) > LARGEST_MESSAGE:
            return 413, f"send at most {LARGEST_MESSAGE // 1024} kB at once"
        if not self.desk.rate.allows(request.remote_ip or "", self._workstation(), now):
            return 429, "too many messages: wait a moment"
        return None

    def _workstation(self) -> str:
        """Return the workstation's name from the start of the body, or else from the cookie."""
        match = _NAME.search(self._body, 0, 4096)
        return match[1].decode("utf-8", "replace") if match else self._cookie_name()

    def _cookie_name(self) -> str:
        return (self.get_cookie("relais_workstation") or "")[:LONGEST_NAME]

    def _from_here(self) -> bool:
        """Return whether a page of this server sent the message, judging by its headers."""
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
    """`/desk/transactions`: a batch of transactions, answered once all of them are committed.

    Each transaction has its own answer; see `TransactionIntake`. A `report` in the message
    describes the workstation; see `dashboard.readiness.reports`.
    """

    key = "transactions"

    def record_report(self, message: Mapping[str, object]) -> None:
        report = message.get("report")
        if isinstance(report, dict):
            name, desk = str(report.get("workstation", "")), str(report.get("desk", ""))
            name = self.person.workstation or self.desk.context.store.enrolled_names.without_claim(
                name
            )
            record_report(self.desk.context, name, desk, report)

    async def answer(self, messages: list[object]) -> dict[str, object]:
        if not self.person.workstation:
            messages = [self._without_claim(message) for message in messages]
        answers = await asyncio.wrap_future(self.desk.intake.take(messages, self.person))
        # `refused` is due to the desk's input, and `waiting` to a failure of the server.
        for state, log in (("refused", _log.warning), ("waiting", _log.error)):
            reasons = Counter(answer["reason"] for answer in answers if answer["state"] == state)
            for reason, count in reasons.items():
                # Formatted here, because the log drops lines if too many share a format string.
                log(f"Transactions not recorded ({count}): {reason}")
        return {"answers": answers}

    def _without_claim(self, message: object) -> object:
        name = message.get("workstation") if isinstance(message, dict) else None
        if not isinstance(name, str):
            return message
        return message | {"workstation": self.desk.context.store.enrolled_names.without_claim(name)}  # type: ignore[operator]


class DeskPendingLoans(DeskPost):
    """`/desk/waiting`: which of a page's pending loans are no longer pending.

    The answer is `{"ended": {id: "completed" | "void"}}`.
    """

    key = "waiting"

    async def answer(self, messages: list[object]) -> dict[str, object]:
        return {"ended": self.desk.intake.ended(messages)}

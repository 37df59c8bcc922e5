"""One request to Alma's API at a time: paced, within the quota, tried again only where it is safe.

Sources: limits of 25 requests a second and a daily quota told in `X-Exl-Api-Remaining` (Ex Libris
developer network); that a POST must not be tried again after a timeout or a 5xx, but may after a
429 or a connection that was never made (Bodleian's almapy).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from urllib.parse import urlsplit

import httpx

from procedure.errors import AlmaKeyRefused, AlmaQuotaUsedUp, AlmaUnavailable, RequestOutcomeUnknown
from procedure.io.alma.responses import Body, body_of, error_code

# httpx logs each address at INFO, and an address holds an identifier.
logging.getLogger("httpx").setLevel(logging.WARNING)

Sleep = Callable[[float], Awaitable[None]]
PAUSES = (0.5, 1.0, 2.0, 4.0)
MOST_HOPS = 3
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_SPENT = "DAILY_THRESHOLD"
_SHUT = ("UNAUTHORIZED", "FORBIDDEN")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that can be used: the object, or Alma's code of a refusal."""

    body: Body
    code: str = ""


@dataclass
class RateLimiter:
    """Lets requests through one after the other, `rate` a second."""

    rate: float
    sleep: Sleep = asyncio.sleep
    _next: float = 0.0
    sent: int = 0

    async def acquire(self) -> None:
        """Wait for one's turn."""
        now = asyncio.get_running_loop().time()
        mine = max(now, self._next)
        self._next = mine + 1 / self.rate
        self.sent += 1
        if mine > now:
            await self.sleep(mine - now)


@dataclass
class AlmaHttp:
    """The line to Alma: where, with which client, how fast, and how much of the quota to leave.

    `remaining` is what the last answer told of the quota, None before the first.
    """

    address: str
    client: httpx.AsyncClient
    pace: RateLimiter
    margin: int = 1000
    remaining: int | None = field(default=None, init=False)

    async def get(self, path: str, key: str, query: Mapping[str, str] | None = None) -> Reply:
        """Read something; tried again while Alma is busy or gives no answer.

        Raises:
            AlmaSilent: no answer that can be used came.
            AlmaSpent: the quota is used up but for the margin.
            AlmaShut: the key may not do this.
        """
        address = httpx.URL(self.address + path, params=dict(query or {}))
        for pause in (*PAUSES, None):
            reply = await self._try(address, key)
            if reply is not None:
                return reply
            if pause is not None:
                await self.pace.sleep(pause)
        raise AlmaUnavailable(
            "Alma gave no answer that can be used. What was learnt so far is kept."
        )

    async def post_once(
        self, path: str, key: str, query: Mapping[str, str], body: Mapping[str, object] | None
    ) -> Reply:
        """Do something that has an effect: sent once, and again only when it never arrived.

        Raises:
            FateUnknown: it was sent, and no answer tells what became of it.
            AlmaSilent: Alma could not be reached; nothing was done.
            AlmaSpent: the quota is used up but for the margin; nothing was done.
            AlmaShut: the key may not do this.
        """
        address = httpx.URL(self.address + path, params=dict(query))
        for pause in (*PAUSES, None):
            try:
                answer = await self._send("POST", address, key, body)
            except _NEVER_SENT:
                answer = None
            except httpx.HTTPError:
                _unknown()
            if answer is not None and answer.status_code != 429:
                return self._fate(answer)
            self._check_spent(answer)
            if pause is not None:
                await self.pace.sleep(pause)
        raise AlmaUnavailable("Alma could not be reached: nothing was done.")

    def _fate(self, answer: httpx.Response) -> Reply:
        reply = self._read(answer)
        # Without Alma's own code, a refusal may come from anything on the way.
        if reply is None or (answer.status_code >= 300 and not reply.code):
            _unknown()
        if answer.status_code >= 500:
            _unknown()
        return reply

    async def _try(self, address: httpx.URL, key: str) -> Reply | None:
        """Ask once, along redirects within the same host; None when it may be tried again."""
        for _ in range(MOST_HOPS):
            try:
                answer = await self._send("GET", address, key)
            except httpx.HTTPError:
                return None
            if not answer.is_redirect:
                return self._read(answer) if answer.status_code < 500 else None
            address = address.join(answer.headers.get("Location", ""))
            if not self._ours(address):
                return None
        return None

    async def _send(
        self,
        method: str,
        address: httpx.URL,
        key: str,
        body: Mapping[str, object] | None = None,
    ) -> httpx.Response:
        if self.remaining is not None and self.remaining <= self.margin:
            raise AlmaQuotaUsedUp(
                f"Alma leaves {self.remaining} requests until midnight, and others need them too: "
                "go on tomorrow, or lower RELAIS_ALMA_MARGIN."
            )
        await self.pace.acquire()
        headers = {"Authorization": f"apikey {key}", "Accept": "application/json"}
        json = None if body is None else dict(body)
        answer = await self.client.request(method, address, headers=headers, json=json)
        told = answer.headers.get("X-Exl-Api-Remaining", "")
        if told.isdecimal():
            self.remaining = int(told)
        return answer

    def _ours(self, address: httpx.URL) -> bool:
        """Tell whether the key may be sent there."""
        home = urlsplit(self.address)
        return (address.scheme, address.netloc.decode("ascii")) == (home.scheme, home.netloc)

    def _read(self, answer: httpx.Response) -> Reply | None:
        body = body_of(answer.content)
        code = "" if body is None else error_code(body)
        if answer.status_code in (401, 403) or code in _SHUT:
            raise AlmaKeyRefused(
                "Alma refuses the key: see RELAIS_ALMA_KEY and RELAIS_ALMA_WRITE_KEY."
            )
        self._check_spent(answer)
        if answer.status_code == 429 or body is None:
            return None
        if answer.status_code >= 400 and not code:
            return None
        return Reply(body, code)

    def _check_spent(self, answer: httpx.Response | None) -> None:
        if answer is None or answer.status_code != 429:
            return
        body = body_of(answer.content)
        if body is not None and error_code(body) == _SPENT:
            raise AlmaQuotaUsedUp("Alma answers no more requests today: go on tomorrow.")


def _unknown() -> NoReturn:
    raise RequestOutcomeUnknown(
        "The line broke after the request was sent: Alma may have done it. "
        "It is not sent again; look in Alma, or verify this row."
    )

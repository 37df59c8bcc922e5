"""Sends requests to Alma's API within the rate limit and the daily quota; retries only if safe.

A POST may be retried after a 429 or a failed connection. It must not be retried after a timeout or
a 5xx, because Alma may have carried it out.

Sources:

- the Ex Libris Developer Network: the limit of 25 requests a second, and the header
  `X-Exl-Api-Remaining`, which gives the remaining daily quota;
- the Bodleian's almapy: when to retry.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from urllib.parse import urlsplit

import httpx

from procedure.errors import AlmaKeyRefused, AlmaQuotaUsedUp, AlmaUnavailable, RequestOutcomeUnknown
from procedure.io.alma.responses import Body, body_of, error_code

# httpx logs every URL at INFO, and the URLs contain patron identifiers.
logging.getLogger("httpx").setLevel(logging.WARNING)

Sleep = Callable[[float], Awaitable[None]]
PAUSES = (0.5, 1.0, 2.0, 4.0)
MOST_HOPS = 3
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_QUOTA_CODE = "DAILY_THRESHOLD"
_KEY_CODES = ("UNAUTHORIZED", "FORBIDDEN")


@dataclass(frozen=True, slots=True)
class Reply:
    """A usable response: its JSON object and, if there is one, Alma's error code."""

    body: Body
    code: str = ""


@dataclass
class RateLimiter:
    """Delays requests so that at most `rate` are sent a second."""

    rate: float
    sleep: Sleep = asyncio.sleep
    _next: float = 0.0
    sent: int = 0

    async def acquire(self) -> None:
        now = asyncio.get_running_loop().time()
        start = max(now, self._next)
        self._next = start + 1 / self.rate
        self.sent += 1
        if start > now:
            await self.sleep(start - now)


@dataclass
class AlmaHttp:
    """Sends requests to `address` at a limited rate, and leaves part of the daily quota unused.

    - `margin`: the number of requests to leave unused.
    - `remaining`: the number of requests left according to the last response, or None before the
      first response.
    """

    address: str
    client: httpx.AsyncClient
    rate_limiter: RateLimiter
    margin: int = 1000
    remaining: int | None = field(default=None, init=False)
    _has_answered: bool = field(default=False, init=False)
    _fault: str = field(default="", init=False)  # why the last attempt failed

    async def get(self, path: str, key: str, query: Mapping[str, str] | None = None) -> Reply:
        """Send a GET, and retry it while Alma is busy or not answering.

        Raises:
            AlmaUnavailable: there was no usable response.
            AlmaQuotaUsedUp: the quota is used up except for the margin.
            AlmaKeyRefused: the key does not allow this request.
        """
        address = httpx.URL(self.address + path, params=dict(query or {}))
        for pause in (*PAUSES, None):
            reply = await self._try(address, key)
            if reply is not None:
                self._has_answered = True
                return reply
            if pause is not None:
                await self.rate_limiter.sleep(pause)
        kept = " The results so far are kept." if self._has_answered else ""
        raise AlmaUnavailable(f"Alma gave no usable answer at {self._fault_text()}.{kept}")

    def _fault_text(self) -> str:
        """Return the gateway and its last fault; omit the path, which may identify a patron."""
        return f"{self.address} ({self._fault}): check RELAIS_ALMA_URL and the network"

    async def post_once(
        self, path: str, key: str, query: Mapping[str, str], body: Mapping[str, object] | None
    ) -> Reply:
        """Send a POST once; send it again only if Alma cannot have carried it out.

        Raises:
            RequestOutcomeUnknown: the request was sent, but there is no usable response.
            AlmaUnavailable: Alma could not be reached or stayed busy; nothing was done.
            AlmaQuotaUsedUp: the quota is used up except for the margin; nothing was done.
            AlmaKeyRefused: the key does not allow this request.
        """
        address = httpx.URL(self.address + path, params=dict(query))
        for pause in (*PAUSES, None):
            try:
                answer = await self._send("POST", address, key, body)
            except _NEVER_SENT as fault:
                answer, self._fault = None, _named(fault)
            except httpx.HTTPError:
                _raise_unknown()
            if answer is not None and answer.status_code != 429:
                return self._sent_reply(answer)
            self._check_quota(answer)
            if pause is not None:
                await self.rate_limiter.sleep(pause)
        raise AlmaUnavailable(f"No connection to Alma at {self._fault_text()}; nothing was done.")

    def _sent_reply(self, answer: httpx.Response) -> Reply:
        reply = self._read(answer)
        # An error without Alma's own code may come from a proxy.
        status = answer.status_code
        if reply is None or status >= 500 or (status >= 300 and not reply.code):
            _raise_unknown()
        return reply

    async def _try(self, address: httpx.URL, key: str) -> Reply | None:
        """Send a GET once, following redirects on the same host; return None to ask for a retry."""
        for _ in range(MOST_HOPS):
            try:
                answer = await self._send("GET", address, key)
            except httpx.HTTPError as fault:
                self._fault = _named(fault)
                return None
            self._fault = f"status {answer.status_code}"
            if not answer.is_redirect:
                return self._read(answer) if answer.status_code < 500 else None
            address = address.join(answer.headers.get("Location", ""))
            if not self._is_same_host(address):
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
                f"Alma allows only {self.remaining} more requests before midnight, and other "
                "programs need them too: continue tomorrow, or lower RELAIS_ALMA_MARGIN."
            )
        await self.rate_limiter.acquire()
        headers = {"Authorization": f"apikey {key}", "Accept": "application/json"}
        json = None if body is None else dict(body)
        answer = await self.client.request(method, address, headers=headers, json=json)
        remaining = answer.headers.get("X-Exl-Api-Remaining", "")
        if remaining.isdecimal():
            self.remaining = int(remaining)
        return answer

    def _is_same_host(self, address: httpx.URL) -> bool:
        """Return whether the key may be sent to this address."""
        home = urlsplit(self.address)
        return (address.scheme, address.netloc.decode("ascii")) == (home.scheme, home.netloc)

    def _read(self, answer: httpx.Response) -> Reply | None:
        body = body_of(answer.content)
        code = "" if body is None else error_code(body)
        if answer.status_code in (401, 403) or code in _KEY_CODES:
            raise AlmaKeyRefused(
                "Alma refuses the key: check RELAIS_ALMA_KEY and RELAIS_ALMA_WRITE_KEY."
            )
        self._check_quota(answer)
        if body is None or answer.status_code == 429 or (answer.status_code >= 400 and not code):
            return None
        return Reply(body, code)

    def _check_quota(self, answer: httpx.Response | None) -> None:
        if answer is None or answer.status_code != 429:
            return
        body = body_of(answer.content)
        if body is not None and error_code(body) == _QUOTA_CODE:
            raise AlmaQuotaUsedUp("Alma accepts no more requests today: continue tomorrow.")


def _named(fault: httpx.HTTPError) -> str:
    """Return the error's message, or its type if it has none."""
    return str(fault) or type(fault).__name__


def _raise_unknown() -> NoReturn:
    raise RequestOutcomeUnknown(
        "The connection broke after the request was sent: Alma may have carried it out. "
        "It will not be sent again: look in Alma, or verify this row."
    )

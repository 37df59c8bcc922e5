"""Probes a target: sends the request, follows redirects, keeping cookies, and reads the body."""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache, cached_property
from http.cookiejar import CookieJar
from typing import Self

import certifi
import httpx

from procedure.io.clock import utc_now
from procedure.io.http.error_rules import (
    AnswerRefused,
    cause_of_error,
    describe_error,
    status_of_error,
)
from procedure.io.http.resolver import Resolve, Resolver
from procedure.io.http.response_body import read_bytes, text_of
from procedure.io.http.timings import PhaseTimings
from procedure.io.http.transport import PhasedTransport
from procedure.monitoring.model import (
    SERVER,
    FailureCause,
    Outcome,
    Phase,
    Phases,
    Status,
    Target,
    Vantage,
)
from procedure.monitoring.probe_findings import (
    ProbeFinding,
    body_finding,
    head_finding,
    status_from_finding,
)


class Attempt:
    """The state of an attempt so far, so that an outcome can be made even after a timeout."""

    def __init__(self, target: Target, vantage: Vantage, at: datetime) -> None:
        self.target = target
        self.vantage = vantage
        self.at = at
        self.hops: list[PhaseTimings] = []

    @cached_property
    def cookies(self) -> httpx.Cookies:
        """The cookies received during this attempt, usually none."""
        return httpx.Cookies()

    @property
    def phase(self) -> Phase:
        return self.hops[-1].phase if self.hops else Phase.DNS

    def begin(self, url: httpx.URL) -> PhaseTimings:
        self.hops.append(PhaseTimings(strip_private(url)))
        return self.hops[-1]

    def outcome(self, status: Status, finding: ProbeFinding | None, latency: timedelta) -> Outcome:
        finding = finding or ProbeFinding()
        last = self.hops[-1] if self.hops else None
        remarks = (finding.detail, *(hop.remark for hop in self.hops))
        return Outcome(
            target=self.target.key,
            url=self.target.url,
            vantage=self.vantage.key,
            at=self.at,
            status=status,
            cause=finding.cause,
            phase=finding.phase,
            http_status=last and last.http_status,
            final_url=last and last.url,
            latency_ms=round(latency.total_seconds() * 1000, 3),
            phases=total_phases(self.hops),
            hops=tuple(hop.stored() for hop in self.hops),
            reserved=finding.reserved,
            detail="; ".join(remark for remark in remarks if remark),
            expires=min((hop.expires for hop in self.hops if hop.expires), default=None),
        )


def strip_private(url: httpx.URL) -> str:
    """Return a URL without the parts that may be private.

    These are the user name and password, the query, the fragment, and path parameters such as
    `;jsessionid=…`.
    """
    host = f"[{url.host}]" if ":" in url.host else url.host
    port = "" if url.port is None else f":{url.port}"
    path = "/".join(part.partition(";")[0] for part in url.path.split("/"))
    return f"{url.scheme}://{host}{port}{path}"


def total_phases(hops: Sequence[PhaseTimings]) -> Phases:
    """Return each phase's total over all hops, in milliseconds, or None if it was never reached."""

    def total(phase: str) -> float | None:
        spent = [time for hop in hops if (time := getattr(hop, phase)) is not None]
        return round(sum(spent), 3) if spent else None

    return Phases(*map(total, ("dns", "connect", "tls", "first_byte")))


MOST_REDIRECTS = 20  # Chromium's limit
TIMEOUT = timedelta(seconds=10)


def user_agent(version: str, contact: str) -> str:
    """Return the User-Agent of the probes, which names the tool and a contact."""
    plain = "".join(sign if " " <= sign <= "~" else "?" for sign in contact)
    return f"Relais/{version} (+{plain})"


@cache
def shared_tls_context(authorities: str | None = None) -> ssl.SSLContext:
    """Return the process's TLS context, which trusts the authorities in a file or the system's.

    It is cached, because reading the authorities blocks the loop for several milliseconds.

    A handshake should fail only where a browser's would, so the context offers all of OpenSSL's key
    exchange groups and leaves out the strict checks of Python 3.13. `SocketConnection.start_tls`
    checks that a certificate names the host in a subjectAltName, so that a failure has a clear
    cause.
    """
    context = ssl.create_default_context(cafile=authorities)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.set_alpn_protocols(["http/1.1"])
    if authorities is None and not context.cert_store_stats()["x509"]:
        context.load_verify_locations(certifi.where())
    return context


class Prober:
    """Probes over HTTP with a shared client and TLS context, and a new connection per request.

    `timeout` applies to a whole attempt, including redirects.
    """

    def __init__(
        self,
        *,
        agent: str,
        timeout: timedelta = TIMEOUT,
        context: ssl.SSLContext | None = None,
        resolve: Resolve | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._timeout = timeout.total_seconds()
        self._now = now
        self._client = httpx.AsyncClient(
            transport=PhasedTransport(context or shared_tls_context(), resolve or Resolver()),
            trust_env=False,
            cookies=_NoCookies(),
            headers={
                "User-Agent": agent,
                "Accept-Encoding": "gzip",
                "Accept-Language": "fr, en;q=0.8",
                "Connection": "close",
            },
        )

    async def probe(self, target: Target, *, vantage: Vantage = SERVER) -> Outcome:
        """Make one attempt and return its outcome within the timeout; never raises."""
        attempt = Attempt(target, vantage, self._now())
        begun = asyncio.get_running_loop().time()
        finding: ProbeFinding | None = None
        status: Status | None = None
        try:
            async with asyncio.timeout(self._timeout):
                finding = await self._fetch_through_redirects(target, attempt)
        except Exception as error:  # every failure becomes an outcome
            phase = attempt.phase
            finding = ProbeFinding(
                cause_of_error(error, phase), phase, detail=describe_error(error)
            )
            status = status_of_error(error)
        latency = timedelta(seconds=asyncio.get_running_loop().time() - begun)
        return attempt.outcome(
            status or status_from_finding(target, finding, latency), finding, latency
        )

    async def aclose(self) -> None:
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _fetch_through_redirects(
        self, target: Target, attempt: Attempt
    ) -> ProbeFinding | None:
        request = self._client.build_request(target.method, target.url)
        visited: set[tuple[str, str]] = set()
        while True:
            step = (str(request.url), request.headers.get("cookie", ""))
            if step in visited:
                raise AnswerRefused(FailureCause.REDIRECT, "the redirects form a loop")
            if len(visited) > MOST_REDIRECTS:
                raise AnswerRefused(FailureCause.REDIRECT, f"more than {MOST_REDIRECTS} redirects")
            visited.add(step)
            request.extensions |= {"hop": attempt.begin(request.url), "proxy": target.proxy}
            following = await self._send(request, target, attempt)
            if not isinstance(following, httpx.Request):
                return following
            if request.url.scheme == "https" and following.url.scheme == "http":
                raise AnswerRefused(FailureCause.REDIRECT, "redirected from https to http")
            request = following
            attempt.cookies.set_cookie_header(request)

    async def _send(
        self, request: httpx.Request, target: Target, attempt: Attempt
    ) -> httpx.Request | ProbeFinding | None:
        response = await self._client.send(request, stream=True)
        try:
            hop = attempt.hops[-1]
            hop.http_status = response.status_code
            if response.next_request is not None:
                attempt.cookies.extract_cookies(response)
                return response.next_request
            asked = attempt.hops[0].url
            finding = head_finding(target, response.status_code, hop.url, asked)
            if finding is not None and finding.cause is not None:
                return _with_retry_after(finding, response)
            hop.enter(Phase.BODY)
            body = await read_bytes(response)
            if finding is not None or not (target.must_contain or target.must_not_contain):
                return finding
            return body_finding(target, text_of(body, response))
        finally:
            await response.aclose()


class _NoCookies(CookieJar):
    """The client's cookie jar, which stays empty: an attempt's cookies are in `Attempt.cookies`."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Store nothing."""


def _with_retry_after(finding: ProbeFinding, response: httpx.Response) -> ProbeFinding:
    delay = response.headers.get("retry-after", "")[:40]
    if not delay:
        return finding
    return ProbeFinding(
        finding.cause, finding.phase, detail=f"{finding.detail}, Retry-After: {delay}"
    )

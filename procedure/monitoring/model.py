"""What is watched and what was seen: targets, vantages and the outcome of one probe.

The words are monitoring's own. A probe that fails is a value like any other: it never raises.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from procedure.status_pages.feed import Feed

EXPIRY_NOTICE = timedelta(days=14)


class Status(StrEnum):
    """How a target looked in one attempt; `unknown` is a state of its own, never shown green."""

    UP = "up"
    SLOW = "slow"
    DOWN = "down"
    UNKNOWN = "unknown"


class FailureCause(StrEnum):
    """Why a probe did not simply succeed; the keys are also those of the JSON output."""

    DNS = "dns"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    RESET = "reset"
    PROTOCOL = "protocol"
    TLS = "tls"
    STATUS = "status"
    REDIRECT = "redirect"
    CONTENT = "content"
    PORTAL = "portal"
    OVERSIZE = "oversize"
    NETWORK = "network"


class Phase(StrEnum):
    """Where in the exchange a probe stood when it ended, in the order in which they come."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    REQUEST = "request"
    FIRST_BYTE = "first_byte"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Phases:
    """Milliseconds spent in each phase; None where the probe never got there."""

    dns: float | None = None
    connect: float | None = None
    tls: float | None = None
    first_byte: float | None = None


@dataclass(frozen=True, slots=True)
class Hop:
    """One leg of a redirect chain: where it went, what came back, and how long each phase took."""

    url: str
    http_status: int | None
    phases: Phases = field(default_factory=Phases)


@dataclass(frozen=True, slots=True)
class Target:
    """An address of the paper that Relais watches.

    `step` is the step that names it. `interval` is the time between two probes. `slow_after` is
    the fixed ceiling above which an answer counts as slow. `reserved` says that staff must log
    in to read it: a redirect to a login is then the expected answer. `proxy` is the only proxy
    ever used (http://host:port); those of the environment are ignored. `must_contain` and
    `must_not_contain` are words looked for in the body, whatever their case.

    `allowed_hosts` are patterns (`*.example.org`) of hosts outside the target's own site that may
    give its answer; `login_hosts` are patterns of hosts where its login may stand (see
    `procedure.monitoring.http_rules`). `retries` is how many quick attempts must fail after the
    first before the target is called down, `recovery` how many must answer before it is called up
    again. `campus` marks an address of the university itself, which answers when the Internet is
    cut. `control` marks an address that tells whether the watching machine itself is connected.
    `feed` is where a machine may read what this page says, for a page of the vendor's. `browser` is
    false for an address that a workstation's browser must not try: it would download it.
    """

    key: str
    url: str
    step: str
    interval: timedelta
    method: str = "GET"
    reserved: bool = False
    slow_after: timedelta = timedelta(seconds=2)
    proxy: str | None = None
    must_contain: tuple[str, ...] = ()
    must_not_contain: tuple[str, ...] = ()
    from_paper: bool = True
    campus: bool = False
    allowed_hosts: tuple[str, ...] = ()
    login_hosts: tuple[str, ...] = ()
    retries: int = 2
    recovery: int = 2
    control: bool = False
    feed: Feed | None = None
    browser: bool = True


@dataclass(frozen=True, slots=True)
class Vantage:
    """A place that looks: the server, or a workstation of a site, in a VDI session or not."""

    key: str
    site: str = ""
    vdi: bool = False


SERVER = Vantage("server")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The raw result of one attempt on one target from one vantage.

    `at` is the aware UTC instant at which the probe began. `latency_ms` runs from there to the
    end of the answer, or to the failure. `phase` is where the attempt ended when it did not
    succeed. `phases` adds up the hops. `final_url` is the last address asked, without its query.
    `reserved` tells that the answer was a login page. `detail` is a short technical remark in
    English (an exception's own words), without any personal data. `expires` is the instant at
    which the first certificate of the chain runs out (UTC), None without TLS.
    """

    target: str
    url: str
    vantage: str
    at: datetime
    verdict: Status
    cause: FailureCause | None = None
    phase: Phase | None = None
    http_status: int | None = None
    final_url: str | None = None
    latency_ms: float | None = None
    phases: Phases = field(default_factory=Phases)
    hops: tuple[Hop, ...] = ()
    reserved: bool = False
    detail: str = ""
    expires: datetime | None = None

    @property
    def expires_soon(self) -> bool:
        """Whether a certificate seen by this probe runs out within `EXPIRY_NOTICE`."""
        return self.expires is not None and self.expires - self.at < EXPIRY_NOTICE

    @property
    def failing_hop(self) -> Hop | None:
        """The leg on which a failed attempt ended, so that the page can name its host."""
        return self.hops[-1] if self.hops and self.verdict is Status.DOWN else None

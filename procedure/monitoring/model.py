"""Targets, vantages, and the outcome of one probe.

A probe that fails returns an outcome like any other: it never raises.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from procedure.status_pages.feed import Feed


class Meaning(StrEnum):
    """What a target means, as `means` in `targets.toml`; a target may mean several things.

    These keys stand in handbooks and never change.
    """

    WAY_IN = "way-in"  # the usual way into the library system, which leads to its login
    OTHER_WAY_IN = "other-way-in"  # another one, for when the usual one fails
    SYSTEM = "system"  # the system itself, without a login, such as its API
    LOGIN = "login"  # the identity provider, or what stands behind the same login as the system
    OUTSIDE = "outside"  # the reference outside the campus network
    CAMPUS = "campus"  # on the campus network: answers while the Internet is cut
    STATUS_PAGE = "status-page"  # announces outages of the system
    TICKETS = "tickets"  # where a fault is reported
    OFFLINE_TOOL = "offline-tool"  # what lends where Relais does not open
    OTHER = "other"  # watched, and no evidence of anything


EXPIRY_NOTICE = timedelta(days=14)


class Status(StrEnum):
    """The status of a target in one attempt; `unknown` is never shown green."""

    UP = "up"
    SLOW = "slow"
    DOWN = "down"
    UNKNOWN = "unknown"


class FailureCause(StrEnum):
    """Why a probe did not succeed; these keys are also used in the JSON output."""

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
    """The phase in which a probe ended, in order."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    REQUEST = "request"
    FIRST_BYTE = "first_byte"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Phases:
    """Milliseconds spent in each phase; None where the probe did not get there."""

    dns: float | None = None
    connect: float | None = None
    tls: float | None = None
    first_byte: float | None = None


@dataclass(frozen=True, slots=True)
class Hop:
    """One request of a redirect chain: its address, HTTP status, and the time of each phase."""

    url: str
    http_status: int | None
    phases: Phases = field(default_factory=Phases)


@dataclass(frozen=True, slots=True)
class Target:
    """An address of the handbook that is monitored.

    `step` is the step that names it. `interval` is the time between two probes. `slow_after` is
    the latency above which an answer always counts as slow. `reserved` means that its content
    requires a login: a redirect to a login is then the expected answer. `proxy` is the only proxy
    used (http://host:port); those of the environment are ignored. `must_contain` and
    `must_not_contain` are looked for in the body, without regard to case.

    `allowed_hosts` are patterns (`*.example.org`) of hosts outside the target's own site that may
    answer for it; `login_hosts` are patterns of hosts where its login may be (see
    `procedure.monitoring.probe_findings`). `retries` is how many quick attempts must fail after the
    first before the target is down, `recovery` how many must succeed before it is up again.
    `means` is what it is for the library. `control` marks an address that shows whether the
    watching machine is connected. `feed` is the machine-readable form of a status page. `browser`
    is false for an address that a browser must not try, because it would download it.
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
    means: tuple[Meaning, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    login_hosts: tuple[str, ...] = ()
    retries: int = 2
    recovery: int = 2
    control: bool = False
    feed: Feed | None = None
    browser: bool = True


@dataclass(frozen=True, slots=True)
class Vantage:
    """A place that probes: the server, or a workstation at a site, in a VDI session or not."""

    key: str
    site: str = ""
    vdi: bool = False


SERVER = Vantage("server")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The raw result of one attempt on one target from one vantage.

    `at` is the aware UTC instant at which the probe began. `latency_ms` runs from there to the end
    of the answer, or to the failure. `phase` is where an attempt that did not succeed ended.
    `phases` are sums over the hops. `final_url` is the last address requested, without its query.
    `reserved` means that the answer was a login page. `detail` is a short technical remark in
    English, without personal data. `expires` is when the first certificate of the chain expires
    (UTC), None without TLS.
    """

    target: str
    url: str
    vantage: str
    at: datetime
    status: Status
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
        """Whether the certificate expires within `EXPIRY_NOTICE` of this probe."""
        return self.expires is not None and self.expires - self.at < EXPIRY_NOTICE

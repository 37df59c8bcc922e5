"""Targets, vantages, and the outcome of one probe."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from procedure.status_pages.feed import Feed


class Meaning(StrEnum):
    """The role of a target for the library; `means` in `targets.toml` lists one or more roles.

    Handbooks use these keys, so they never change.
    """

    WAY_IN = "way-in"  # the usual way into the library system, which leads to its login
    OTHER_WAY_IN = "other-way-in"  # another way in, for when the usual one fails
    SYSTEM = "system"  # the system itself, without a login, such as its API
    LOGIN = "login"  # the identity provider, or a page behind the same login as the system
    OUTSIDE = "outside"  # the reference outside the campus network
    CAMPUS = "campus"  # on the campus network: answers even if the Internet is down
    STATUS_PAGE = "status-page"  # announces outages of the system
    TICKETS = "tickets"  # where staff report faults
    OFFLINE_TOOL = "offline-tool"  # a tool for lending when Relais does not open
    OTHER = "other"  # watched, but not evidence of anything


EXPIRY_NOTICE = timedelta(days=14)


class Status(StrEnum):
    """The status of a target in one attempt; `unknown` is never shown in green."""

    UP = "up"
    SLOW = "slow"
    DOWN = "down"
    UNKNOWN = "unknown"


class FailureCause(StrEnum):
    """Why a probe failed; these keys are also used in the JSON output."""

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
    """The phases in which a probe can end, in order."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    REQUEST = "request"
    FIRST_BYTE = "first_byte"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Phases:
    """Milliseconds spent in each phase; None for a phase that the probe did not reach."""

    dns: float | None = None
    connect: float | None = None
    tls: float | None = None
    first_byte: float | None = None


@dataclass(frozen=True, slots=True)
class Hop:
    """One request in a redirect chain: its URL, HTTP status and the time spent in each phase."""

    url: str
    http_status: int | None
    phases: Phases = field(default_factory=Phases)


@dataclass(frozen=True, slots=True)
class Target:
    """An address from the handbook that is monitored.

    - `step`: the key of the step that names the target.
    - `interval`: the time between probes.
    - `slow_after`: the latency above which an answer always counts as slow.
    - `reserved`: whether the content requires a login, so that a redirect to a login is expected.
    - `proxy`: the only proxy used (http://host:port); the environment's proxies are ignored.
    - `must_contain`, `must_not_contain`: text to look for in the body, ignoring case.
    - `allowed_hosts`: patterns (`*.example.org`) of hosts outside the target's own site that may
      answer for the target.
    - `login_hosts`: patterns of hosts where the target's login may be (see
      `procedure.monitoring.probe_findings`).
    - `retries`: how many quick attempts after a first failure must also fail before the target
      counts as down.
    - `recovery`: how many attempts in a row must succeed before the target counts as up again.
    - `means`: the target's roles for the library.
    - `control`: whether an answer from the target shows that the watching machine is connected.
    - `feed`: the machine-readable version of a status page.
    - `browser`: whether browsers probe the target; false if a browser would download the content
      instead of showing it.
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
    """Where probes come from: the server, or a workstation at a site, possibly in a VDI session."""

    key: str
    site: str = ""
    vdi: bool = False


SERVER = Vantage("server")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The raw result of one attempt to reach one target from one vantage.

    - `at`: when the probe began (aware UTC).
    - `latency_ms`: the time from `at` to the end of the answer, or to the failure.
    - `phase`: the phase in which a failed attempt ended.
    - `phases`: the time spent in each phase, summed over the hops.
    - `final_url`: the last URL requested, without its query.
    - `reserved`: whether the answer asked for a login.
    - `detail`: a short technical remark in English, without personal data.
    - `expires`: the earliest expiry of the certificates along the redirects (UTC), or None
      without TLS.
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

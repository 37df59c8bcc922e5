"""The API's gate, which checks keys, limits requests per second and per day, and injects faults."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from procedure.simulation.alma.refusals import ApiRefusal

# [C] Alma allows 25 requests per second. [I] Here, each key is allowed 25 in any second; how Alma
# counts them is not published.
PER_SECOND = 25

FaultKind = Literal[
    "html_500",
    "empty_500",
    "plain_503",
    "bare_error",
    "odd_json",
    "slow",
    "drop_before",
    "drop_after",
    "too_many",
]


# The status, content type and body of each faulty answer. [C: almapy] Bodies may be HTML, empty or
# plain text, or have an object instead of a list as `error`.
FAULT_BODIES: Mapping[str, tuple[int, str, str]] = {
    "html_500": (500, "text/html", "<html><body><h1>Internal Server Error</h1></body></html>"),
    "empty_500": (500, "text/html", ""),
    "plain_503": (503, "text/plain", "Service Temporarily Unavailable"),
    "bare_error": (
        400,
        "application/json",
        '{"errorsExist": true, "errorList": {"error": {"errorCode": "401652", '
        '"errorMessage": "General error", "trackingId": "E01"}}, "result": null}',
    ),
    "odd_json": (200, "application/json", '[{"what": null}]'),
    "too_many": (
        429,
        "application/json",
        '{"errorsExist": true, "errorList": {"error": [{"errorCode": "PER_SECOND_THRESHOLD", '
        '"errorMessage": "HTTP requests are more than allowed per second"}]}, "result": null}',
    ),
}


@dataclass(slots=True)
class Misbehaviour:
    """A fault injected into `times` requests whose `METHOD /path` contains `match`.

    The first `after` such requests are spared. `drop_before` closes the connection before the call
    is carried out, and `drop_after` afterwards; `slow` answers after `seconds`. The other kinds
    answer from `FAULT_BODIES`; public clients handle all of these bodies [C: almapy].
    """

    kind: FaultKind
    match: str = ""
    times: int = 1
    after: int = 0
    seconds: float = 0.0

    def applies_to(self, request: str) -> bool:
        """Count a request, and return whether the fault applies to it."""
        if self.match not in request or self.times <= 0:
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times -= 1
        return True


@dataclass(slots=True)
class RequestGate:
    """Checks and counts requests; `remaining` is the unused part of the daily quota.

    The key `read` may only read, `write` may do everything, and `network` reads in the network
    zone. An empty key admits nobody; if all three are empty, no key is required.
    """

    read: str = ""
    write: str = ""
    network: str = ""
    remaining: int = 1_000_000
    per_second: int = PER_SECOND
    faults: list[Misbehaviour] = field(default_factory=list[Misbehaviour])
    requests: Counter[str] = field(default_factory=Counter[str])
    effects: list[str] = field(default_factory=list[str])
    _recent: dict[str, deque[float]] = field(default_factory=dict[str, "deque[float]"])

    def admit(self, method: str, path: str, key: str, at: float) -> Misbehaviour | None:
        """Admit a request made at `at` (seconds), and return the fault to inject, if any.

        Raises:
            ApiRefusal: the key does not permit the request, or there were too many requests.
        """
        self.requests[f"{method} {path}"] += 1
        if not self._is_allowed(key, method):
            raise ApiRefusal("UNAUTHORIZED")
        recent = self._recent.setdefault(key, deque())
        while recent and at - recent[0] >= 1:
            recent.popleft()
        if len(recent) >= self.per_second:
            raise ApiRefusal("PER_SECOND_THRESHOLD")
        if self.remaining <= 0:
            raise ApiRefusal("DAILY_THRESHOLD")
        recent.append(at)
        self.remaining -= 1
        return next((fault for fault in self.faults if fault.applies_to(f"{method} {path}")), None)

    def zone_of(self, key: str) -> str:
        return "network" if self.network and key == self.network else "institution"

    def _is_allowed(self, key: str, method: str) -> bool:
        # A simulation without keys does not require a key.
        if not (self.read or self.write or self.network):
            return True
        allowed = {self.write}
        if method in ("GET", "HEAD"):
            allowed |= {self.read, self.network}
        return bool(key) and key in allowed

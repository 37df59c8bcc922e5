"""What stands before the API: keys, the limits per second and per day, and faults on purpose."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Literal

from procedure.simulation.alma.refusals import ApiRefusal

# [C] 25 requests a second; the window slides here, since how Alma counts is not published [I].
PER_SECOND = 25

FaultKind = Literal[
    "html_500", "empty_500", "plain_503", "bare_error", "odd_json", "slow", "drop_before",
    "drop_after", "too_many",
]  # fmt: skip


@dataclass(slots=True)
class Misbehaviour:
    """A fault to show: `times` requests whose `METHOD /path` holds `match`, after `after` others.

    `drop_before` cuts the line before anything is done, `drop_after` when it has been done;
    `slow` answers after `seconds`. The bodies are those that public clients have met [C: almapy].
    """

    kind: FaultKind
    match: str = ""
    times: int = 1
    after: int = 0
    seconds: float = 0.0

    def takes(self, request: str) -> bool:
        """Count a request, and tell whether the fault falls on it."""
        if self.match not in request or self.times <= 0:
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times -= 1
        return True


@dataclass(slots=True)
class RequestGate:
    """Counts what passes. `remaining` is the rest of the day's quota; keys that are empty are off.

    `read` may only read, `write` may do all, `network` reads in the network zone.
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
        """Let a request pass at a moment in seconds; return the fault that falls on it.

        Raises:
            Refused: the key does not allow it, or there were too many.
        """
        self.requests[f"{method} {path}"] += 1
        if not self._opens(key, method):
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
        return next((fault for fault in self.faults if fault.takes(f"{method} {path}")), None)

    def zone_of(self, key: str) -> str:
        """Name the zone that a key opens."""
        return "network" if self.network and key == self.network else "institution"

    def _opens(self, key: str, method: str) -> bool:
        # A stand-in that was given no key at all asks for none.
        if not (self.read or self.write or self.network):
            return True
        reading = method in ("GET", "HEAD")
        return bool(key) and key in (self.write, *((self.read, self.network) if reading else ()))

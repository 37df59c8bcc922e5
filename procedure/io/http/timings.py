"""The stopwatch of one leg: where an attempt stands, and how long each phase took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

from procedure.monitoring.model import Hop, Phase, Phases


@dataclass(slots=True)
class PhaseTimings:
    """One address asked, from its name to the end of its answer; times in milliseconds.

    It is filled in as the attempt goes, so that an attempt which is cut short still tells where
    it stood. `remark` gathers what the network said on the way (an address that did not answer).
    """

    url: str
    phase: Phase = Phase.DNS
    http_status: int | None = None
    dns: float | None = None
    connect: float | None = None
    tls: float | None = None
    first_byte: float | None = None
    expires: datetime | None = None
    remark: str = ""
    _entered: float = 0.0

    def enter(self, phase: Phase) -> None:
        """Say that the attempt now stands in `phase`, and start its clock."""
        self.phase = phase
        self._entered = perf_counter()

    def elapsed(self) -> float:
        """Return the milliseconds since the phase was entered."""
        return round((perf_counter() - self._entered) * 1000, 3)

    def hop(self) -> Hop:
        """Return the leg as it is kept with the outcome."""
        phases = Phases(self.dns, self.connect, self.tls, self.first_byte)
        return Hop(url=self.url, http_status=self.http_status, phases=phases)

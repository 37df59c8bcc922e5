"""How long each phase of a request took."""

from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

from procedure.monitoring.model import Hop, Phase, Phases


@dataclass(slots=True)
class PhaseTimings:
    """The duration of each phase of a request, in milliseconds, up to the response's first byte.

    The fields are filled in during the attempt, so that after a timeout they show how far it got.
    `remark` collects faults along the way, such as an address that did not answer.
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
        self.phase = phase
        self._entered = perf_counter()

    def elapsed(self) -> float:
        """Return the milliseconds since the phase began."""
        return round((perf_counter() - self._entered) * 1000, 3)

    def stored(self) -> Hop:
        """Return these timings as the `Hop` that is stored with the probe's outcome."""
        phases = Phases(self.dns, self.connect, self.tls, self.first_byte)
        return Hop(url=self.url, http_status=self.http_status, phases=phases)

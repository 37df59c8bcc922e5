"""One probe attempt: its hops (one per redirect), its cookies, and its outcome."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property

import httpx

from procedure.io.http.timings import PhaseTimings
from procedure.monitoring.answer_rules import ProbeFinding
from procedure.monitoring.model import Outcome, Phase, Phases, Status, Target, Vantage


class Attempt:
    """What is known of an attempt so far, so that one that times out has an outcome too."""

    def __init__(self, target: Target, vantage: Vantage, at: datetime) -> None:
        self.target = target
        self.vantage = vantage
        self.at = at
        self.hops: list[PhaseTimings] = []

    @cached_property
    def cookies(self) -> httpx.Cookies:
        """The cookies of this attempt; most attempts get none."""
        return httpx.Cookies()

    @property
    def phase(self) -> Phase:
        return self.hops[-1].phase if self.hops else Phase.DNS

    def begin(self, url: httpx.URL) -> PhaseTimings:
        """Start and return the next hop."""
        self.hops.append(PhaseTimings(strip_private(url)))
        return self.hops[-1]

    def outcome(self, status: Status, finding: ProbeFinding | None, latency: timedelta) -> Outcome:
        """Return the outcome with all hops."""
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
    """Return a URL without what may be private: user, query, fragment, `;jsessionid=…`."""
    host = f"[{url.host}]" if ":" in url.host else url.host
    port = "" if url.port is None else f":{url.port}"
    path = "/".join(part.partition(";")[0] for part in url.path.split("/"))
    return f"{url.scheme}://{host}{port}{path}"


def total_phases(hops: Sequence[PhaseTimings]) -> Phases:
    """Return the sums of the phases of all hops, in milliseconds; None where no hop got there."""

    def total(phase: str) -> float | None:
        spent = [time for hop in hops if (time := getattr(hop, phase)) is not None]
        return round(sum(spent), 3) if spent else None

    return Phases(*map(total, ("dns", "connect", "tls", "first_byte")))

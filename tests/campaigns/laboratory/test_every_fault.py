"""The prober recognises each fault in time, and leaves nothing open."""

import asyncio
import gc
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from procedure.monitoring.model import FailureCause, Outcome
from procedure.monitoring.probe_findings import host_of
from tests.campaigns.laboratory.bench import Bench
from tests.campaigns.laboratory.faults import FAULTS, Fault

OPEN_FILES = Path("/proc/self/fd")


def open_files() -> int:
    gc.collect()
    return len(list(OPEN_FILES.iterdir())) if sys.platform == "linux" else 0


async def met(fault: Fault) -> Outcome:
    async with Bench(timeout_for(fault)) as bench:
        return await bench.prober.probe(fault.aimed(await fault.build(bench)))


def timeout_for(fault: Fault) -> timedelta:
    """Return a short timeout for a timeout fault, otherwise a long one: the machine may be busy."""
    return timedelta(seconds=1 if fault.cause is FailureCause.TIMEOUT else 10)


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """Make the process create everything that it creates only once, such as a resolver thread."""
    asyncio.run(met(FAULTS["fine"]))


@pytest.mark.parametrize("name", FAULTS)
def test_fault_has_its_own_cause(name: str) -> None:
    fault = FAULTS[name]
    if not fault.possible():
        pytest.skip("this fault cannot be simulated on this machine")
    before = open_files()
    outcome = asyncio.run(met(fault))
    seen = (outcome.status, outcome.cause, outcome.phase, outcome.http_status)
    assert seen == (fault.status, fault.cause, fault.phase, fault.http_status)
    assert (outcome.reserved, outcome.expires_soon) == (fault.reserved, fault.expires_soon)
    assert (len(outcome.hops), host_of(outcome.final_url or "")) == (fault.hops, fault.host)
    if fault.detail:
        assert outcome.detail == fault.detail
    assert outcome.latency_ms is not None
    assert outcome.latency_ms < timeout_for(fault).total_seconds() * 1000 + 5000
    assert open_files() == before

"""A job that queries Alma: its progress, its unanswered requests, and why it ended early."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from dashboard.core.alma_not_configured import AlmaNotConfigured
from dashboard.reconciliation.alma_job import AlmaJobRunner, Progress
from procedure.errors import AlmaKeyRefused, AlmaQuotaUsedUp, AlmaUnavailable, JournalUnwritable
from tests.support.clock import Clock


def run(ask: Callable[[Progress], Awaitable[int]], clock: Clock) -> AlmaJobRunner:
    work = AlmaJobRunner(clock)

    async def asking() -> None:
        assert work.begin("proof", ask)
        await work.over()

    asyncio.run(asking())
    return work


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (AlmaUnavailable("no answer"), "silent"),
        (AlmaQuotaUsedUp("quota"), "spent"),
        (AlmaKeyRefused("no key"), "shut"),
        (JournalUnwritable("disk full"), "unwritable"),
    ],
)
def test_job_gives_the_reason_why_it_stopped(fault: Exception, why: str, clock: Clock) -> None:
    async def ask(tell: Progress) -> int:
        tell(3, 7)
        raise fault

    job = run(ask, clock).job
    assert job is not None
    assert (job.stopped, job.done, job.total, job.running) == (why, 3, 7, False)


def test_job_logs_only_the_type_of_an_unexpected_error(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async def ask(tell: Progress) -> int:
        raise KeyError("2071234567")

    job = run(ask, clock).job
    assert job is not None
    assert job.stopped == "failed"
    assert "2071234567" not in caplog.text
    assert "KeyError" in caplog.text


def test_job_counts_unanswered_requests(clock: Clock) -> None:
    async def ask(tell: Progress) -> int:
        return 4

    job = run(ask, clock).job
    assert job is not None
    assert (job.unanswered, job.stopped) == (4, "")


def test_job_without_a_key_ends_at_once(clock: Clock) -> None:
    job = run(lambda tell: AlmaNotConfigured().verify([], on_progress=tell), clock).job
    assert job is not None
    assert job.stopped == "shut"

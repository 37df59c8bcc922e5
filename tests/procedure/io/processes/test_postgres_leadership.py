"""At most one process leads on a PostgreSQL database, whatever happens to the processes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest

from procedure.io.processes import postgres_leadership
from procedure.io.processes.postgres_leadership import LOCK, PostgresLeadership

HOLDERS = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted"


class Gone(Exception):
    """Raised when the database server cannot be reached."""


class Connecting:
    """Opens connections to a database, unless it is `away`."""

    def __init__(self, url: str) -> None:
        self.url = url.replace("postgresql+psycopg", "postgresql")
        self.away = False

    def __call__(self) -> Any:
        if self.away:
            raise Gone
        return psycopg.connect(self.url, autocommit=True)

    def cut(self) -> None:
        """Make the server end the connection that holds the lock."""
        with psycopg.connect(self.url, autocommit=True) as outside:
            for (pid,) in outside.execute(HOLDERS, (LOCK,)).fetchall():
                outside.execute("SELECT pg_terminate_backend(%s)", (pid,))


@pytest.fixture
def connecting(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Connecting:
    monkeypatch.setattr(postgres_leadership, "BEAT", 0.05)
    return Connecting(postgres_url)


@asynccontextmanager
async def started(connecting: Connecting) -> AsyncIterator[PostgresLeadership]:
    leadership = PostgresLeadership(connecting, "relais")
    leadership.ensure_started()
    leadership.ensure_started()
    try:
        yield leadership
    finally:
        await leadership.stop()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - nothing signals the end of a lease
            await asyncio.sleep(0.01)


async def test_second_process_leads_once_the_first_has_stopped(connecting: Connecting) -> None:
    async with started(connecting) as first:
        assert (first.leads, first.watches) == (False, False)
        await first.until_watching()
        async with started(connecting) as second, started(connecting) as third:
            await asyncio.sleep(0.3)
            assert [each.leads for each in (first, second, third)] == [True, False, False]
            assert (second.watches, third.watches) == (False, False)
            await first.stop()
            await until(lambda: second.leads or third.leads)
            await asyncio.sleep(0.3)
            assert [each.leads for each in (first, second, third)].count(True) == 1
            assert not first.leads


async def test_hanging_process_stops_leading_before_another_starts(
    connecting: Connecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_leadership, "LEADS_FOR", 0.5)
    monkeypatch.setattr(postgres_leadership, "FREED_AFTER", 1.0)
    async with started(connecting) as hanging:
        await hanging.until_watching()

        def other_process() -> tuple[bool, bool]:
            async def lead() -> tuple[bool, bool]:
                async with started(connecting) as other:
                    await until(lambda: other.leads)
                    return hanging.leads, other.leads

            return asyncio.run(lead())

        with ThreadPoolExecutor(1) as thread:
            # This process's loop hangs until the other process leads.
            assert thread.submit(other_process).result(timeout=60) == (False, True)
        assert not hanging.leads
        await until(lambda: hanging.leads)  # now that the other process has stopped


async def test_without_the_database_every_process_watches_and_none_leads(
    connecting: Connecting,
) -> None:
    async with started(connecting) as first, started(connecting) as second:
        await until(lambda: first.leads or second.leads)
        connecting.away = True
        connecting.cut()
        # The follower keeps its connection; it has only lost the leader.
        await until(lambda: first.watches and second.watches)
        leader = first if first.leads else second
        other = second if first.leads else first
        assert (leader.leads, other.leads) == (True, False)
        connecting.cut()
        await until(lambda: not leader.leads)
        await until(lambda: leader.watches and other.watches)
        assert (leader.leads, other.leads) == (False, False)
        connecting.away = False
        await until(lambda: first.leads != second.leads and not (first.watches and second.watches))


async def test_announcement_ends_the_wait(connecting: Connecting) -> None:
    async with started(connecting) as leadership:
        await leadership.until_watching()
        await asyncio.sleep(0.1)
        waiting = asyncio.create_task(leadership.announcement(600))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        with connecting() as other:
            other.execute("NOTIFY relais")
        async with asyncio.timeout(60):
            await waiting


async def test_wait_ends_without_an_announcement(connecting: Connecting) -> None:
    async with started(connecting) as leadership:
        async with asyncio.timeout(60):
            assert await leadership.announcement(0.01) is None

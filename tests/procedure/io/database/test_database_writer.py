"""The writer works in batches, and each caller gets its own result."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event

import pytest

from procedure.errors import JournalMoved
from procedure.io.database.backend import DatabaseConnection
from procedure.io.database.database import open_database
from procedure.io.database.database_writer import Writer

Clock = Callable[[], datetime]


@pytest.fixture
def writer(url: str, clock: Clock) -> Iterator[Writer]:
    with open_database(url, now=clock) as database:
        database.writer.submit(lambda c: c.execute("CREATE TABLE kept (n INTEGER)")).result()
        yield database.writer


class Keeping:
    """Stores numbers in batches, and records the size of each batch."""

    def __init__(self) -> None:
        self.gos: list[int] = []

    def __call__(self, connection: DatabaseConnection, items: Sequence[int]) -> list[int]:
        self.gos.append(len(items))
        for item in items:
            if item < 0:
                raise ValueError("a number below nought")
            connection.execute(f"INSERT INTO kept VALUES ({item})")
        return [10 * item for item in items]


def kept(writer: Writer) -> list[int]:
    rows = writer.submit(lambda c: c.execute("SELECT n FROM kept").fetchall()).result()
    return [row[0] for row in rows]


def hold_up(writer: Writer) -> Event:
    """Hold the writer until the returned event is set; work submitted before then is batched."""
    gate = Event()
    writer.submit(lambda _: gate.wait(10))
    return gate


def test_batched_work_of_one_kind_is_done_together(writer: Writer) -> None:
    keeping, gate = Keeping(), hold_up(writer)
    futures = [writer.submit_batched(keeping, n) for n in range(5)]
    alone = writer.submit(lambda c: c.execute("SELECT count(*) FROM kept").fetchone()[0])
    futures += [writer.submit_batched(keeping, n) for n in (5, 6)]
    gate.set()
    assert [future.result(10) for future in futures] == [0, 10, 20, 30, 40, 50, 60]
    assert (alone.result(10), keeping.gos, kept(writer)) == (5, [5, 2], [*range(7)])


def test_only_the_faulty_batched_work_is_refused(writer: Writer) -> None:
    keeping, gate = Keeping(), hold_up(writer)
    futures = [writer.submit_batched(keeping, n) for n in (1, 2, -3, 4)]
    gate.set()
    faults = [future.exception(10) for future in futures]
    assert [type(fault) for fault in faults] == [type(None), type(None), ValueError, type(None)]
    assert kept(writer) == [1, 2, 4]


def test_batched_threads_each_wait_for_their_own_work(
    writer: Writer,
) -> None:
    keeping, gate = Keeping(), hold_up(writer)

    def keep(number: int) -> int | str:
        try:
            return writer.submit_batched(keeping, number).result()
        except ValueError as fault:
            return str(fault)

    with ThreadPoolExecutor(4) as threads:
        entries = [threads.submit(keep, n) for n in (1, 2, -3, 4)]
        gate.set()
        fates = [entry.result(10) for entry in entries]
    assert fates == [10, 20, "a number below nought", 40]
    assert sorted(kept(writer)) == [1, 2, 4]


def test_refusal_of_a_rolled_back_attempt_does_not_last(writer: Writer) -> None:
    tries = iter((1, 2))

    def fails_the_second_time(connection: DatabaseConnection) -> None:
        connection.execute("INSERT INTO kept VALUES (7)")
        if next(tries) == 2:
            raise ValueError("the second time")

    def unless_seven(connection: DatabaseConnection) -> int:
        if connection.execute("SELECT 1 FROM kept WHERE n = 7").fetchone():
            raise JournalMoved("seven is there")
        connection.execute("INSERT INTO kept VALUES (8)")
        return 8

    gate = hold_up(writer)
    fickle, decided = writer.submit(fails_the_second_time), writer.submit(unless_seven)
    writer.submit_batched(Keeping(), -1)
    gate.set()
    assert type(fickle.exception(10)) is ValueError
    assert (decided.result(10), kept(writer)) == (8, [8])


async def test_await_batched_returns_every_result(writer: Writer) -> None:
    keeping = Keeping()
    result = await asyncio.gather(*(writer.await_batched(keeping, n) for n in range(50)))
    assert result == [10 * n for n in range(50)]


async def test_await_batched_raises_the_error(writer: Writer) -> None:
    with pytest.raises(ValueError, match="a number below nought"):
        await writer.await_batched(Keeping(), -1)


async def test_cancelled_work_is_still_done(writer: Writer) -> None:
    gate = hold_up(writer)

    left = asyncio.ensure_future(writer.await_batched(Keeping(), 1))
    await asyncio.sleep(0)
    left.cancel()
    await asyncio.sleep(0)
    gate.set()
    assert kept(writer) == [1]

"""Every journal fulfils this contract, wherever it is stored."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import chain, count
from threading import Event, Thread
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from procedure.circulation.transactions import Export, Loan, Return, Void
from procedure.errors import JournalMoved
from procedure.io.database.entry_kinds import ENTRY_KINDS
from procedure.journal import Entry, Journal, Recorded

AT = datetime(2026, 11, 24, 9, 30, 12, 345678, tzinfo=UTC)


def loan(number: int = 1, at: datetime = AT) -> Loan:
    return Loan(id=UUID(int=number), at=at, desk="CMU", patron="SLSP-000123456", item="0UBU0536413")


def entries(journal: Journal) -> list[Entry]:
    return [record.entry for record in journal.since()]


def test_empty_journal_is_at_position_zero(journal: Journal) -> None:
    assert (journal.position(), list(journal.since())) == (0, [])


# The values that survive JSON: 53-bit integers, finite numbers, and times with a time zone.
st.register_type_strategy(int, st.integers(-(2**53), 2**53))
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))


@pytest.mark.parametrize("kind", ENTRY_KINDS.values(), ids=ENTRY_KINDS)
@given(st.data())
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_kind_of_entry_is_read_back(
    journal: Journal, kind: type[Entry], data: st.DataObject
) -> None:
    entry = replace(data.draw(st.from_type(kind)), id=uuid4())
    (row,) = journal.append(entry)
    assert [record.entry for record in journal.since(row.position - 1)] == [entry]


def test_append_returns_what_since_returns(journal: Journal, clock: Callable[[], datetime]) -> None:
    recorded = journal.append(loan(1), loan(2))
    assert recorded == tuple(journal.since())
    assert [loan.recorded_at for loan in recorded] == [clock(), clock()]
    assert 0 < recorded[0].position < recorded[1].position == journal.position()


def test_id_sent_twice_changes_nothing(journal: Journal) -> None:
    first = journal.append(loan(1))
    again = journal.append(loan(1, at=AT + timedelta(hours=1)))
    assert again == first == tuple(journal.since())


def test_id_sent_twice_at_once_is_kept_once(journal: Journal) -> None:
    one, same = journal.append(loan(1), loan(1))
    assert [one] == [same] == list(journal.since())


def test_since_returns_only_newer_entries(journal: Journal) -> None:
    journal.append(loan(1))
    place = journal.position()
    newer = journal.append(loan(2), loan(3))
    assert tuple(journal.since(place)) == newer


def test_since_returns_nothing_after_the_given_position(journal: Journal) -> None:
    recorded = journal.append(loan(1), loan(2), loan(3))
    assert tuple(journal.since(recorded[0].position, until=recorded[1].position)) == recorded[1:2]
    assert tuple(journal.since(until=10**9)) == recorded
    assert tuple(journal.since(until=0)) == ()


def test_since_returns_only_the_given_kinds(journal: Journal) -> None:
    void = Void(id=UUID(int=5), at=AT, loan=UUID(int=1), reason="twice")
    journal.append(loan(1), void, loan(2))
    assert [record.entry for record in journal.since(kinds={"void"})] == [void]


def test_since_compares_instants_of_any_utc_offset(journal: Journal) -> None:
    zurich = timezone(timedelta(hours=1))
    early, late = loan(1, AT), loan(2, (AT + timedelta(microseconds=1)).astimezone(zurich))
    journal.append(early, late)
    records = journal.since(at_least=AT.astimezone(zurich) + timedelta(microseconds=1))
    assert [row.entry for row in records] == [late]


def test_decision_on_an_old_position_is_refused(journal: Journal) -> None:
    place = journal.append(loan(1))[0].position
    journal.append(Export(id=UUID(int=7), at=AT, desk="CMU", loans=(), name="a.dat", sha256=""))
    with pytest.raises(JournalMoved, match="something newer has been recorded in the meantime"):
        journal.append(loan(2), unless_newer=(("export",), place))
    assert loan(2) not in entries(journal)


def test_entries_of_another_kind_do_not_invalidate_a_decision(journal: Journal) -> None:
    place = journal.append(loan(1))[0].position
    journal.append(loan(2))
    export = Export(id=UUID(int=7), at=AT, desk="CMU", loans=(), name="a.dat", sha256="")
    journal.append(export, unless_newer=(("export",), place))
    assert entries(journal)[-1] == export


def test_submitted_future_is_done_once_committed(journal: Journal) -> None:
    result = journal.submit(loan(1)).result(timeout=60)
    assert result == tuple(journal.since())


def test_submitted_future_raises_the_refusal(journal: Journal) -> None:
    journal.append(Export(id=UUID(int=7), at=AT, desk="CMU", loans=(), name="a.dat", sha256=""))
    future = journal.submit(loan(1), unless_newer=(("export",), 0))
    assert isinstance(future.exception(timeout=60), JournalMoved)


async def test_record_returns_the_recorded_entries(journal: Journal) -> None:

    result = await asyncio.gather(*(journal.record(loan(n), loan(1)) for n in range(1, 200)))
    records = list(journal.since())
    assert [entry[0] for entry in result] == records
    assert {entry[1] for entry in result} == {records[0]}
    assert [loan.entry.id.int for loan in records] == [*range(1, 200)]


def test_concurrent_writers_keep_their_order_and_lose_nothing(journal: Journal) -> None:
    loans = [[loan(1000 * w + n) for n in range(1, 41)] for w in range(8)]
    threads = [Thread(target=lambda own=own: [journal.append(x) for x in own]) for own in loans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result = entries(journal)
    assert len(result) == 320
    assert [[loan for loan in result if loan in own] for own in loans] == loans


LISTS = st.lists(st.lists(st.integers(1, 100), max_size=70), max_size=8)


@given(LISTS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_lists_submitted_at_once_are_recorded_in_order(
    journal: Journal, numbers: list[list[int]]
) -> None:
    """Of several entries with the same id, only the first is recorded."""
    run, place = uuid4().int & ~0xFFFF, journal.position()

    def entry(number: int, sent: int) -> Entry:
        key = UUID(int=run + number)
        if number % 3:
            return Loan(id=key, at=AT, desk="CMU", patron=f"P-{sent}", item=f"I-{number}")
        return Return(id=key, at=AT, desk="CMU", item=f"I-{number}-{sent}")

    sent = count()
    lists = [[entry(number, next(sent)) for number in own] for own in numbers]
    first: dict[UUID, Entry] = {}
    for submitted in chain.from_iterable(lists):
        first.setdefault(submitted.id, submitted)
    futures = [journal.submit(*own) for own in lists]
    returned = [future.result(timeout=60) for future in futures]
    recorded = {record.entry.id: record for record in journal.since(place)}
    assert [record.entry for record in recorded.values()] == list(first.values())
    assert returned == [tuple(recorded[submitted.id] for submitted in own) for own in lists]


def test_refused_entry_among_many_does_not_affect_the_others(journal: Journal) -> None:
    journal.append(Export(id=uuid4(), at=AT, desk="CMU", loans=(), name="a.dat", sha256=""))
    futures = [
        journal.submit(loan(n), unless_newer=(("export",), 0) if n % 3 == 0 else None)
        for n in range(1, 31)
    ]
    refused = [n for n, future in enumerate(futures, 1) if future.exception(timeout=60)]
    assert refused == [n for n in range(1, 31) if n % 3 == 0]
    assert [entry.id.int for entry in entries(journal)[1:]] == [n for n in range(1, 31) if n % 3]


def test_entries_after_a_position_never_appear_before_it(journal: Journal) -> None:
    seen: list[Recorded] = []
    writers = [
        Thread(target=lambda w=w: [journal.append(loan(1000 * w + n)) for n in range(1, 51)])
        for w in range(4)
    ]
    for thread in writers:
        thread.start()
    # The pause lets the writers run; the assertion does not depend on its length.
    while not Event().wait(0.001) and len(seen) < 200:
        seen += journal.since(seen[-1].position if seen else 0)
    for thread in writers:
        thread.join()
    assert seen == list(journal.since())

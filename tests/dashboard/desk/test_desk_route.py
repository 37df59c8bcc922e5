"""The limit on messages leaves an honest desk its share, no matter who else is sending."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from dashboard.desk.desk_route import (
    ADDRESSES,
    KNOWN,
    NEW,
    RESERVED,
    SHARED,
    TOTAL_RESERVED,
    TOTAL_SHARED,
    MessageRate,
)

START = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
LOOPS = 300  # messages per second from the clients that never stop


def six_clients() -> Callable[[], str]:
    names = count()
    return lambda: f"loop-{next(names) % 6}"


def invented_names() -> Callable[[], str]:
    names = count()
    return lambda: f"invented-{next(names)}"


def invented_twice() -> Callable[[], str]:
    names = count()
    return lambda: f"invented-{next(names) // 2}"


def no_name() -> Callable[[], str]:
    return lambda: ""


@pytest.mark.parametrize("clients", [six_clients, invented_names, invented_twice, no_name])
@pytest.mark.parametrize("begins", [0, 60], ids=["known before", "new meanwhile"])
def test_allows_an_honest_desk_beside_endless_clients(
    clients: Callable[[], Callable[[], str]], begins: int
) -> None:
    rate, name = MessageRate(), clients()
    refused, taken = [], 0
    for second in range(150):
        now = START + timedelta(seconds=second)
        if second >= 30:
            taken += sum(rate.allows("proxy", name(), now) for _ in range(LOOPS))
        # One loan every three seconds; a refused loan is sent again.
        if second >= begins and second % 3 == 0 and not rate.allows("proxy", "desk", now):
            refused.append(second)
    # A new desk is refused only until the server knows it.
    assert refused == ([60, 63, 66, 69, 72, 75, 78] if begins else [])
    assert taken <= SHARED[1] + RESERVED[1] + 120 * (SHARED[0] + RESERVED[0])


def test_allows_within_the_servers_bound_for_many_addresses() -> None:
    rate, names = MessageRate(), invented_names()
    taken = 0
    for second in range(60):
        now = START + timedelta(seconds=second)
        if second >= 30:
            taken += sum(
                rate.allows(f"192.0.2.{number % 50}", names(), now) for number in range(3000)
            )
        if second % 3 == 0:
            assert rate.allows("198.51.100.1", "desk", now)
    assert taken <= TOTAL_SHARED[1] + 30 * TOTAL_SHARED[0]


def test_message_rate_uses_bounded_memory() -> None:
    rate = MessageRate()
    for second in (0, 25):
        now = START + timedelta(seconds=second)
        for number in range(KNOWN + 500):
            for address in ("a", "b"):
                rate.allows(address, f"known-{number}", now)
    later = START + timedelta(seconds=26)
    taken = sum(
        rate.allows("a", f"known-{number}", later) for number in range(KNOWN) for _ in range(3)
    )
    assert taken <= SHARED[0] + RESERVED[0]
    assert TOTAL_RESERVED[0] > RESERVED[0]


def test_message_rate_forgets_names_and_addresses() -> None:
    rate = MessageRate()
    for number in range(NEW + 100):
        rate.allows(f"address-{number}", "desk", START)
    assert (len(rate.new), len(rate.addresses)) == (NEW, ADDRESSES)


def test_allows_a_whole_day_at_once() -> None:
    rate = MessageRate()
    # Ten desks send twenty messages each, with up to 200 loans: 40,000 loans.
    assert all(
        rate.allows("vdi", f"desk-{number % 10}", START + timedelta(milliseconds=number))
        for number in range(200)
    )

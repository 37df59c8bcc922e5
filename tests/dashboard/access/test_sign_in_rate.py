"""The limits on attempts to sign in, and the order of password checks."""

import asyncio
from datetime import UTC, datetime

from dashboard.access.sign_in_rate import (
    ADDRESS_QUEUED,
    ALL_QUEUED,
    OF_ADDRESS,
    OF_NAME,
    SPAN,
    SignInRate,
)

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
HERE, ELSEWHERE = "192.0.2.7", "192.0.2.8"


def attempts(rate: SignInRate, count: int, name: str, address: str = HERE) -> list[str]:
    return [rate.attempt(address, name, NOW) for _ in range(count)]


def test_attempts_for_a_name_from_one_address_are_bounded() -> None:
    rate = SignInRate()
    assert attempts(rate, OF_NAME, "anne") == [""] * OF_NAME
    assert attempts(rate, 1, "ANNE") == ["too_many"]
    assert attempts(rate, 1, "bea") == [""]
    assert attempts(rate, 1, "anne", ELSEWHERE) == [""]
    assert rate.attempt(HERE, "anne", NOW + SPAN) == ""


def test_attempts_from_an_address_under_any_names_are_bounded() -> None:
    rate = SignInRate()
    for number in range(OF_ADDRESS):
        assert attempts(rate, 1, f"name-{number}") == [""]
    assert attempts(rate, 1, "anne") == ["too_many"]


def test_forget_clears_a_names_attempts_and_one_of_its_address() -> None:
    rate = SignInRate()
    attempts(rate, OF_NAME, "anne")
    rate.forget(HERE, "Anne", NOW)
    for number in range(OF_ADDRESS - OF_NAME):
        assert attempts(rate, 1, f"name-{number}") == [""]
    assert attempts(rate, 2, "anne") == ["", "too_many"]


class Checks:
    """Attempts that wait for their turn; the first is being checked until `end` is called."""

    def __init__(self) -> None:
        self.rate = SignInRate()
        self.checked: list[str] = []
        self._goes_on = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def try_in(self, name: str, address: str = HERE) -> str:
        refusal = self.rate.attempt(address, name, NOW)
        if not refusal:
            self._tasks.append(asyncio.create_task(self._check(name, address)))
            await asyncio.sleep(0)
        return refusal

    async def _check(self, name: str, address: str) -> None:
        async with self.rate.one_check_at_a_time(address):
            self.checked.append(name)
            await self._goes_on.wait()

    async def end(self) -> list[str]:
        self._goes_on.set()
        await asyncio.gather(*self._tasks)
        return self.checked


async def test_queued_attempts_are_bounded_by_address_and_in_total() -> None:
    checks = Checks()
    for number in range(ADDRESS_QUEUED):
        assert await checks.try_in(f"name-{number}") == ""
    assert await checks.try_in("bea") == "busy"
    for number in range(ALL_QUEUED - ADDRESS_QUEUED - 1):
        assert await checks.try_in("anne", f"192.0.2.{number + 20}") == ""
    assert await checks.try_in("anne", ELSEWHERE) == ""
    assert await checks.try_in("zoe", "192.0.2.9") == "busy"
    assert len(await checks.end()) == ALL_QUEUED
    assert await checks.try_in("zoe", "192.0.2.9") == ""
    await checks.end()


async def test_turn_of_another_address_comes_before_the_rest_of_a_burst() -> None:
    checks = Checks()
    for number in range(ADDRESS_QUEUED):
        await checks.try_in(f"name-{number}")
    await checks.try_in("marc", ELSEWHERE)
    assert (await checks.end())[:3] == ["name-0", "marc", "name-1"]


async def test_abandoned_turn_lets_the_next_one_begin() -> None:
    rate = SignInRate()

    async def check() -> str:
        async with rate.one_check_at_a_time(HERE):
            return "checked"

    async with rate.one_check_at_a_time(HERE):
        given_up = asyncio.create_task(check())
        waits = asyncio.create_task(check())
        await asyncio.sleep(0)
        given_up.cancel()
    assert await waits == "checked"

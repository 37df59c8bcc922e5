"""Limits on sign-in attempts."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from procedure.access.accounts import LONGEST_NAME

SPAN = timedelta(minutes=15)
# Failed attempts allowed within `SPAN`: for one name from one address, and for all names from one
# address, which a whole library may share.
OF_NAME, OF_ADDRESS = 5, 60
# Attempts that may wait for a password check at the same time: per address, and in total.
ADDRESS_QUEUED, ALL_QUEUED = 10, 20
KEYS = 10_000  # maximum number of keys (see `_limits`) to remember


@dataclass(eq=False, slots=True)
class _QueuedSignIn:
    address: str
    before: int  # number of attempts from the address that were waiting when this one arrived
    may_begin: asyncio.Event = field(default_factory=asyncio.Event)


class SignInRate:
    """Counts sign-in attempts within `SPAN`, and refuses those above the limits.

    An attempt is counted before it is checked, because several may be made concurrently. Attempts
    for the same name from different addresses are counted separately, so that a stranger cannot
    lock anybody out.
    """

    def __init__(self) -> None:
        self._attempts: OrderedDict[tuple[str, ...], list[datetime]] = OrderedDict()
        self._queued: list[_QueuedSignIn] = []

    def attempt(self, address: str, name: str, now: datetime) -> str:
        """Count an attempt and return "", or return why it is refused: `too_many` or `busy`."""
        limits = _limits(address, name)
        recent = {key: self._recent(key, now) for key in limits}
        if any(len(recent[key]) >= most for key, most in limits.items()):
            return "too_many"
        if self._is_full(address):
            return "busy"
        for key, attempts in recent.items():
            self._attempts[key] = [*attempts, now]
            self._attempts.move_to_end(key)
        while len(self._attempts) > KEYS:
            self._attempts.popitem(last=False)
        return ""

    def forget(self, address: str, name: str, at: datetime) -> None:
        """Forget all attempts for a name from an address, because the attempt at `at` succeeded.

        Of the attempts counted for the address as a whole, only the attempt at `at` is forgotten.
        """
        self._attempts.pop((address, _key(name)), None)
        if at in (of_address := self._attempts.get((address,), [])):
            of_address.remove(at)

    @asynccontextmanager
    async def one_check_at_a_time(self, address: str) -> AsyncGenerator[None]:
        """Wait until this attempt may be checked, because each check uses 64 MB and a core.

        The next attempt to be checked is the one that arrived with the fewest attempts from its
        address ahead of it, so that a client with many attempts does not delay others.
        """
        before = sum(queued.address == address for queued in self._queued)
        mine = _QueuedSignIn(address, before)
        self._queued.append(mine)
        self._begin_next()
        try:
            await mine.may_begin.wait()
            yield
        finally:
            self._queued.remove(mine)
            self._begin_next()

    def _begin_next(self) -> None:
        if self._queued and not any(queued.may_begin.is_set() for queued in self._queued):
            min(self._queued, key=lambda queued: queued.before).may_begin.set()

    def _is_full(self, address: str) -> bool:
        of_address = sum(queued.address == address for queued in self._queued)
        return len(self._queued) >= ALL_QUEUED or of_address >= ADDRESS_QUEUED

    def _recent(self, key: tuple[str, ...], now: datetime) -> list[datetime]:
        return [at for at in self._attempts.get(key, ()) if now - at < SPAN]


def _limits(address: str, name: str) -> dict[tuple[str, ...], int]:
    return {(address, _key(name)): OF_NAME, (address,): OF_ADDRESS}


def _key(name: str) -> str:
    return name[: LONGEST_NAME + 1].casefold()

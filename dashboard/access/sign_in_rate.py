"""Limits failed attempts to sign in, by name and by address."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

SPAN = timedelta(minutes=15)
# Failed attempts within the span: a person's of one name, and an address's of all names. A whole
# library may have one address.
OF_NAME, OF_ADDRESS = 5, 60
KEYS = 10_000  # names and addresses that are remembered


class SignInRate:
    """Counts failures; whoever has had too many waits until the oldest is `SPAN` ago.

    A name counts by the address it is tried from: a stranger elsewhere cannot shut anybody out.
    """

    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, ...], list[datetime]] = OrderedDict()

    def allows(self, address: str, name: str, now: datetime) -> bool:
        """Return whether another attempt is looked at."""
        return all(
            len(self._recent(key, now)) < most for key, most in _limits(address, name).items()
        )

    def add_failure(self, address: str, name: str, now: datetime) -> None:
        """Count a failed attempt."""
        for key in _limits(address, name):
            self._failures[key] = [*self._recent(key, now), now]
            self._failures.move_to_end(key)
        while len(self._failures) > KEYS:
            self._failures.popitem(last=False)

    def forget(self, address: str, name: str) -> None:
        """Forget the failures of a name, once somebody has signed in with it."""
        self._failures.pop((address, name.casefold()), None)

    def _recent(self, key: tuple[str, ...], now: datetime) -> list[datetime]:
        return [at for at in self._failures.get(key, ()) if now - at < SPAN]


def _limits(address: str, name: str) -> dict[tuple[str, ...], int]:
    return {(address, name.casefold()): OF_NAME, (address,): OF_ADDRESS}

"""Names to addresses, without blocking the loop and without holding up the end of the program."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain, zip_longest
from queue import SimpleQueue
from threading import Thread
from typing import Any, NamedTuple


class Address(NamedTuple):
    """One address of a name: its family, and what `connect` takes."""

    family: int
    endpoint: tuple[Any, ...]


Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]
Lookup = Callable[[str, int], list[Address]]


class Resolver:
    """A blocking lookup, the system's own, in daemon threads: at most `threads`, as needed.

    The loop's executor is not used: a name server that is silent would hold all its threads for
    half a minute, and with them the writing of the history and the end of the program.
    """

    def __init__(self, lookup: Lookup | None = None, *, threads: int = 32) -> None:
        self._lookup = lookup or look_up
        self._threads = threads
        self._started = 0
        self._waiting = 0
        self._asked: SimpleQueue[tuple[str, int, asyncio.Future[list[Address]]]] = SimpleQueue()

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        """Return every address of a name, the families by turns (RFC 8305, section 4).

        Raises:
            socket.gaierror: the name has no address, or no name server answered.
            UnicodeError: the name cannot be written as a host name.
        """
        literal = _literal(host, port)
        if literal is not None:
            return (literal,)
        found = asyncio.get_running_loop().create_future()
        self._waiting += 1
        if self._waiting > self._started < self._threads:
            self._started += 1
            Thread(target=self._work, name=f"resolver-{self._started}", daemon=True).start()
        self._asked.put((host, port, found))
        try:
            return by_turns(await found)
        finally:
            self._waiting -= 1

    def _work(self) -> None:
        while True:
            host, port, found = self._asked.get()
            try:
                answer: list[Address] | Exception = self._lookup(host, port)
            except Exception as error:  # every error belongs to whoever asked
                answer = error
            _hand_over(found, answer)
            del found, answer


def look_up(host: str, port: int) -> list[Address]:
    """Ask the system for the addresses of a name; blocks until it answers."""
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [Address(family, endpoint) for family, _, _, _, endpoint in rows]


def by_turns(addresses: Sequence[Address]) -> list[Address]:
    """Order addresses so that the families alternate, the system's first choice first."""
    if len(addresses) < 2:
        return list(addresses)
    first = [one for one in addresses if one.family == addresses[0].family]
    other = [one for one in addresses if one.family != addresses[0].family]
    return [one for one in chain.from_iterable(zip_longest(first, other)) if one is not None]


def _literal(host: str, port: int) -> Address | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if address.version == 6:
        return Address(socket.AF_INET6, (host, port, 0, 0))
    return Address(socket.AF_INET, (host, port))


def _hand_over(found: asyncio.Future[list[Address]], answer: list[Address] | Exception) -> None:
    def settle() -> None:
        if found.done():
            return
        if isinstance(answer, Exception):
            found.set_exception(answer)
        else:
            found.set_result(answer)

    try:
        found.get_loop().call_soon_threadsafe(settle)
    except RuntimeError:  # the loop was closed while the name server kept silent
        return

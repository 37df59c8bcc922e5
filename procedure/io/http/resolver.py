"""Resolves names in daemon threads, which block neither the event loop nor the program's exit."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain, zip_longest
from queue import SimpleQueue
from threading import Thread
from typing import NamedTuple


class Address(NamedTuple):
    """One address of a host name: its family and the argument for `connect`."""

    family: int
    endpoint: tuple[object, ...]


Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]
Lookup = Callable[[str, int, int], list[Address]]
# How long to wait for the addresses of both families, IPv4 and IPv6. If a name server never answers
# the query for IPv6, the system's lookup of both waits for the answer, but a browser does not.
WAIT_FOR_BOTH = 1.0  # seconds


class Resolver:
    """Runs the system's blocking lookup in at most `threads` daemon threads, started as needed.

    The loop's executor is not used, because a name server that does not answer would block all the
    executor's threads for half a minute, and with them the writing of the history and the
    program's exit.
    """

    def __init__(self, lookup: Lookup | None = None, *, threads: int = 32) -> None:
        self._lookup = lookup or look_up
        self._threads = threads
        self._started = 0
        self._unanswered = 0
        self._lookups: SimpleQueue[tuple[str, int, int, asyncio.Future[list[Address]]]] = (
            SimpleQueue()
        )

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        """Return every address of a name, with alternating families (RFC 8305, section 4).

        If this takes longer than `WAIT_FOR_BOTH`, the IPv4 addresses are also looked up alone, and
        are returned if they arrive first.

        Raises:
            socket.gaierror: the name has no address, or no name server answered.
            UnicodeError: the name cannot be encoded as a host name.
        """
        literal = _literal(host, port)
        if literal is not None:
            return (literal,)
        both = self._ask(host, port, socket.AF_UNSPEC)
        await asyncio.wait([both], timeout=WAIT_FOR_BOTH)
        if not both.done():
            alone = self._ask(host, port, socket.AF_INET)
            await asyncio.wait([both, alone], return_when=asyncio.FIRST_COMPLETED)
            if not both.done() and alone.exception() is None:
                return alone.result()
        return interleave_families(await both)

    def _ask(self, host: str, port: int, family: int) -> asyncio.Future[list[Address]]:
        future = asyncio.get_running_loop().create_future()
        self._unanswered += 1
        future.add_done_callback(self._forget)
        if self._unanswered > self._started < self._threads:
            self._started += 1
            Thread(target=self._work, name=f"resolver-{self._started}", daemon=True).start()
        self._lookups.put((host, port, family, future))
        return future

    def _forget(self, future: asyncio.Future[list[Address]]) -> None:
        self._unanswered -= 1
        if not future.cancelled():
            future.exception()  # perhaps nobody awaits this lookup, so mark its error as seen

    def _work(self) -> None:
        while True:
            host, port, family, future = self._lookups.get()
            try:
                result: list[Address] | Exception = self._lookup(host, port, family)
            except Exception as error:  # raised again in the caller
                result = error
            _set_result(future, result)
            del future, result


def look_up(host: str, port: int, family: int = socket.AF_UNSPEC) -> list[Address]:
    """Ask the system for the addresses of a name, in one family or both; this blocks."""
    rows = socket.getaddrinfo(host, port, family, type=socket.SOCK_STREAM)
    return [Address(family, endpoint) for family, _, _, _, endpoint in rows]


def interleave_families(addresses: Sequence[Address]) -> list[Address]:
    """Alternate the families of the addresses, starting with the system's first choice."""
    if len(addresses) < 2:
        return list(addresses)
    first = [address for address in addresses if address.family == addresses[0].family]
    other = [address for address in addresses if address.family != addresses[0].family]
    return [
        address for address in chain.from_iterable(zip_longest(first, other)) if address is not None
    ]


def _literal(host: str, port: int) -> Address | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if address.version == 6:
        return Address(socket.AF_INET6, (host, port, 0, 0))
    return Address(socket.AF_INET, (host, port))


def _set_result(future: asyncio.Future[list[Address]], result: list[Address] | Exception) -> None:
    def settle() -> None:
        if future.done():
            return
        if isinstance(result, Exception):
            future.set_exception(result)
        else:
            future.set_result(result)

    try:
        future.get_loop().call_soon_threadsafe(settle)
    except RuntimeError:  # the loop was closed before the name server answered
        return

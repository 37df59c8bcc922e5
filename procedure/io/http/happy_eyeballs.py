"""A connection to the address of a name that answers first (RFC 8305, Happy Eyeballs).

Broken IPv6 beside working IPv4, or the reverse, is a common fault: a dead address must neither
hide the other nor use up the time of the whole attempt.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections import deque
from collections.abc import Iterable, Sequence

from procedure.io.http.resolver import Address
from procedure.io.http.timings import PhaseTimings

STAGGER = 0.25  # seconds before the next address is tried beside a silent one
# Of several failed addresses, the error listed first here is raised.
SPECIFIC_ERRORS = (ConnectionRefusedError, ConnectionResetError, TimeoutError)


async def connect_first(addresses: Sequence[Address], hop: PhaseTimings) -> socket.socket:
    """Return a connected socket; addresses that failed are added to `hop.remark`.

    Raises:
        OSError: the most specific error, when every address has failed.
    """
    if len(addresses) == 1:
        return await _connect(addresses[0])
    waiting = deque(addresses)
    trying: dict[asyncio.Task[socket.socket], Address] = {}
    errors: list[OSError] = []
    try:
        while waiting or trying:
            if waiting:
                address = waiting.popleft()
                trying[asyncio.ensure_future(_connect(address))] = address
            await asyncio.wait(
                trying, timeout=STAGGER if waiting else None, return_when=asyncio.FIRST_COMPLETED
            )
            for task in [task for task in trying if task.done()]:
                address = trying.pop(task)
                error = task.exception()
                if error is None:
                    return task.result()
                errors.append(_add_remark(error, address, hop))
    finally:
        _abandon(trying)
    raise _most_specific(errors)


async def _connect(address: Address) -> socket.socket:
    sock = socket.socket(address.family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        # Otherwise a small TLS record waits 40 ms for an acknowledgement: wrong first-byte times.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(sock, address.endpoint)
    except BaseException:
        sock.close()
        raise
    return sock


def _abandon(trying: Iterable[asyncio.Task[socket.socket]]) -> None:
    for task in trying:
        if not task.done():
            task.cancel()  # it closes its own socket
        elif task.exception() is None:
            task.result().close()


def _add_remark(error: BaseException, address: Address, hop: PhaseTimings) -> OSError:
    if not isinstance(error, OSError):
        raise error
    name = errno.errorcode.get(error.errno or 0, type(error).__name__)
    note = f"{address.endpoint[0]}: {name}"
    hop.remark = f"{hop.remark}; {note}" if hop.remark else note
    return error


def _most_specific(errors: Sequence[OSError]) -> OSError:
    def rank(error: OSError) -> int:
        ranks = (place for place, kind in enumerate(SPECIFIC_ERRORS) if isinstance(error, kind))
        return next(ranks, len(SPECIFIC_ERRORS))

    return min(errors, key=rank, default=OSError("the name has no address"))

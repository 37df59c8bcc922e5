"""A connection over a plain non-blocking socket, with the time taken by each phase.

Such sockets cost less than asyncio's streams, and their connect time does not include setting up a
transport and a protocol (docs/decisions/0009-probes.md).

If a name has several addresses, the first address that answers is used (RFC 8305, Happy Eyeballs).
Often only IPv4 works, or only IPv6. A dead address must not hide a working address, or use
up the attempt's time limit.
"""

import asyncio
import contextlib
import errno
import socket
import ssl
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

from procedure.io.http.error_rules import NO_HOST_NAME, AnswerRefused
from procedure.io.http.resolver import Address
from procedure.io.http.timings import PhaseTimings
from procedure.monitoring.model import FailureCause, Phase

CHUNK = 64 * 1024


class SocketConnection:
    """A connected socket, with TLS once `start_tls` has been called.

    The methods raise the system's errors (`OSError`, `ssl.SSLError`), which show the cause of a
    failure. They have no timeout, because one deadline covers the whole attempt.
    """

    def __init__(self, sock: socket.socket, hop: PhaseTimings) -> None:
        self._socket = sock
        self._hop = hop
        self._loop = asyncio.get_running_loop()
        self._tls: ssl.SSLObject | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._write_error: OSError | None = None

    async def start_tls(self, context: ssl.SSLContext, hostname: str) -> None:
        """Run the handshake, then set `hop.tls` and `hop.expires`.

        Raises:
            AnswerRefused: `tls`, if the certificate has no subjectAltName for a host. OpenSSL
                would accept the certificate's common name, but no browser does.
        """
        self._hop.enter(Phase.TLS)
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=hostname)
        await self._run_tls(self._tls.do_handshake)
        self._hop.tls = self._hop.elapsed()
        certificate = self._tls.getpeercert()
        if not _has_host_names(hostname, certificate):
            raise AnswerRefused(FailureCause.TLS, NO_HOST_NAME)
        self._hop.expires = _expiry(certificate)

    async def write(self, buffer: bytes) -> None:
        """Send the whole buffer.

        A server may answer and close the connection before it has read the request. A broken
        connection is therefore an error only if there is nothing to read. `read` then raises the
        error.
        """
        try:
            if self._tls is None:
                await self._loop.sock_sendall(self._socket, buffer)
            else:
                self._tls.write(buffer)
                await self._flush()
        except ConnectionError as error:
            self._write_error = error

    async def read(self, most: int) -> bytes:
        """Return the bytes received, or `b""` at the end; the first byte sets `hop.first_byte`."""
        if self._hop.phase is Phase.REQUEST:
            self._hop.enter(Phase.FIRST_BYTE)
        received = await self._receive(most)
        if not received and self._write_error is not None:
            raise self._write_error
        if self._hop.first_byte is None:
            self._hop.first_byte = self._hop.elapsed()
        return received

    def close(self) -> None:
        if self._tls is not None:
            # If still possible, send a close_notify, which spares the server a warning in its log.
            with contextlib.suppress(ssl.SSLError, OSError):
                self._tls.unwrap()
            with contextlib.suppress(OSError):
                self._socket.send(self._outgoing.read())
        self._socket.close()

    async def _receive(self, most: int) -> bytes:
        tls = self._tls
        if tls is None:
            return await self._loop.sock_recv(self._socket, most)
        try:
            return await self._run_tls(lambda: tls.read(most))
        except ssl.SSLEOFError:  # no close_notify; HTTP framing shows whether the body is complete
            return b""

    async def _run_tls(self, operation: Callable[[], object]) -> Any:
        while True:
            try:
                result = operation()
            except ssl.SSLWantReadError:
                await self._flush()
                await self._fetch()
            except ssl.SSLError:
                with contextlib.suppress(OSError):  # the alert to the server is optional
                    await self._flush()
                raise
            else:
                await self._flush()
                return result

    async def _flush(self) -> None:
        if self._outgoing.pending:
            await self._loop.sock_sendall(self._socket, self._outgoing.read())

    async def _fetch(self) -> None:
        received = await self._loop.sock_recv(self._socket, CHUNK)
        if received:
            self._incoming.write(received)
        else:
            self._incoming.write_eof()


async def open_connection(addresses: Sequence[Address], hop: PhaseTimings) -> SocketConnection:
    """Connect to the address that answers first, and set `hop.connect` to the time taken.

    Raises:
        OSError: no address could be reached; see `connect_first`.
    """
    hop.enter(Phase.CONNECT)
    sock = await connect_first(addresses, hop)
    hop.connect = hop.elapsed()
    hop.enter(Phase.REQUEST)
    return SocketConnection(sock, hop)


def _has_host_names(hostname: str, certificate: Any) -> bool:
    """Return whether a certificate that OpenSSL accepted names the host in a subjectAltName."""
    kinds = {kind for kind, _ in certificate.get("subjectAltName", ())}
    try:
        ip_address(hostname)
    except ValueError:
        return "DNS" in kinds
    return True  # OpenSSL never compares an IP address with the common name.


def _expiry(certificate: Any) -> datetime | None:
    if not certificate or "notAfter" not in certificate:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)


STAGGER = 0.25  # seconds to wait for one address before also trying the next
# If all addresses fail, the error whose type comes first in this list is raised.
SPECIFIC_ERRORS = (ConnectionRefusedError, ConnectionResetError, TimeoutError)


async def connect_first(addresses: Sequence[Address], hop: PhaseTimings) -> socket.socket:
    """Return a socket connected to the first address that answers.

    If there are several addresses, the addresses that fail are added to `hop.remark`.

    Raises:
        OSError: every address has failed; the most specific error is raised.
    """
    if len(addresses) == 1:
        return await _connect(addresses[0])
    untried = deque(addresses)
    trying: dict[asyncio.Task[socket.socket], Address] = {}
    errors: list[OSError] = []
    try:
        while untried or trying:
            if untried:
                address = untried.popleft()
                trying[asyncio.ensure_future(_connect(address))] = address
            await asyncio.wait(
                trying, timeout=STAGGER if untried else None, return_when=asyncio.FIRST_COMPLETED
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
        # Without this option, a small TLS record waits 40 ms for an acknowledgement, which distorts
        # the time to the first byte.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(sock, address.endpoint)
    except BaseException:
        sock.close()
        raise
    return sock


def _abandon(trying: Iterable[asyncio.Task[socket.socket]]) -> None:
    for task in trying:
        if not task.done():
            task.cancel()  # the task closes its own socket
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

"""A connection over a plain non-blocking socket, each phase timed where it happens.

Such sockets cost less than asyncio's streams, and their connect time includes no transport
or protocol (docs/benchmarks.md).
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

from procedure.io.http.error_causes import NO_HOST_NAME, AnswerRefused
from procedure.io.http.happy_eyeballs import connect_first
from procedure.io.http.resolver import Address
from procedure.io.http.timings import PhaseTimings
from procedure.monitoring.model import FailureCause, Phase

CHUNK = 64 * 1024


class SocketConnection:
    """A connected socket, with TLS over it once `start_tls` was called.

    It raises what the system raised (`OSError`, `ssl.SSLError`), so that causes can be
    distinguished. It has no timeout: one deadline covers the whole attempt.
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
        """Do the handshake, then set `hop.tls` and `hop.expires`.

        Raises:
            AnswerRefused: `tls`, when the certificate has no subjectAltName for a host. OpenSSL
                would accept its common name; no browser does.
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
        """Send everything.

        A server may answer and close before it has read the request: a broken connection is raised
        only when there is nothing to read.
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
        """Return the bytes received, `b""` at the end; the first byte sets `hop.first_byte`."""
        if self._hop.phase is Phase.REQUEST:
            self._hop.enter(Phase.FIRST_BYTE)
        received = await self._receive(most)
        if not received and self._write_error is not None:
            raise self._write_error
        if self._hop.first_byte is None:
            self._hop.first_byte = self._hop.elapsed()
        return received

    def close(self) -> None:
        """Close at once, without waiting."""
        if self._tls is not None:
            # A close_notify, where still possible, spares the server a warning in its log.
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
        except ssl.SSLEOFError:  # no close_notify; HTTP's framing shows whether the body is whole
            return b""

    async def _run_tls(self, operation: Callable[[], Any]) -> Any:
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
    """Connect to the address that answers first, and set `hop.connect` to the whole time.

    Raises:
        OSError: no address could be reached; see `procedure.io.http.happy_eyeballs`.
    """
    hop.enter(Phase.CONNECT)
    sock = await connect_first(addresses, hop)
    hop.connect = hop.elapsed()
    hop.enter(Phase.REQUEST)
    return SocketConnection(sock, hop)


def _has_host_names(hostname: str, certificate: Any) -> bool:
    """Return whether a certificate that OpenSSL has accepted for a host has a subjectAltName."""
    kinds = {kind for kind, _ in certificate.get("subjectAltName", ())}
    try:
        ip_address(hostname)
    except ValueError:
        return "DNS" in kinds
    return True  # OpenSSL never compares an IP address with the common name


def _expiry(certificate: Any) -> datetime | None:
    if not certificate or "notAfter" not in certificate:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)

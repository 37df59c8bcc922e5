"""A socket of our own: each phase timed where it happens, closed at once.

Plain non-blocking sockets cost less than streams, and their connect time is not blurred by
transports and protocols (docs/benchmarks.md).
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

from procedure.io.http.error_causes import NAMELESS, AnswerRefused
from procedure.io.http.happy_eyeballs import first_socket
from procedure.io.http.resolver import Address
from procedure.io.http.timings import PhaseTimings
from procedure.monitoring.model import FailureCause, Phase

CHUNK = 64 * 1024


class SocketConnection:
    """A connected socket, with TLS over it once `start_tls` was called.

    It raises what the system raised (`OSError`, `ssl.SSLError`), so that causes can be told
    apart. It knows no timeout: one deadline holds for the whole attempt.
    """

    def __init__(self, sock: socket.socket, leg: PhaseTimings) -> None:
        self._socket = sock
        self._leg = leg
        self._loop = asyncio.get_running_loop()
        self._tls: ssl.SSLObject | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._broken: OSError | None = None

    async def start_tls(self, context: ssl.SSLContext, hostname: str) -> None:
        """Shake hands; `leg.tls` and `leg.expires` are set when it is done.

        Raises:
            AnswerRefused: `tls`, when the certificate has no subjectAltName for a host. OpenSSL
                would go by its common name; no browser does.
        """
        self._leg.enter(Phase.TLS)
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=hostname)
        await self._converse(self._tls.do_handshake)
        self._leg.tls = self._leg.elapsed()
        certificate = self._tls.getpeercert()
        if not _names(hostname, certificate):
            raise AnswerRefused(FailureCause.TLS, NAMELESS)
        self._leg.expires = _end_of(certificate)

    async def write(self, buffer: bytes) -> None:
        """Send everything.

        A server may answer and close before it has read the request, so a cut is no error yet:
        it is raised when there turns out to be nothing to read.
        """
        try:
            if self._tls is None:
                await self._loop.sock_sendall(self._socket, buffer)
            else:
                self._tls.write(buffer)
                await self._flush()
        except ConnectionError as error:
            self._broken = error

    async def read(self, most: int) -> bytes:
        """Return what has come, `b""` at the end; the first byte stops the leg's clock."""
        if self._leg.phase is Phase.REQUEST:
            self._leg.enter(Phase.FIRST_BYTE)
        received = await self._receive(most)
        if not received and self._broken is not None:
            raise self._broken
        if self._leg.first_byte is None:
            self._leg.first_byte = self._leg.elapsed()
        return received

    def close(self) -> None:
        """Close at once: nothing is waited for, nothing is left open."""
        if self._tls is not None:
            # A farewell costs the server no warning in its log; it may be impossible by now.
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
            return await self._converse(lambda: tls.read(most))
        except ssl.SSLEOFError:  # closed without a farewell; the framing of HTTP tells a cut
            return b""

    async def _converse(self, act: Callable[[], Any]) -> Any:
        while True:
            try:
                result = act()
            except ssl.SSLWantReadError:
                await self._flush()
                await self._fetch()
            except ssl.SSLError:
                with contextlib.suppress(OSError):  # the alert that says why is only a courtesy
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


async def open_wire(addresses: Sequence[Address], leg: PhaseTimings) -> SocketConnection:
    """Connect to whichever address answers first; `leg.connect` is the whole time it took.

    Raises:
        OSError: no address could be reached; see `procedure.io.http.happy_eyeballs`.
    """
    leg.enter(Phase.CONNECT)
    sock = await first_socket(addresses, leg)
    leg.connect = leg.elapsed()
    leg.enter(Phase.REQUEST)
    return SocketConnection(sock, leg)


def _names(hostname: str, certificate: Any) -> bool:
    """Tell whether a certificate that OpenSSL has accepted for a host names hosts at all."""
    kinds = {kind for kind, _ in certificate.get("subjectAltName", ())}
    try:
        ip_address(hostname)
    except ValueError:
        return "DNS" in kinds
    return True  # an address is never held against the common name


def _end_of(certificate: Any) -> datetime | None:
    if not certificate or "notAfter" not in certificate:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)

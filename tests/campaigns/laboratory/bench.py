"""A test bench for faults, with real servers on the loopback interface.

It has its own host names and certificates, which its prober accepts.
"""

import asyncio
import socket
import ssl
import struct
import warnings
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Self

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from procedure.io.http.prober import Prober, shared_tls_context
from procedure.io.http.resolver import Address, Resolver

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

HOST = "alma.example"
STRANGER = "elsewhere.test"
LOGIN = "idp.university.test"
AUTHORITY = trustme.CA()


def certificate(*names: str, ends: timedelta = timedelta(days=90)) -> ssl.SSLContext:
    """Return a server's TLS context with a certificate issued by our authority."""
    now = datetime.now(UTC)
    issued = AUTHORITY.issue_cert(*names, not_before=now - timedelta(days=99), not_after=now + ends)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(context)
    return context


def nameless() -> ssl.SSLContext:
    """Return a server's context with a certificate that names the host only in its common name."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    issued = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)]))
        .issuer_name(x509.load_pem_x509_certificate(AUTHORITY.cert_pem.bytes()).subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=90))
        .sign(_authority_key(), hashes.SHA256())
    )
    pem = trustme.Blob(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + issued.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with pem.tempfile() as path:
        context.load_cert_chain(path)
    return context


def _authority_key() -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(AUTHORITY.private_key_pem.bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


@cache
def trusting() -> ssl.SSLContext:
    """Return the prober's context, which trusts our authority."""
    with AUTHORITY.cert_pem.tempfile() as path:
        return shared_tls_context(path)


def self_signed() -> ssl.SSLContext:
    """Return a server's context with a self-signed certificate."""
    own = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pem = trustme.Blob(own.private_key_pem.bytes() + own.cert_pem.bytes())
    with pem.tempfile() as path:
        context.load_cert_chain(path)
    return context


def old_tls() -> ssl.SSLContext:
    """Return a server's context that supports only TLS 1.0 and 1.1."""
    context = certificate(HOST)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


class Bench:
    """The servers that simulate a fault, and a prober."""

    def __init__(self, timeout: timedelta = timedelta(seconds=10)) -> None:
        self.names: dict[str, Sequence[tuple[int, str]]] = {}
        self._timeout = timeout
        self._stack = AsyncExitStack()
        self._system = Resolver()
        self._conversations: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self.prober = await self._stack.enter_async_context(
            Prober(
                agent="Relais/laboratory",
                timeout=self._timeout,
                context=trusting(),
                resolve=self.resolve,
            )
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        for conversation in self._conversations:
            conversation.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)
        await self._stack.aclose()
        await asyncio.sleep(0)  # aborted transports close their sockets in the next iteration

    async def resolve(self, host: str, port: int) -> Sequence[Address]:
        """Resolve a name from `names`, or to 127.0.0.1; leave `.invalid` names to the system."""
        if host.endswith(".invalid"):
            return await self._system(host, port)
        there = self.names.get(host, [(socket.AF_INET, "127.0.0.1")])
        return [
            Address(family, (ip, port, 0, 0) if family == socket.AF_INET6 else (ip, port))
            for family, ip in there
        ]

    async def serve(
        self,
        handler: Handler,
        *,
        tls: ssl.SSLContext | None = None,
        ip: str = "127.0.0.1",
        port: int = 0,
    ) -> int:
        """Serve connections until the bench is closed, and return the port."""

        async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            conversation = asyncio.current_task()
            assert conversation is not None
            self._conversations.add(conversation)
            # The server causes the fault, so its own errors do not matter.
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await handler(reader, writer)
                writer.close()
                await writer.wait_closed()
            writer.transport.abort()

        server = await asyncio.start_server(converse, ip, port, ssl=tls)
        self._stack.callback(server.close)
        return server.sockets[0].getsockname()[1]

    def swallowing(self, ip: str = "127.0.0.1", port: int = 0) -> int:
        """Return a port whose connection backlog is full, so SYN packets go unanswered."""
        family = socket.AF_INET6 if ":" in ip else socket.AF_INET
        listener = self._stack.enter_context(socket.socket(family))
        listener.bind((ip, port))
        listener.listen(0)
        for _ in range(8):
            filler = self._stack.enter_context(socket.socket(family))
            filler.setblocking(False)
            with suppress(BlockingIOError):
                filler.connect(listener.getsockname())
        return listener.getsockname()[1]


def free_port(ip: str = "127.0.0.1") -> int:
    """Return a port that no server uses."""
    with socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET) as sock:
        sock.bind((ip, 0))
        return sock.getsockname()[1]


def has_ipv6() -> bool:
    try:
        free_port("::1")
    except OSError:
        return False
    return True


def reset(writer: asyncio.StreamWriter) -> None:
    """Close a connection with a reset instead of a FIN."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()

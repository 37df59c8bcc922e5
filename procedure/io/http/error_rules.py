"""The cause, status and description of each network error."""

import errno
import os
import socket
import ssl
import zlib
from collections.abc import Callable
from typing import Any

import h11
import httpx

from procedure.monitoring.model import FailureCause, Phase, Status


class AnswerRefused(Exception):
    """Raised, with the cause, for a certificate or a response that this program does not accept."""

    def __init__(self, cause: FailureCause, remark: str) -> None:
        self.cause = cause
        super().__init__(remark)


UNREACHABLE = frozenset(
    getattr(errno, name)
    for name in (
        "EHOSTUNREACH",
        "ENETUNREACH",
        "EHOSTDOWN",
        "ENETDOWN",
        "EADDRNOTAVAIL",
        "WSAEHOSTUNREACH",
        "WSAENETUNREACH",
        "WSAEHOSTDOWN",
        "WSAENETDOWN",
        "WSAEADDRNOTAVAIL",
    )
    if hasattr(errno, name)
)
# Errors that occur when this machine lacks resources; they say nothing about the target.
OUT_OF_RESOURCES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS})

# The first matching row decides. The order matters, because some types include others: a
# ConnectionRefusedError is also a ConnectionError.
CAUSES: tuple[tuple[tuple[type[BaseException], ...], FailureCause], ...] = (
    ((socket.gaierror, UnicodeError), FailureCause.DNS),
    ((ssl.SSLError,), FailureCause.TLS),
    ((TimeoutError,), FailureCause.TIMEOUT),
    ((ConnectionRefusedError,), FailureCause.REFUSED),
    ((ConnectionError,), FailureCause.RESET),
    ((httpx.UnsupportedProtocol,), FailureCause.REDIRECT),
    ((h11.ProtocolError, httpx.ProtocolError, zlib.error), FailureCause.PROTOCOL),
)
# The description of a certificate that names its host only in its common name.
NO_HOST_NAME = "the certificate names no host"
# Descriptions of OpenSSL's verification codes.
CERTIFICATE = {
    10: "the certificate has expired",
    18: "the certificate is self-signed",
    19: "the chain ends in an authority that is not trusted",
    20: "the certificate's authority is not trusted",
    62: "the certificate is for another host",
    64: "the certificate is for another address",
}


def cause_of_error(error: BaseException, phase: Phase) -> FailureCause:
    """Return the cause of an error that occurred in a phase of an attempt.

    A reset during the handshake is a TLS error: the server was reached, but ended the handshake.
    """
    if isinstance(error, AnswerRefused):
        return error.cause
    if isinstance(error, OSError) and error.errno in UNREACHABLE:
        return FailureCause.UNREACHABLE
    for kinds, cause in CAUSES:
        if isinstance(error, kinds):
            return FailureCause.TLS if cause is FailureCause.RESET and phase is Phase.TLS else cause
    return FailureCause.NETWORK


def status_of_error(error: BaseException) -> Status:
    """Return `down`, or `unknown` if the error comes from this machine or this program."""
    if isinstance(error, OSError) and error.errno in OUT_OF_RESOURCES:
        return Status.UNKNOWN
    of_target = (
        OSError,
        UnicodeError,
        AnswerRefused,
        h11.ProtocolError,
        httpx.TransportError,
        zlib.error,
    )
    return Status.DOWN if isinstance(error, of_target) else Status.UNKNOWN


def describe_error(error: BaseException) -> str:
    """Describe an error in a few English words, leaving out addresses and queries."""
    return next(describe(error) for kinds, describe in DESCRIPTIONS if isinstance(error, kinds))


def _system(error: BaseException) -> str:
    number: int = getattr(error, "errno", None) or 0
    return os.strerror(number) if number in errno.errorcode else type(error).__name__


DESCRIPTIONS: tuple[tuple[tuple[type[BaseException], ...], Callable[[Any], str]], ...] = (
    (
        (ssl.SSLCertVerificationError,),
        lambda error: CERTIFICATE.get(error.verify_code, error.verify_message),
    ),
    ((ssl.SSLEOFError,), lambda _: "the connection was cut"),
    ((ssl.SSLError,), lambda error: (error.reason or "TLS failed").replace("_", " ").lower()),
    ((socket.gaierror,), lambda error: error.strerror or "the name was not found"),
    ((TimeoutError,), lambda _: "timed out"),
    ((OSError,), _system),
    ((UnicodeError,), lambda _: "not a host name"),
    ((BaseException,), lambda error: str(error) or type(error).__name__),
)

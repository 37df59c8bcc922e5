"""Checks the server's address, port and number of processes."""

import argparse
import errno
import os
import socket
from collections.abc import Sequence

from dashboard.core.errors import SettingsError

_ADDRESS = (
    "RELAIS_ADDRESS={address!r} (or --address): {why}; give localhost, 0.0.0.0 for all addresses "
    "of this machine, or one of them"
)
_PORT = "RELAIS_PORT={port} (or --port): {why}; give another port"
_ONE_PROCESS = (
    "--num-procs {given}: Relais runs in one process, because only one may write loans. "
    "Start the server without --num-procs; one process serves all desks of a library."
)


def check_one_process(arguments: Sequence[str]) -> None:
    """Refuse Bokeh's option `--num-procs`, unless it asks for one process.

    The threads that write and probe exist only in the first process: other processes would accept
    loans and never commit them.

    Raises:
        SettingsError: a number of processes other than 1 is requested.
    """
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--num-procs", default="1")
    given = parser.parse_known_args(list(arguments))[0].num_procs
    if given.strip() != "1":
        raise SettingsError(_ONE_PROCESS.format(given=given))


def check_listening(address: str, port: int) -> None:
    """Check, before the slow imports, that the server can listen at this address and port.

    Raises:
        SettingsError: the server cannot listen there.
    """
    try:
        infos = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise _refused(_ADDRESS, address, port, "no host has that name") from None
    for family, kind, protocol, _, where in infos:
        try:
            _listen(family, kind, protocol, where)
        except OSError as refusal:
            if refusal.errno == errno.EADDRNOTAVAIL and address == "localhost":
                continue  # IPv6 is disabled, as in many containers
            raise _reason(refusal, address, port) from None


def _listen(family: int, kind: int, protocol: int, where: tuple[object, ...]) -> None:
    with socket.socket(family, kind, protocol) as listener:
        if os.name != "nt":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(where)
        listener.listen()


def _reason(refusal: OSError, address: str, port: int) -> SettingsError:
    if refusal.errno == errno.EADDRINUSE:
        why = f"another program is already listening at {address}"
        return _refused(_PORT, address, port, why)
    if refusal.errno in {errno.EACCES, errno.EPERM}:
        return _refused(_PORT, address, port, "this account may not listen on it")
    if refusal.errno == errno.EADDRNOTAVAIL:
        return _refused(_ADDRESS, address, port, "this machine does not have that address")
    return _refused(_ADDRESS, address, port, f"cannot listen there ({refusal.strerror})")


def _refused(text: str, address: str, port: int, why: str) -> SettingsError:
    return SettingsError(text.format(address=address, port=port, why=why))


def free_port(address: str) -> int:
    with socket.create_server((address, 0)) as free:
        return int(free.getsockname()[1])

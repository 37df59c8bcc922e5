"""Whom the server answers: this machine alone, until somebody names an address to listen on.

`panel serve` listens on every address of the machine when it is given none, and what is lent here
is nobody else's business. So whoever comes from elsewhere is told which flag is missing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from ipaddress import IPv6Address, ip_address

from dashboard.settings import Settings

REFUSAL = (
    "This Relais answers on its own machine only. To serve it to others, start it with "
    "--address (relais serve --address 0.0.0.0) or set RELAIS_ADDRESS. / Ce Relais ne répond "
    "que sur sa propre machine : démarrez-le avec --address."
)
OWN = frozenset({"localhost", "127.0.0.1", "::1"})


def answered(remote: str) -> bool:
    """Tell whether a request from this IP address is answered."""
    return _address_named() or local(remote)


def local(remote: str) -> bool:
    """Tell whether an IP address is the machine's own loopback; what is none counts as foreign."""
    try:
        address = ip_address(remote)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def named(arguments: Sequence[str], address: str) -> bool:
    """Tell whether a command line or the address of the settings says whom to answer."""
    flagged = any(one.partition("=")[0] == "--address" for one in arguments)
    return flagged or address not in OWN


@cache
def _address_named() -> bool:
    return named(sys.argv, Settings.from_env().address)  # neither changes

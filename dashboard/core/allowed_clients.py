"""The clients that the server answers.

Without `--address`, `panel serve` listens on all addresses of the machine, but loans are private.
Requests from other machines are therefore refused until an address is set; the refusal says how
to set one.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from dashboard.settings import Settings

REFUSAL = (
    "This Relais answers only on its own machine. To serve it to others, start it with "
    "--address (relais serve --address 0.0.0.0) or set RELAIS_ADDRESS; behind a reverse proxy on "
    "the same machine, name the address that browsers use (relais serve --origin HOST). / Ce "
    "Relais ne répond que sur sa propre machine : démarrez-le avec --address ou, derrière un "
    "serveur mandataire, avec --origin."
)
OWN = frozenset({"localhost", "127.0.0.1", "::1"})
_FORWARDING = frozenset(
    {"forwarded", "via", "x-real-ip", "x-client-ip", "cf-connecting-ip", "true-client-ip"}
)


def local(remote: str) -> bool:
    """Return whether an IP address is a loopback address; return False if it is invalid."""
    try:
        address = ip_address(remote)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def is_forwarded(headers: Iterable[str], version: str = "HTTP/1.1") -> bool:
    """Return whether a request was forwarded by a proxy, judging by its header names and version.

    Browsers no longer use HTTP/1.0, but nginx does by default.
    """
    names = [name.lower() for name in headers]
    forwarded = any(name in _FORWARDING or name.startswith("x-forwarded-") for name in names)
    return forwarded or version == "HTTP/1.0"


def origin_host(origin: str) -> str:
    """Return HOST:PORT from an Origin header, or "" if it is `null` or malformed."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def names_an_audience(arguments: Sequence[str], address: str) -> bool:
    """Return whether the command line gives an address or socket, or `address` is not local."""
    flags = {argument.partition("=")[0] for argument in arguments}
    return not flags.isdisjoint({"--address", "--unix-socket"}) or address not in OWN


@dataclass(frozen=True, slots=True)
class Audience:
    """The clients that a server answers.

    - `everyone`: whether all clients are answered, because an address to listen on was set.
    - `proxies`: the IP addresses of trusted proxies.
    - `behind_proxy`: whether a proxy is expected; if so, no visitor counts as local.
    - `named_elsewhere`: whether an allowed origin has a host that is not local.
    """

    everyone: bool
    proxies: frozenset[str] = frozenset()
    behind_proxy: bool = False
    named_elsewhere: bool = False

    def is_this_machine(self, peer: str, headers: Iterable[str], version: str) -> bool:
        """Return whether a request comes from this machine, and not through a proxy on it.

        `peer` is the IP address at the other end of the connection, `headers` are the names of the
        request's headers, and `version` is its HTTP version.
        """
        return local(peer) and not self.behind_proxy and not is_forwarded(headers, version)

    def is_answered(self, peer: str, headers: Iterable[str], version: str) -> bool:
        if self.everyone or self.is_this_machine(peer, headers, version):
            return True
        expected = self.behind_proxy or self.named_elsewhere
        return expected and (local(peer) or peer in self.proxies)


def audience(settings: Settings, *, xheaders: bool, origins: Iterable[str]) -> Audience:
    """Return the clients that the server answers, given how it was started.

    `xheaders` is Bokeh's `--use-xheaders`; `origins` are the allowed origins, as HOST or HOST:PORT.
    """
    hosts = {(origin.rpartition(":")[0] or origin).strip("[]") for origin in origins}
    return Audience(
        # Not sys.argv, which Bokeh changes while it runs an application.
        everyone=names_an_audience(sys.orig_argv, settings.address),
        proxies=settings.trusted_proxies,
        behind_proxy=xheaders or bool(settings.trusted_proxies),
        named_elsewhere=not hosts <= OWN,
    )

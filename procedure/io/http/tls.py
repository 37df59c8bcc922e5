"""One TLS context for each set of certificate authorities, shared by the process.

Reading the authorities takes several milliseconds and blocks the loop, so it is done once.
"""

from __future__ import annotations

import ssl
from functools import cache

import certifi


@cache
def shared_tls_context(authorities: str | None = None) -> ssl.SSLContext:
    """Return the shared context for a file of authorities, or for the system's own.

    Key exchange groups are left as OpenSSL offers them: a client that offers fewer than a
    browser would see failures that nobody else sees. For the same reason the strict checks that
    Python 3.13 adds are off: no browser makes them. `SocketConnection.start_tls` checks that a
    certificate names its host in a subjectAltName, so that the cause can be named.
    """
    context = ssl.create_default_context(cafile=authorities)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.set_alpn_protocols(["http/1.1"])
    if authorities is None and not context.cert_store_stats()["x509"]:
        context.load_verify_locations(certifi.where())
    return context

"""The client to use if Relais does not send requests to Alma's API.

This applies to notebooks, and to libraries whose system has no API that Relais uses.
"""

from typing import NoReturn

from procedure.errors import AlmaKeyRefused
from procedure.readiness.readiness import KeyState


class AlmaNotConfigured:
    """A client that refuses all requests."""

    reads = False
    writes = False
    key_state = KeyState.NONE

    async def look_up(self, *_: object, **__: object) -> NoReturn:
        raise AlmaKeyRefused("There is no key for Alma's API: set RELAIS_ALMA_KEY.")

    check_key = verify = lend = settle = scan_in = settle_scan = still_lent = look_up

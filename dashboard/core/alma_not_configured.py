"""The stand-in for Alma's client when none is configured."""

from typing import NoReturn

from procedure.errors import AlmaKeyRefused
from procedure.readiness.readiness import KeyState


class AlmaNotConfigured:
    """A client without a key: it sends no requests, and whatever needs Alma stays unchecked."""

    reads = False
    writes = False
    key_state = KeyState.NONE

    async def look_up(self, *_: object, **__: object) -> NoReturn:
        raise AlmaKeyRefused("There is no key for Alma's API: set RELAIS_ALMA_KEY.")

    check_key = verify = lend = settle = scan_in = settle_scan = still_lent = look_up

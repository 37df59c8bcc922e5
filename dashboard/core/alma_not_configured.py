"""What stands in the place of Alma's client where there is none."""

from typing import NoReturn

from procedure.errors import AlmaKeyRefused
from procedure.readiness.readiness import KeyState


class AlmaNotConfigured:
    """No key is set: nothing is asked, and what needs Alma stays unchecked."""

    reads = False
    writes = False
    key_state = KeyState.NONE

    async def look_up(self, *_: object, **__: object) -> NoReturn:
        raise AlmaKeyRefused("There is no key for Alma's API: set RELAIS_ALMA_KEY.")

    check_key = verify = lend = settle = scan_in = settle_scan = look_up

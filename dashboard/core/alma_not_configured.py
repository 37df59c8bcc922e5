"""What stands for `procedure.io.alma.service.AlmaService` where there is no key for Alma's API."""

from __future__ import annotations

from typing import NoReturn

from procedure.errors import AlmaKeyRefused


class AlmaNotConfigured:
    """No key is set: nothing is asked, and what needs Alma stays unchecked."""

    reads = False
    writes = False

    async def look_up(self, *_: object, **__: object) -> NoReturn:
        """Send nothing."""
        raise AlmaKeyRefused("There is no key for Alma's API: set RELAIS_ALMA_KEY.")

    check_key = verify = lend = settle = scan_in = settle_scan = look_up

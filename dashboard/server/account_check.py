"""Checks the operating-system account that the server runs under."""

import logging
import os
from functools import cache

_log = logging.getLogger(__name__)


@cache
def warn_of_root() -> None:
    """Log a warning, once, if the server runs as root."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        _log.warning(
            "Relais runs as root: give it an account of its own, so that a fault in it cannot "
            "affect the rest of this machine"
        )

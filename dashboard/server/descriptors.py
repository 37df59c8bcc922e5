"""The limit on open files and connections of this process."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Descriptors:
    """The limit on open descriptors; 0 where the system has none (Windows)."""

    limit: int = 0

    def are_short(self, newest: int) -> bool:
        """Return whether few descriptors are left, by the newest: the system gives the lowest."""
        spare = min(128, self.limit // 4)
        return 0 < self.limit - spare <= newest


def raise_descriptor_limit() -> Descriptors:
    """Raise the limit to the highest that this account may set, and return it."""
    if os.name == "nt" or sys.platform == "win32":
        return Descriptors()
    import resource  # noqa: PLC0415 (not on Windows)

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (OSError, ValueError) as refusal:  # macOS has a lower limit than it says
        _log.info("The limit of %d open files cannot be raised: %s", soft, refusal)
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return Descriptors(0 if soft == resource.RLIM_INFINITY else soft)

"""The interface to the current time and to ids for new entries."""

from datetime import datetime
from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """A clock: this machine's (`SystemClock`) or a test's."""

    def now(self) -> datetime:
        """Return the current instant in aware UTC."""
        ...

    def new_id(self) -> UUID:
        """Return an id for a new entry."""
        ...

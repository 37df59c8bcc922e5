"""The clock interface."""

from datetime import datetime
from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """Supplies the current time, and ids for new entries."""

    def now(self) -> datetime:
        """Return the current instant (aware, in UTC)."""
        ...

    def new_id(self) -> UUID: ...

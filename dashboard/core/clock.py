"""The interface to the time and to ids of new entries."""

from datetime import datetime
from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """The clock of this machine (`SystemClock`), or a test's clock."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        ...

    def new_id(self) -> UUID:
        """Return an id for a new entry."""
        ...

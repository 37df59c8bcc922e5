"""The time, and the ids of new entries, as the features of the dashboard ask for them."""

from datetime import datetime
from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """The clock of this machine (`SystemClock`), or one that a test moves."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        ...

    def new_id(self) -> UUID:
        """Return an id for a new entry."""
        ...

"""A signature under the way back: an entry of the journal.

See `procedure.reconciliation.sign_off`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SignedOff:
    """Somebody signs that every row is accounted for: by name, on these counts.

    `states` are the rows by state; `position` is how far the journal was read for it.
    """

    KIND: ClassVar[str] = "signed_off"

    id: UUID
    at: datetime
    operator: str
    states: tuple[tuple[str, int], ...]
    position: int
    workstation: str = ""

    @property
    def rows(self) -> int:
        """How many rows it was signed on."""
        return sum(count for _, count in self.states)

"""The receipt of a purge: an entry of the journal."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class IdentifiersPurged:
    """Identifiers were deleted, of loans settled before `until` (aware UTC).

    `loans` counts loans, `entries` all entries that lost identifiers in this transaction.
    `operator` is who asked for it, None for the server by itself.
    """

    KIND: ClassVar[str] = "identifiers_purged"

    id: UUID
    at: datetime
    until: datetime
    loans: int
    entries: int
    operator: str | None = None

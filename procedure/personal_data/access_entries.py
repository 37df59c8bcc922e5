"""Journal entries about access to patrons' identifiers, and about their deletion.

The entries themselves contain no identifiers.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import NAMESPACE_OID, UUID, uuid5

from procedure.journal import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifiersSeen(Act):
    """A page with patron identifiers was shown to a person in the hour that contains `at`."""

    KIND: ClassVar[str] = "identifiers_seen"

    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDownloaded(Act):
    """The download of a file with loans, or of the tables from `relais records export`.

    `file` is the name of the file. For tables, `file` also says how many rows are about people, and
    which identifiers the tables show.
    """

    KIND: ClassVar[str] = "file_downloaded"

    file: str


def identifiers_seen(
    at: datetime, place: str, workstation: str, operator: str | None
) -> IdentifiersSeen:
    """Return the entry for a person, a page and the hour that contains `at`.

    The id depends only on these three, so the journal records the entry only once. If `operator` is
    None, the workstation stands for the person.
    """
    hour = at.replace(minute=0, second=0, microsecond=0)
    named = "\n".join((operator or f"\n{workstation}", place, hour.isoformat()))
    return IdentifiersSeen(
        id=uuid5(NAMESPACE_OID, named),
        at=at,
        place=place,
        workstation=workstation,
        operator=operator,
    )


@dataclass(frozen=True, slots=True)
class IdentifiersPurged:
    """The identifiers of loans settled before `until` (aware UTC) were deleted.

    `entries` is the number of journal entries from which this transaction deleted identifiers, and
    `loans` is the number of loans among these entries. `operator` is the person who started the
    deletion, or None for the server itself.
    """

    KIND: ClassVar[str] = "identifiers_purged"

    id: UUID
    at: datetime
    until: datetime
    loans: int
    entries: int
    operator: str | None = None

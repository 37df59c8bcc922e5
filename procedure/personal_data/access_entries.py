"""Who saw identifiers, took them away or deleted them: entries, which hold none of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import NAMESPACE_OID, UUID, uuid5

from procedure.journal import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifiersSeen(Act):
    """A place of the page with identifiers was shown to somebody, in the hour of `at`."""

    KIND: ClassVar[str] = "identifiers_seen"

    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDownloaded(Act):
    """Somebody downloaded a file with loans, or took the tables of `relais records export`.

    `file` is its name; that of the tables says how many rows about people they have.
    """

    KIND: ClassVar[str] = "file_downloaded"

    file: str


def identifiers_seen(
    at: datetime, place: str, workstation: str, operator: str | None
) -> IdentifiersSeen:
    """Return the entry of a person, a place of the page and an hour, with the same id each time.

    So the journal keeps one, whichever process or window wrote it first. Without a name the
    workstation stands for the person.
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

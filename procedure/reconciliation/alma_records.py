"""Alma's answers about items, users and loans.

Each answer is recorded in the journal as it arrives, so an interrupted check can be resumed, and a
forecast can be repeated from the same answers.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

# Types of identifiers that are printed on cards as barcodes: edu-ID, network zone, institution.
BARCODE_TYPES = ("01", "02", "03")


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """A loan in Alma; `user` is the primary id, and times are aware UTC."""

    item: str
    user: str
    lent_at: datetime | None
    due: datetime | None
    loan_id: str = ""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """A copy in Alma; `process` is Alma's process type, or empty if the item is in place.

    `waits_for` lists the primary ids of the users for whom the copy is on the hold shelf.
    """

    barcode: str
    mms_id: str
    holding_id: str
    pid: str
    library: str = ""
    policy: str = ""
    process: str = ""
    loan: LoanFacts | None = None
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PatronFacts:
    """An account in Alma: primary id, identifiers as (type, value) pairs, blocks and expiry."""

    primary_id: str
    identifiers: tuple[tuple[str, str], ...] = ()
    blocks: tuple[str, ...] = ()
    expires: datetime | None = None

    def barcodes(self) -> tuple[str, ...]:
        """Return the identifiers to use in offline files: the barcodes, then the primary id."""
        barcodes = [value for kind, value in self.identifiers if kind in BARCODE_TYPES]
        return (*barcodes, self.primary_id)

    def known_as(self, identifier: str) -> bool:
        return identifier == self.primary_id or any(
            value == identifier for _, value in self.identifiers
        )


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """Alma's answer about a barcode: the item, or None with Alma's error code.

    `elsewhere` says whether another institution in the network zone has the item, or is None if the
    network zone was not queried.
    """

    KIND: ClassVar[str] = "item_seen"

    id: UUID
    at: datetime
    barcode: str
    item: ItemFacts | None
    code: str = ""
    elsewhere: bool | None = None


@dataclass(frozen=True, slots=True)
class PatronSeen:
    """Alma's answer about an identifier: the account, or None; see `ItemSeen`."""

    KIND: ClassVar[str] = "user_seen"

    id: UUID
    at: datetime
    identifier: str
    user: PatronFacts | None
    code: str = ""
    elsewhere: bool | None = None

"""What Alma says of items, users and loans, as far as the reconciliation needs it.

Each answer is recorded in the journal as it comes, so that a check goes on where it was stopped and
a prediction can be made again from the same facts.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

# Types of identifier that stand on a card as a barcode: edu-ID, network zone, institution.
BARCODE_TYPES = ("01", "02", "03")


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """A loan in Alma; `user` is the primary id, instants are aware UTC, None when missing."""

    item: str
    user: str
    lent_at: datetime | None
    due: datetime | None
    loan_id: str = ""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """A copy in Alma. `process` is empty for an item in its place, else Alma's process type.

    `waits_for` lists the primary ids of those for whom it stands on the hold shelf.
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
class UserFacts:
    """An account in Alma: its primary id, its identifiers as (type, value) pairs, its blocks."""

    primary_id: str
    identifiers: tuple[tuple[str, str], ...] = ()
    blocks: tuple[str, ...] = ()
    expires: datetime | None = None

    def barcodes(self) -> tuple[str, ...]:
        """Return what an offline file may call this user: barcodes, then the primary id."""
        barcodes = [value for kind, value in self.identifiers if kind in BARCODE_TYPES]
        return (*barcodes, self.primary_id)

    def known_as(self, identifier: str) -> bool:
        """Return whether any identifier of the account is this one."""
        return identifier == self.primary_id or any(
            value == identifier for _, value in self.identifiers
        )


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """What Alma answered about a barcode: the item, or None with Alma's code.

    `elsewhere` is true when another institution of the network zone has it, None when the network
    zone was not asked.
    """

    KIND: ClassVar[str] = "item_seen"

    id: UUID
    at: datetime
    barcode: str
    item: ItemFacts | None
    code: str = ""
    elsewhere: bool | None = None


@dataclass(frozen=True, slots=True)
class UserSeen:
    """What Alma answered about an identifier: the account, or None; see `ItemSeen`."""

    KIND: ClassVar[str] = "user_seen"

    id: UUID
    at: datetime
    identifier: str
    user: UserFacts | None
    code: str = ""
    elsewhere: bool | None = None

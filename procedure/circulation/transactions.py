"""Journal entries for loans and returns recorded while Alma is down.

Entries are never deleted, and are changed only to replace old identifiers with pseudonyms. That is
why a `Void` names the transaction that it voids, and an `Export` names the loans in a file.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from procedure.circulation.list_advice import ListAdvice
from procedure.circulation.offline_files.alma_layout import USUAL, Layout
from procedure.journal import Act
from procedure.opening_hours import OpeningHours


@dataclass(frozen=True, slots=True)
class CirculationDesk(OpeningHours):
    """A circulation desk, with its code in Alma, the name that staff use, and its site.

    `confirmed` is false until somebody has compared the code with Alma's configuration. `libraries`
    holds Alma's codes for the libraries whose items are lent at the desk. The desk's own library
    comes first. If the handbook does not name any libraries, `libraries` is empty.
    """

    code: str
    name: str
    site: str
    confirmed: bool = False
    libraries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan(Act):
    """The scan of an item at a desk; `at` is the instant of the loan or return.

    `item` is the barcode as scanned, with its leading zeros, letters and hyphens. `sequence` orders
    the scans made at one workstation. `skew_s` is the number of seconds by which the workstation's
    clock was behind the server's, or None if unknown. `made_at` is the time on the workstation's
    clock (UTC) if it differs from `at`, or else None.
    """

    desk: str
    item: str
    sequence: int = 0
    made_at: datetime | None = None
    skew_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan(Scan):
    """An item lent to a patron at a desk.

    - `patron`: the patron's identifier as scanned.
    - `late`: whether the loan was entered afterwards: from paper, to complete a pending loan, or to
      restore a voided loan.
    - `warning`: the key of the doubt shown when the item was scanned (`other_patron`,
      `item_too_long`, …), or None.
    - `overridden`: whether staff saw the warning and confirmed the loan.
    - `told`: the list warnings shown when the item was scanned.
    """

    KIND: ClassVar[str] = "loan"

    patron: str
    late: bool = False
    warning: str | None = None
    overridden: bool = False
    told: tuple[ListAdvice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Void(Act):
    """The voiding of the loan, return or pending loan with the id `loan`, and the reason."""

    KIND: ClassVar[str] = "void"

    loan: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(Scan):
    """The return of an item while Alma was down; the item was put on a cart.

    The return must not reach Alma before the item's earlier loans; see
    `procedure.reconciliation.carts`. In an offline file, a return is an R row. `cart` is the name
    or number of the cart, or empty if the desk has only one.
    """

    KIND: ClassVar[str] = "return"

    cart: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingLoan(Scan):
    """An item lent to a patron without a card: a loan that still lacks the patron's identifier.

    A pending loan is left out of all offline files. It is completed by a `Loan` with the id from
    `procedure.circulation.pending_loans.loan_id`, or voided by a `Void` that names it. A note tells
    staff who the patron is. The note must be deletable, so it is not in the journal: see
    `procedure.io.database.pending_loan_notes`.
    """

    KIND: ClassVar[str] = "waiting"

    warning: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Export(Act):
    """An offline file written for one desk, with the ids of the loans in it, in line order.

    `returns` holds the ids of the returns in its R rows; see `procedure.reconciliation.from_cart`.
    `format` is the key of the file format (`procedure.circulation.offline_files.known_formats`),
    and `layout` is the layout of Alma's file. These fields allow the same bytes (with the hash
    `sha256`) to be written again, even if loans have been voided since. `trial` marks a small first
    file, which is uploaded like any other.
    """

    KIND: ClassVar[str] = "export"

    desk: str
    loans: tuple[UUID, ...]
    name: str
    sha256: str
    layout: Layout = USUAL
    trial: bool = False
    returns: tuple[UUID, ...] = ()
    format: str = "alma"


Transaction = Loan | Return

"""Loans, returns and pending loans recorded while Alma is down, and the journal entries about them.

To correct is to append: a `Void` names the loan it takes back, and an `Export` names the loans that
went into a file. Nothing here is ever changed or deleted.
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
    """A desk as Alma knows it: its code in Alma, the name that staff use, and its site.

    `confirmed` is false until somebody has compared the code with Alma's own configuration.
    `libraries` are Alma's codes for the libraries whose items are lent there, the desk's own
    library first; it is empty if the handbook does not say.
    """

    code: str
    name: str
    site: str
    confirmed: bool = False
    libraries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan(Act):
    """The scan of an item at a desk; `at` is the instant of lending or returning.

    `item` is as scanned: leading zeros, letters and hyphens stay. `sequence` orders the scans of
    one workstation. `skew_s` is how many seconds the workstation's clock was behind the server's,
    or None if unknown; `made_at` is the time on that clock (UTC) if it differs from `at`.
    """

    desk: str
    item: str
    sequence: int = 0
    made_at: datetime | None = None
    skew_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan(Scan):
    """One item lent to one patron at one desk (C1).

    - `patron`: as scanned, like `item`.
    - `late`: entered afterwards from paper.
    - `warning`: the key of the doubt shown at the scan (`other_patron`, `item_too_long`, …), or
      None.
    - `overridden`: whether the person saw the warning and confirmed the loan.
    - `told`: the advice from the lists of accounts and items that the desk showed at the scan.
    """

    KIND: ClassVar[str] = "loan"

    patron: str
    late: bool = False
    warning: str | None = None
    overridden: bool = False
    told: tuple[ListAdvice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Void(Act):
    """A loan taken back, with the reason in the words of the person who did it."""

    KIND: ClassVar[str] = "void"

    loan: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(Scan):
    """An item given back while Alma was down and put on the cart: an R row of an offline file.

    It goes into Alma only after the desk's loans. `cart` is the name or number of its cart, and is
    empty if the desk has only one.
    """

    KIND: ClassVar[str] = "return"

    cart: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingLoan(Scan):
    """An item lent to a patron without a card: a loan that lacks its identifier.

    It is not a loan yet and goes into no file. A `Loan` with the id of
    `procedure.circulation.pending_loans.loan_id` completes it; a `Void` that names it takes it
    back. The note that tells staff who the patron was is stored apart from the journal, which
    deletes nothing: see `procedure.io.database.pending_loan_notes`.
    """

    KIND: ClassVar[str] = "waiting"

    warning: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Export(Act):
    """An offline file written for one desk: the loans in it, in the order of its lines.

    `returns` are the R rows in it, see `procedure.reconciliation.from_cart`. `format` is the key of
    the file format (`procedure.circulation.offline_files.known_formats`), `layout` the layout of
    Alma's file. From these and from `loans` and `returns`, the same bytes (`sha256`) can be written
    again, whatever has been voided since. `trial` marks a small first file; its loans are in Alma's
    hands like those in any other file.
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


# The part of a loan that a line of an offline file shows.
Transaction = Loan | Return

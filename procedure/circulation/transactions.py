"""Loans recorded while Alma is down, and what may be done with them.

Correcting is appending: a `Void` names the loan it takes back, an `Export` names the loans that
went into a file. Nothing here is ever changed or deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from procedure.circulation.offline_files.alma_layout import USUAL, Layout


@dataclass(frozen=True, slots=True)
class CirculationDesk:
    """A desk as Alma knows it: its code there, the name staff use, the site it stands in.

    `confirmed` is false until somebody has compared the code with Alma's own configuration.
    `libraries` are Alma's codes of the libraries whose items are lent there, the desk's own first;
    none when the handbook does not say.
    """

    code: str
    name: str
    site: str
    confirmed: bool = False
    libraries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loan:
    """One item lent to one user at one desk (C1).

    `at` is the aware UTC instant of lending; `late` marks one entered afterwards from paper.
    `patron` and `item` are strings as scanned: leading zeros, letters and hyphens stay.
    `sequence` orders the transactions of one workstation. `warning` is the key of a doubt that
    was shown when it was taken (`other_patron`, `item_too_long`, …), or None. `skew_s` is how many
    seconds the workstation's clock was known to be behind the server's, None when nothing was
    known; `made_at` is the time on that clock (UTC) where it differs from `at`.
    `overridden` means that the person saw the warning and confirmed the loan all the same.
    """

    KIND: ClassVar[str] = "loan"

    id: UUID
    at: datetime
    desk: str
    patron: str
    item: str
    workstation: str = ""
    operator: str | None = None
    late: bool = False
    sequence: int = 0
    warning: str | None = None
    made_at: datetime | None = None
    skew_s: float | None = None
    overridden: bool = False


@dataclass(frozen=True, slots=True)
class Void:
    """A loan taken back, with the reason in the words of the person who did it."""

    KIND: ClassVar[str] = "void"

    id: UUID
    at: datetime
    loan: UUID
    reason: str
    workstation: str = ""
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class Return:
    """An item given back while Alma was down and put on the cart: an R row of an offline file.

    `at` is the aware UTC instant of the return. It goes into Alma only after the desk's loans.
    `cart` names or numbers the cart that it is on, empty where the desk has but one. `made_at`
    and `skew_s` are as in `Loan`.
    """

    KIND: ClassVar[str] = "return"

    id: UUID
    at: datetime
    desk: str
    item: str
    workstation: str = ""
    operator: str | None = None
    sequence: int = 0
    cart: str = ""
    made_at: datetime | None = None
    skew_s: float | None = None


@dataclass(frozen=True, slots=True)
class PendingLoan:
    """An item lent to somebody whose card is not there: a loan that waits for its identifier.

    It is no loan yet, and goes into no file. A `Loan` with the id of
    `procedure.circulation.pending_loans.loan_id` completes it; a `Void` that names it takes it
    back. The note that tells staff who it was is stored apart from the journal, which forgets
    nothing: see `procedure.circulation.pending_loans.Notes`. `made_at` and `skew_s` are as in
    `Loan`.
    """

    KIND: ClassVar[str] = "waiting"

    id: UUID
    at: datetime
    desk: str
    item: str
    workstation: str = ""
    operator: str | None = None
    sequence: int = 0
    warning: str | None = None
    made_at: datetime | None = None
    skew_s: float | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """An offline file written for one desk: the loans in it, in the order of its lines.

    `returns` are the R rows in it, see `procedure.reconciliation.from_cart`. `format` is the key of
    the kind of file (`procedure.circulation.offline_files.formats`), `layout` that of Alma's.
    They, `loans` and `returns` write the same bytes again (`sha256`), whatever was voided since.
    `trial` marks a small first file; its loans are in Alma's hands like those of any other.
    """

    KIND: ClassVar[str] = "export"

    id: UUID
    at: datetime
    desk: str
    loans: tuple[UUID, ...]
    name: str
    sha256: str
    workstation: str = ""
    operator: str | None = None
    layout: Layout = USUAL
    trial: bool = False
    returns: tuple[UUID, ...] = ()
    format: str = "alma"


# What a line of an offline file tells.
Transaction = Loan | Return

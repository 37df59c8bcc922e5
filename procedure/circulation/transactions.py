"""Loans recorded while Alma is down, and what may be done with them.

Correcting is appending: a `Void` names the loan it takes back, an `Export` names the loans that
went into a file. Nothing here is ever changed or deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from procedure.circulation.offline_layout import USUAL, Layout
from procedure.errors import TransactionRefused

# No card and no barcode comes near this: a longer scan is a paragraph of something else.
LONGEST_SCAN = 255


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
    """A loan taken back, with the reason in the words of whoever did it."""

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

    `returns` are the R rows in it, see `procedure.reconciliation.from_cart`. `layout`, `loans` and
    `returns` write the same bytes again (`sha256`), whatever was voided since. `trial` marks a
    small first file; its loans are in Alma's hands like those of any other.
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


# What a line of an offline file tells.
Transaction = Loan | Return


def trimmed(scan: str) -> str:
    """Return what was scanned without the blanks and line ends that a scanner puts around it."""
    return scan.strip(" \t\r\n")


def checked(loan: Loan) -> Loan:
    """Return the loan as it can be recorded, its scans trimmed.

    What Alma's file cannot hold (too long, not ASCII) is recorded all the same, since somebody
    has carried the book away; `Loan.warning` says so and the export lists it.

    Raises:
        TransactionRefused: the desk, the identifier or the barcode is missing or no scan at all.
    """
    loan = replace(
        loan, desk=trimmed(loan.desk), patron=trimmed(loan.patron), item=trimmed(loan.item)
    )
    _refuse(loan, _NAMES)
    return loan if loan.warning else replace(loan, warning=offline_file_problem(loan, USUAL))


def checked_return(back: Return) -> Return:
    """Return the return as it can be recorded, its scan trimmed.

    Raises:
        TransactionRefused: the desk or the barcode is missing or no scan at all.
    """
    back = replace(back, desk=trimmed(back.desk), item=trimmed(back.item))
    _refuse(back, ("desk", "item"))
    return back


def checked_reason(reason: str) -> str:
    """Return the reason of a void, on one line.

    Raises:
        TransactionRefused: there is none, or no database can hold it.
    """
    line = " ".join(reason.split())
    if not line:
        raise TransactionRefused("reason_missing", "Say in a few words why the loan is voided.")
    if not is_storable(line):
        raise TransactionRefused("reason_unreadable", "The reason is unreadable: write it again.")
    return line


def is_storable(text: str) -> bool:
    """Return whether every database can hold the text: no NUL, no half of a surrogate pair."""
    return "\0" not in text and _encodes(text, "utf-8")


def _refuse(scanned: Loan | Return, fields: Iterable[str]) -> None:
    for field in fields:
        for key, wrong, sentence in _FAULTS:
            if wrong(getattr(scanned, field)):
                raise TransactionRefused(f"{field}_{key}", sentence.format(_NAMES[field]))


def offline_file_problem(loan: Loan, layout: Layout) -> str | None:
    """Return what keeps a loan out of the offline file (`item_too_long`, …), None when nothing."""
    limits = {"item": layout.item_width, "patron": layout.patron_width or layout.patron_limit}
    for field, limit in limits.items():
        value = getattr(loan, field)
        if not _encodes(value, layout.encoding):
            return f"{field}_not_{layout.encoding.replace('-', '')}"
        if len(value.encode(layout.encoding)) > limit:
            return f"{field}_too_long"
    return None


def _encodes(text: str, encoding: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


# Of what cannot be seen (line ends, tabulators, half of a surrogate pair), a barcode has nothing.
_FAULTS: tuple[tuple[str, Callable[[str], bool], str], ...] = (
    ("missing", lambda text: not text, "The {} is missing: scan it again."),
    (
        "unreadable",
        lambda text: not text.isprintable(),
        "The {} holds a character that cannot be seen: scan it again.",
    ),
    (
        "absurd",
        lambda text: len(text) > LONGEST_SCAN,
        "The {} is longer than 255 characters: scan it again.",
    ),
)
_NAMES: Mapping[str, str] = {
    "desk": "circulation desk",
    "patron": "user identifier",
    "item": "item barcode",
}

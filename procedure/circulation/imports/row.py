"""A transaction as read from a file, before its import is planned."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from procedure.circulation.list_advice import ListAdvice

Kind = Literal["loan", "return", "void", "waiting", "complete"]
# Never change this: a later version of Relais must compute the same fingerprints for the same file.
_SPACE = uuid5(NAMESPACE_URL, "https://relais.example/transaction")


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One line of a file; fields that the file lacks are empty.

    - `line`: the number of the line, from 1.
    - `at`: aware UTC; `stamp` is its local minute, `YYYYMMDDHHMM`.
    - `id`: the id assigned by the desk page, if any.
    - `loan`: in a void, the loan that is voided.
    - `patron`: in a void, the voided loan's patron if that loan had completed a pending loan. The
      item then gets a new pending loan, whose row has the same `loan` and `patron`.
    - `waiting`: in a completion, the pending loan that is completed.
    - `made_at`, `skew_s`: as in `Loan`.
    - `sheet`: the name of the sheet, if the workbook has several.
    - `is_cleaned`: whether `bare` has changed one of the codes.
    """

    line: int
    kind: Kind
    at: datetime
    stamp: str
    item: str = ""
    patron: str = ""
    desk: str = ""
    id: UUID | None = None
    workstation: str = ""
    sequence: int | None = None
    loan: UUID | None = None
    reason: str = ""
    made_at: datetime | None = None
    skew_s: float | None = None
    cart: str = ""
    overridden: bool = False
    list_warnings: tuple[ListAdvice, ...] = ()
    waiting: UUID | None = None
    note: str = field(default="", repr=False)
    sheet: str = ""
    is_cleaned: bool = False

    @property
    def content(self) -> tuple[str, str, str, str]:
        return (self.kind, self.stamp, self.item, self.patron)


@dataclass(frozen=True, slots=True)
class UnreadableLine:
    """A line that cannot be read; `reason` has no personal data. Line 0 means the whole file."""

    line: int
    reason: str
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class ImportSheet:
    """A file's good rows and its bad lines, both in file order.

    `unread` names the sheets of a workbook that are not tables of loans.
    """

    rows: tuple[ImportRow, ...]
    bad: tuple[UnreadableLine, ...]
    unread: tuple[str, ...] = ()

    @property
    def cleaned(self) -> int:
        return sum(row.is_cleaned for row in self.rows)


def fingerprint(content: tuple[str, str, str, str], occurrence: int) -> UUID:
    """Return the id of the n-th record with this content; it is the same in each copy of a file."""
    return uuid5(_SPACE, "\x1f".join((*content, str(occurrence))))


def is_fingerprint(entry: UUID) -> bool:
    """Return whether an id was computed by `fingerprint` rather than generated at scan time."""
    return entry.version == 5

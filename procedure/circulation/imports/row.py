"""A transaction as a file gives it, before anything has been decided about it."""

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
    """A loan, return or void on one line; fields that the file lacks are empty.

    - `line`: counts from 1.
    - `at`: aware UTC; `shown` is the local minute as in the file, `YYYYMMDDHHMM`.
    - `id`: the id given by the desk page.
    - `loan`: the loan that a void takes back, or the pending loan that a loan completes.
    - `patron`: for the void of a completion, the patron of the completed loan. A loan that is
      pending again names the same `loan` and `patron`.
    - `made_at`, `skew_s`: as in `Loan`.
    - `sheet`: the sheet, if a workbook has several.
    - `is_cleaned`: whether `bare` has changed one of the codes.
    """

    line: int
    kind: Kind
    at: datetime
    shown: str
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
        """The content that two records of the same transaction share."""
        return (self.kind, self.shown, self.item, self.patron)


@dataclass(frozen=True, slots=True)
class UnreadableLine:
    """A line that cannot be read, and the reason, which names nobody. Line 0 is the whole file."""

    line: int
    reason: str
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class ImportSheet:
    """A file's good rows and its bad lines, each in the file's order.

    `unread` names the sheets of a workbook that are not tables of loans.
    """

    rows: tuple[ImportRow, ...]
    bad: tuple[UnreadableLine, ...]
    unread: tuple[str, ...] = ()

    @property
    def cleaned(self) -> int:
        """The number of rows with a code that `bare` has changed."""
        return sum(row.is_cleaned for row in self.rows)


def fingerprint(content: tuple[str, str, str, str], occurrence: int) -> UUID:
    """Return the id of the n-th record with this content, the same in every copy of the file."""
    return uuid5(_SPACE, "\x1f".join((*content, str(occurrence))))


def is_fingerprint(entry: UUID) -> bool:
    """Return whether an id was computed from a file's content instead of generated at the scan."""
    return entry.version == 5

"""One transaction as a file gives it, before anything is decided about it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from procedure.circulation.list_advice import ListAdvice

Kind = Literal["loan", "return", "void", "waiting", "complete"]
# A later Relais must find the same fingerprints in the same file: never change it.
_SPACE = uuid5(NAMESPACE_URL, "https://relais.example/transaction")


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A loan, a return or a void on one line; what a file does not say is empty.

    `line` counts from 1. `at` is aware UTC; `shown` is the local minute as the file shows it,
    `YYYYMMDDHHMM`. `id` is the one that the desk page gave it. A void names its `loan`, what
    completes a waiting loan names that. Where a completion is taken back, the void names whose it
    was as `patron`, and what waits again names that `loan` and `patron`. `made_at` and `skew_s`
    are as in `Loan`. `sheet` names the sheet of a workbook that has several. `is_cleaned` says that
    `bare` has changed one of its codes.
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
    told: tuple[ListAdvice, ...] = ()
    waiting: UUID | None = None
    note: str = field(default="", repr=False)
    sheet: str = ""
    is_cleaned: bool = False

    @property
    def content(self) -> tuple[str, str, str, str]:
        """What two records of one transaction have in common."""
        return (self.kind, self.shown, self.item, self.patron)


@dataclass(frozen=True, slots=True)
class UnreadableLine:
    """A line that is no transaction, and why; the reason names nobody. Line 0 is the whole file."""

    line: int
    reason: str
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class ImportSheet:
    """A file's good rows and its bad lines, each in the file's order.

    `unread` names the sheets of a workbook that are no tables of loans.
    """

    rows: tuple[ImportRow, ...]
    bad: tuple[UnreadableLine, ...]
    unread: tuple[str, ...] = ()

    @property
    def cleaned(self) -> int:
        """The number of rows with a code that `bare` has changed."""
        return sum(row.is_cleaned for row in self.rows)


def fingerprint(content: tuple[str, str, str, str], occurrence: int) -> UUID:
    """Return the id of the n-th record of this content: the same in every copy of the file."""
    return uuid5(_SPACE, "\x1f".join((*content, str(occurrence))))


def is_fingerprint(entry: UUID) -> bool:
    """Return whether an id was made from what a file shows, not at the scan itself."""
    return entry.version == 5

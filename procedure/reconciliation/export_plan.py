"""The plan for an export of loans to an offline file, and the result of the export."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from procedure.circulation.offline_files.known_formats import layout_of
from procedure.circulation.offline_files.offline_format import (
    OfflineFormat,
    RenderedFile,
    UnwritableRow,
)
from procedure.circulation.settlements import ManualHandling
from procedure.circulation.transactions import Export, Loan, Return
from procedure.journal import Entry
from procedure.local_time import local

# The note on a loan from a cart, if the export leaves the loan out for staff to enter by hand.
LENT_FROM_CART = "lent_from_cart"


@dataclass(frozen=True, slots=True)
class ToCheck:
    """A loan (as corrected) kept out of files until staff resolve a doubt about it (`reason`)."""

    loan: Loan
    reason: str


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """The planned contents of an export for a desk, as of the journal position `position`.

    `from_cart` holds the loans that were made from a cart before the item's return reached Alma. If
    staff choose to enter these loans by hand, `handed_on` holds them too, and the file does not.
    `to_check` holds the loans left out because of a doubt. `trial` is true for a small file that is
    uploaded first, as a test.
    """

    desk: str
    rendered: RenderedFile
    file_format: OfflineFormat
    position: int
    trial: bool = False
    from_cart: tuple[Loan, ...] = ()
    handed_on: tuple[Loan, ...] = ()
    to_check: tuple[ToCheck, ...] = ()

    @property
    def returns(self) -> tuple[Return, ...]:
        """The returns in the file, as R rows."""
        return self.rendered.returns

    @property
    def loans(self) -> tuple[Loan, ...]:
        """The loans in the file, in line order."""
        return self.rendered.written

    @property
    def unwritable(self) -> tuple[UnwritableRow, ...]:
        """The loans that cannot be written to the file."""
        return self.rendered.unwritable

    def name(self, export: UUID) -> str:
        """Return the file's name."""
        first, last = (f"{local(self.loans[end].at):%Y%m%dT%H%M}" for end in (0, -1))
        desk = "".join(char if char.isalnum() and char.isascii() else "-" for char in self.desk)
        return (
            f"{desk}_{first}_{last}_{len(self.loans)}_{str(export)[-8:]}{self.file_format.suffix}"
        )

    def export(
        self, export: UUID, at: datetime, workstation: str = "", operator: str | None = None
    ) -> Export:
        """Return the entry that records the export; `at` is the current time (aware)."""
        return Export(
            id=export,
            at=at,
            desk=self.desk,
            loans=tuple(loan.id for loan in self.loans),
            name=self.name(export),
            sha256=sha256(self.rendered.content).hexdigest(),
            workstation=workstation,
            operator=operator,
            layout=layout_of(self.file_format),
            trial=self.trial,
            returns=tuple(returned.id for returned in self.returns),
            format=self.file_format.key,
        )

    def done(
        self,
        new_id: Callable[[], UUID],
        at: datetime,
        workstation: str = "",
        operator: str | None = None,
    ) -> "ExportedFile":
        """Return the export's result; `at` is the current time (aware)."""
        export = self.export(new_id(), at, workstation, operator) if self.loans else None
        handed_on = [
            ManualHandling(
                id=new_id(),
                at=at,
                workstation=workstation,
                operator=operator,
                loan=loan.id,
                note=LENT_FROM_CART,
            )
            for loan in self.handed_on
        ]
        return ExportedFile(self, export, tuple(handed_on))


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """The result of an export; `export` is None if there was no loan to write to a file."""

    plan: ExportPlan
    export: Export | None
    handed_on: tuple[ManualHandling, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries to record in one transaction."""
        return self.handed_on if self.export is None else (self.export, *self.handed_on)

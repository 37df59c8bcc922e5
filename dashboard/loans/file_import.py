"""Imports files that people drop on a page: inspects their transactions, then records them."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import param

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.state import needs
from dashboard.core.visitor import Permission
from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.imports.file import read_file
from procedure.circulation.imports.plan import (
    ImportPlan,
    import_sheet,
    needs_desk,
    plan_import,
)
from procedure.circulation.imports.row import ImportSheet, UnreadableLine
from procedure.circulation.transactions import Loan, PendingLoan, Return, Void

_NAMES = {Loan: "loan", Return: "return", PendingLoan: "waiting", Void: "void"}


def acts(sheet: ImportSheet) -> set[Permission]:
    """Return the permissions required to import a file.

    A desk page writes an id and a workstation on every line, which is how its files are recognised.
    """
    if not all(row.id is not None and row.workstation for row in sheet.rows):
        return {Permission.COORDINATE}
    return {Permission.LEND, *(Permission.VOID for row in sheet.rows if row.kind == "void")}


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A dropped file, and the entries that its import would record or, once `taken`, has recorded.

    `desk` is used for rows that do not name a desk.
    """

    name: str
    sheet: ImportSheet
    desk: str
    plan: ImportPlan
    taken: bool = False

    @property
    def needs_desk(self) -> bool:
        return not self.desk and any(map(needs_desk, self.sheet.rows))

    @property
    def ready(self) -> bool:
        return bool(self.sheet.rows) and not self.needs_desk

    @property
    def desks(self) -> tuple[str, ...]:
        """The desks that the file's rows name; empty if a row should name one and does not."""
        if any(map(needs_desk, self.sheet.rows)):
            return ()
        return tuple(dict.fromkeys(row.desk for row in self.sheet.rows if row.desk))

    @property
    def workstations(self) -> tuple[str, ...]:
        """The workstations that the file's rows name; nobody has verified them."""
        return tuple(dict.fromkeys(row.workstation for row in self.sheet.rows if row.workstation))

    @property
    def new(self) -> Counter[str]:
        return Counter(_NAMES[type(entry)] for entry in self.plan.entries)


class FileImport(param.Parameterized):
    """The dropped files, which are inspected before anything is recorded.

    `taken` is called after each import. Anybody at a desk may import a file saved by a desk page;
    other files require a coordinator.
    """

    context = needs(AppContext)
    session = needs(Session)
    files = param.ClassSelector(
        class_=tuple,
        default=tuple[ImportedFile, ...](),
        doc="An `ImportedFile` for each dropped file.",
    )

    def __init__(
        self,
        *,
        context: AppContext,
        session: Session,
        person: Callable[[], str] = str,
        taken: Callable[[], object] = tuple,
    ) -> None:
        super().__init__(context=context, session=session)
        self._person, self._on_taken = person, taken

    def look(self, dropped: Sequence[tuple[str, bytes]]) -> None:
        """Inspect dropped files.

        Raises:
            NotAllowed: the person may not import one of the files.
        """
        sheets = [(name, read_file(content, name)) for name, content in dropped]
        self._allow(sheet for _, sheet in sheets)
        alone = self.session.desk if len(dropped) == 1 else ""
        self.files = tuple(
            self._arrival(name, sheet, self._named(name) or alone) for name, sheet in sheets
        )

    def assign(self, number: int, desk: str) -> None:
        if 0 <= number < len(self.files) and desk in {"", *self.context.handbook.current.desks}:
            files = list(self.files)
            files[number] = self._arrival(files[number].name, files[number].sheet, desk)
            self.files = tuple(files)

    def take(self) -> None:
        """Record the good lines of every file whose desk is known.

        Raises:
            JournalUnwritable: recording failed; entries recorded before the failure are kept.
            NotAllowed: the person may not import one of the files; nothing was recorded.
        """
        self._allow(file.sheet for file in self.files)
        self.files = tuple(self._taken(file) for file in self.files)
        self._on_taken()

    def drop(self) -> None:
        self.files = ()

    def _allow(self, sheets: Iterable[ImportSheet]) -> None:
        for act in {act for sheet in sheets for act in acts(sheet)}:
            self.session.person.require(act)

    def _named(self, name: str) -> str:
        """Return the only desk whose code is in the file's name, or an empty string."""
        words = set(re.split(r"[^\w]|_", name.casefold()))
        codes = [code for code in self.context.handbook.current.desks if code.casefold() in words]
        return codes[0] if len(codes) == 1 else ""

    def _taken(self, file: ImportedFile) -> ImportedFile:
        if file.taken or not file.ready:
            return file
        context = self.context
        plan, _ = import_sheet(
            context.store.journal,
            self._known(),
            file.sheet,
            desk=file.desk,
            now=context.clock.now(),
            outage=self.context.folds.outages.newest_period(),
            operator=self._person() or None,
            rules=context.handbook.current.scans,
            lists=context.handbook.current.lists,
            write_note=context.store.notes.write,
            keep_good=True,
        )
        return replace(file, plan=plan, taken=True)

    def _arrival(self, name: str, sheet: ImportSheet, desk: str) -> ImportedFile:
        now, outage = self.context.clock.now(), self.context.folds.outages.newest_period()
        plan = plan_import(
            self._known(),
            sheet,
            desk=desk,
            now=now,
            outage=outage,
            rules=self.context.handbook.current.scans,
            lists=self.context.handbook.current.lists,
        )
        if desk:
            return ImportedFile(name, sheet, desk, plan)
        # Until the desk is chosen, do not report rows without a desk as bad lines.
        waits = {(row.sheet, row.line) for row in sheet.rows if needs_desk(row)}
        bad: tuple[UnreadableLine, ...] = tuple(
            line for line in plan.bad if (line.sheet, line.line) not in waits
        )
        return ImportedFile(name, sheet, desk, replace(plan, bad=bad))

    def _known(self) -> CirculationLog:
        self.context.folds.update()
        return self.context.folds.loan_log

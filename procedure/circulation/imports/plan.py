"""Import planning: deciding which rows of a file are new and which are already in the log.

A row is known if the log has its id. The n-th row with the same content (kind, local minute, item,
patron) is also known if the log has at least n records with that content, from any desk or
workstation. Rows from the desk page with different ids are different scans, however similar they
are. With these rules, nothing is duplicated in any of these cases:

- A file is imported twice.
- Yesterday's file comes back with today's rows appended.
- Two workstations send the same row.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from procedure.circulation.circulation_log import KINDS as LOG_KINDS, CirculationLog
from procedure.circulation.double_scans import without_double_scans
from procedure.circulation.imports.conflicts import Conflict, OutagePeriod, conflicts
from procedure.circulation.imports.import_planner import Entered, ImportPlanner
from procedure.circulation.imports.row import ImportRow, ImportSheet, UnreadableLine
from procedure.circulation.list_advice import USUAL, ListRules
from procedure.circulation.scan_rules import ScanRules
from procedure.circulation.transactions import Loan, Return, Void
from procedure.errors import JournalMoved, TransactionRefused
from procedure.journal import Journal
from procedure.local_time import local

_OUTSIDE = "has a time outside the years of the outage"
# The kinds of entry that determine whether a row is new.
KINDS = ("loan", "return", "void", "waiting")


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """The plan for importing a file.

    - `entries`: the new transactions.
    - `known`: the number of rows that are already in the log.
    - `bad`: the lines that cannot be read.
    - `rows`: the rows, keyed by the id of their entry.
    - `position`: the journal position up to which the log has been read.
    - `notes`: the notes of the new pending loans.
    """

    entries: tuple[Entered, ...]
    known: int
    bad: tuple[UnreadableLine, ...]
    conflicts: tuple[Conflict, ...]
    rows: Mapping[UUID, ImportRow]
    position: int
    notes: Mapping[UUID, str] = field(default_factory=dict[UUID, str], repr=False)

    @property
    def doubts(self) -> tuple[tuple[ImportRow, str], ...]:
        """The rows of the new loans that staff should check, with the doubts (`Loan.warning`)."""
        return tuple(
            (self.rows[entry.id], entry.warning)
            for entry in self.entries
            if isinstance(entry, Loan) and entry.warning and not entry.overridden
        )


def at_a_desk(sheet: ImportSheet, desk: str) -> ImportSheet:
    """Return the sheet; if `desk` is empty, move the rows that lack a required desk to `bad`."""
    if desk:
        return sheet
    reason = "names no desk: give the desk where it was recorded"
    lost = [UnreadableLine(row.line, reason, row.sheet) for row in sheet.rows if needs_desk(row)]
    kept = tuple(row for row in sheet.rows if not needs_desk(row))
    return replace(sheet, rows=kept, bad=(*sheet.bad, *lost))


def needs_desk(row: ImportRow) -> bool:
    return not row.desk and row.kind in ("loan", "return", "waiting")


def plan_import(
    known: CirculationLog,
    sheet: ImportSheet,
    *,
    desk: str,
    now: datetime,
    outage: OutagePeriod | None = None,
    operator: str | None = None,
    rules: ScanRules | None = None,
    lists: ListRules = USUAL,
) -> ImportPlan:
    """Plan the import of a file.

    - `desk`: the desk for rows that name no desk.
    - `rules`: the rules by which the scans are judged.
    - `lists`: the rules that say which list warnings to keep, and which of them raise a question.

    A row whose id belongs to another transaction is not imported. The plan's conflicts begin with
    one conflict for each such row. The others are all conflicts in the log that involve a row from
    this file.
    """
    draft = ImportPlanner(known, desk, operator, rules, lists)
    bad = list(sheet.bad)
    accepted = 0
    years = _years(now, outage)
    for row in sheet.rows:
        if row.id is not None and local(row.at).year not in years:
            bad.append(UnreadableLine(row.line, _OUTSIDE, row.sheet))
            continue
        try:
            draft.add(row)
        except TransactionRefused as refused:
            bad.append(UnreadableLine(row.line, str(refused), row.sheet))
        else:
            accepted += 1
    bad.sort(key=lambda line: (line.sheet, line.line))
    return ImportPlan(
        tuple(draft.entries),
        accepted - len(draft.entries) - len(draft.others),
        tuple(bad),
        (*draft.others, *_conflicts(draft, now, outage)),
        draft.rows,
        known.position,
        draft.notes,
    )


def _years(now: datetime, outage: OutagePeriod | None) -> range:
    """Return the plausible years for a loan."""
    begun = outage.start if outage else now - timedelta(days=31)
    return range(local(begun).year, local(now).year + 1)


def _conflicts(
    draft: ImportPlanner, now: datetime, outage: OutagePeriod | None
) -> tuple[Conflict, ...]:
    fresh = draft.entries
    voided = {entry.loan for entry in fresh if isinstance(entry, Void)}
    voided |= {entry.id for entry in fresh if draft.known.void_of(entry.id) is not None}
    entries = _touched((*draft.known.loans(), *draft.known.returns(), *fresh), draft.rows)
    returns = [entry for entry in entries if isinstance(entry, Return) and entry.id not in voided]
    loans = [entry for entry in entries if isinstance(entry, Loan) and entry.id not in voided]
    return conflicts(
        without_double_scans(loans, returns), returns, now=now, outage=outage, among=draft.rows
    )


def _touched(entries: Sequence[Entered], rows: Collection[UUID]) -> list[Loan | Return]:
    """Return the loans and returns that may conflict with these rows.

    A transaction may conflict with a row if it has the row's item or patron, or an item lent to
    the row's patron.
    """
    own = [entry for entry in entries if entry.id in rows]
    patrons = {entry.patron for entry in own if isinstance(entry, Loan)}
    loans = [entry for entry in entries if isinstance(entry, Loan)]
    items = {entry.item for entry in own if isinstance(entry, Loan | Return)}
    items |= {loan.item for loan in loans if loan.patron in patrons}
    return [
        entry
        for entry in entries
        if isinstance(entry, Loan | Return)
        and (entry.item in items or (isinstance(entry, Loan) and entry.patron in patrons))
    ]


def import_sheet(
    journal: Journal,
    known: CirculationLog,
    sheet: ImportSheet,
    *,
    desk: str,
    now: datetime,
    outage: OutagePeriod | None = None,
    operator: str | None = None,
    rules: ScanRules | None = None,
    lists: ListRules = USUAL,
    write_note: Callable[[UUID, str], Future[None]] | None = None,
    keep_good: bool = False,
) -> tuple[ImportPlan, bool]:
    """Record the new rows of a file in one database transaction.

    Return the plan, and whether the file was accepted. A file with bad lines is accepted only if
    `keep_good` is true. `write_note` stores the note of a pending loan; it is called before the
    loans are recorded.

    Raises:
        JournalUnwritable: nothing was recorded.
    """
    while True:
        known.extend(journal.since(known.position, kinds=LOG_KINDS))
        plan = plan_import(
            known,
            sheet,
            desk=desk,
            now=now,
            outage=outage,
            operator=operator,
            rules=rules,
            lists=lists,
        )
        if plan.bad and not keep_good:
            return plan, False
        if write_note is not None:
            for pending, note in plan.notes.items():
                write_note(pending, note).result()
        try:
            journal.append(*plan.entries, unless_newer=(KINDS, plan.position))
        except JournalMoved:
            continue
        # An export or a correction may have been recorded just before our entries.
        known.extend(journal.since(known.position, kinds=LOG_KINDS))
        return plan, True

"""From a file's rows to entries of the journal: what is new, what the log has already.

A row is known when the log has its id, or has as many records of the same content (kind, local
minute, item, user) as the file has had up to here, whichever desk or PC made them; but two that
have ids of their own, made at the scan, are two scans, however alike. So a file taken
twice, yesterday's file with today's rows at its end, and one row from two PCs double nothing.
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
# The kinds of entry that decide what is new in a file.
KINDS = ("loan", "return", "void", "waiting")


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What importing a file would do.

    `entries` are the new transactions, `known` counts the rows that the log has already, `bad`
    lists the lines that are none. `rows` has each row by the id it goes under.
    `position` is how far the journal was read. `notes` are those of the new loans that wait.
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
        """The row and the doubt (`Loan.warning`) of each new loan that somebody should check."""
        return tuple(
            (self.rows[entry.id], entry.warning)
            for entry in self.entries
            if isinstance(entry, Loan) and entry.warning and not entry.overridden
        )


def at_a_desk(sheet: ImportSheet, desk: str) -> ImportSheet:
    """Return the rows that say where they were made, or all of them when `desk` does."""
    if desk:
        return sheet
    reason = "names no desk: say at which desk it was made"
    lost = [UnreadableLine(row.line, reason, row.sheet) for row in sheet.rows if needs_desk(row)]
    kept = tuple(row for row in sheet.rows if not needs_desk(row))
    return replace(sheet, rows=kept, bad=(*sheet.bad, *lost))


def needs_desk(row: ImportRow) -> bool:
    """Return whether a row does not say where it was made, though it must."""
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
    """Decide what a file would add to the log.

    `desk` is where its rows were made, for those that do not say so themselves; `rules` say what
    is doubtful about a scan, `lists` which of the doubts that a list has had are questions.
    Conflicts are the rows whose id another transaction has, which are not taken, then those of the
    whole log that touch a row of this file.
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
    """Return the years in which a workstation can have lent; any other is a wrong clock's."""
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
    """Return the entries with an item or a patron of these: a long log has few of them."""
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
    """Record what is new in a file, all of it in one transaction; return whether it was taken.

    A file with bad lines is left as it is unless `keep_good`. `write_note` keeps the notes of its
    waiting loans, on the disk before these are.

    Raises:
        JournalUnwritable: nothing of it was recorded.
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
            for waiting, note in plan.notes.items():
                write_note(waiting, note).result()
        try:
            journal.append(*plan.entries, unless_newer=(KINDS, plan.position))
        except JournalMoved:
            continue
        # Not what was appended alone: an export or a correction may stand before it.
        known.extend(journal.since(known.position, kinds=LOG_KINDS))
        return plan, True

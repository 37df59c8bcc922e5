"""From a file's rows to entries of the journal: what is new, what the log has already.

A row is known when the log has its id, or has as many records of the same content (kind, local
minute, item, user) as the file has had up to here, whichever desk or PC made them; but two that
have ids of their own, made at the scan, are two scans, however alike. So a file taken
twice, yesterday's file with today's rows at its end, and one row from two PCs double nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from procedure.cards import scan_doubt
from procedure.circulation import Loan, Return, Void, checked, checked_reason, checked_return
from procedure.conflicts import Conflict, Outage, conflicts
from procedure.errors import JournalMoved, TransactionRefused
from procedure.journal import Journal, Recorded
from procedure.offline_layout import STAMP
from procedure.sources.row import BadLine, Row, Sheet, fingerprint, is_fingerprint
from procedure.wall_clock import local

KINDS = ("loan", "return", "void")
Transaction = Loan | Return | Void
_Content = tuple[str, str, str, str]


class Known:
    """The fold of the transactions in the journal; `extend` takes what is new."""

    def __init__(self, recorded: Iterable[Recorded] = ()) -> None:
        self.position = 0
        self.loans: dict[UUID, Loan] = {}
        self.returns: dict[UUID, Return] = {}
        self.voids: dict[UUID, UUID] = {}
        self.records: dict[_Content, list[UUID]] = {}
        self._minutes: dict[datetime, str] = {}
        self.extend(recorded)

    def extend(self, recorded: Iterable[Recorded]) -> None:
        """Fold what the journal has committed since; entries of other kinds are passed over."""
        for one in recorded:
            self.position = max(self.position, one.position)
            if isinstance(one.entry, Loan | Return | Void):
                self.add(one.entry)

    def add(self, entry: Transaction) -> None:
        """Fold one transaction; one that was folded already changes nothing."""
        match entry:
            case Void():
                self.voids[entry.id] = entry.loan
            case Loan() if entry.id not in self.loans:
                self.loans[entry.id] = entry
                self._count("loan", entry, entry.patron)
            case Return() if entry.id not in self.returns:
                self.returns[entry.id] = entry
                self._count("return", entry, "")
            case _:
                pass

    def has(self, entry: UUID) -> bool:
        """Tell whether a transaction with this id was folded."""
        return entry in self.loans or entry in self.returns or entry in self.voids

    def standing(self) -> list[Loan]:
        """Return the loans that no void takes back."""
        voided = set(self.voids.values())
        return [loan for loan in self.loans.values() if loan.id not in voided]

    def _count(self, kind: str, entry: Loan | Return, patron: str) -> None:
        minute = entry.at.replace(second=0, microsecond=0)
        shown = self._minutes.get(minute)
        if shown is None:
            shown = self._minutes[minute] = local(minute).strftime(STAMP)
        self.records.setdefault((kind, shown, entry.item, patron), []).append(entry.id)


@dataclass(frozen=True, slots=True)
class Import:
    """What taking a file in would do.

    `entries` are the new transactions, `known` counts the rows that the log has already, `bad`
    lists the lines that are none. `lines` gives the line of each row by the id it goes under.
    `position` is how far the journal was read.
    """

    entries: tuple[Transaction, ...]
    known: int
    bad: tuple[BadLine, ...]
    conflicts: tuple[Conflict, ...]
    lines: dict[UUID, int]
    position: int


@dataclass(slots=True)
class _Draft:
    known: Known
    desk: str
    operator: str | None
    seen: Counter[_Content] = field(default_factory=Counter[_Content])
    stands_for: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    entries: list[Transaction] = field(default_factory=list[Transaction])
    lines: dict[UUID, int] = field(default_factory=dict[UUID, int])
    fresh: set[UUID] = field(default_factory=set[UUID])

    def take(self, row: Row) -> None:
        """Enter a row as new, or find the record that it repeats.

        Raises:
            TransactionRefused: it cannot be recorded; the message says why.
        """
        if row.kind == "void":
            self._take_back(row)
            return
        self.seen[row.content] += 1
        entry_id = self._known_as(row) or row.id or fingerprint(row.content, self.seen[row.content])
        if row.id is not None:
            self.stands_for[row.id] = entry_id
        if not self.known.has(entry_id) and entry_id not in self.fresh:
            self._enter(self._transaction(row, entry_id))
        self.lines.setdefault(entry_id, row.line)

    def _known_as(self, row: Row) -> UUID | None:
        if row.id is not None and self.known.has(row.id):
            return row.id
        records = self.known.records.get(row.content, [])
        place = self.seen[row.content] - 1
        record = records[place] if place < len(records) else None
        if row.id is not None and record is not None and not is_fingerprint(record):
            return None  # each has an id of its own: two scans, however alike
        return record

    def _take_back(self, row: Row) -> None:
        assert row.loan is not None
        loan = self.stands_for.get(row.loan, row.loan)
        if loan not in self.known.loans and loan not in self.fresh:
            raise TransactionRefused("loan_unknown", "takes back a loan that is not known here")
        # The void's own id stays free for the loan that it names, should that one come too.
        own = row.id if loan == row.loan else None
        void = own or fingerprint(("void", row.shown, str(loan), ""), 1)
        if not self.known.has(void) and void not in self.fresh:
            reason = checked_reason(row.reason)
            self._enter(Void(void, row.at, loan, reason, row.workstation, self.operator))
        self.lines.setdefault(void, row.line)

    def _transaction(self, row: Row, entry_id: UUID) -> Loan | Return:
        desk = row.desk or self.desk
        sequence = row.line if row.sequence is None else row.sequence
        if row.kind == "return":
            back = Return(
                entry_id, row.at, desk, row.item, row.workstation, self.operator, sequence
            )
            return checked_return(back)
        return checked(
            Loan(
                *(entry_id, row.at, desk, row.patron, row.item, row.workstation, self.operator),
                sequence=sequence,
                warning=scan_doubt(row.patron, row.item),
            )
        )

    def _enter(self, entry: Transaction) -> None:
        self.fresh.add(entry.id)
        self.entries.append(entry)


def plan_import(
    known: Known,
    sheet: Sheet,
    *,
    desk: str,
    now: datetime,
    outage: Outage | None = None,
    operator: str | None = None,
) -> Import:
    """Decide what a file would add to the log.

    `desk` is where its rows were made, for those that do not say so themselves. Conflicts are
    those of the whole log that touch a row of this file.
    """
    draft = _Draft(known, desk, operator)
    bad = list(sheet.bad)
    taken = 0
    for row in sheet.rows:
        try:
            draft.take(row)
        except TransactionRefused as refused:
            bad.append(BadLine(row.line, str(refused)))
        else:
            taken += 1
    bad.sort(key=lambda one: one.line)
    return Import(
        tuple(draft.entries),
        taken - len(draft.entries),
        tuple(bad),
        _conflicts(draft, now, outage),
        draft.lines,
        known.position,
    )


def _conflicts(draft: _Draft, now: datetime, outage: Outage | None) -> tuple[Conflict, ...]:
    voided = {one.loan for one in draft.entries if isinstance(one, Void)}
    loans = [*draft.known.standing(), *(one for one in draft.entries if isinstance(one, Loan))]
    returns = [one for one in draft.entries if isinstance(one, Return)]
    return conflicts(
        [loan for loan in loans if loan.id not in voided],
        [*draft.known.returns.values(), *returns],
        now=now,
        outage=outage,
        among=draft.lines,
    )


def take_in(
    journal: Journal,
    known: Known,
    sheet: Sheet,
    *,
    desk: str,
    now: datetime,
    outage: Outage | None = None,
    operator: str | None = None,
    keep_good: bool = False,
) -> tuple[Import, bool]:
    """Record what is new in a file, all of it in one transaction; tell whether it was taken.

    A file with bad lines is left as it is unless `keep_good`.

    Raises:
        JournalUnwritable: nothing of it was recorded.
    """
    while True:
        known.extend(journal.since(known.position, kinds=KINDS))
        plan = plan_import(known, sheet, desk=desk, now=now, outage=outage, operator=operator)
        if plan.bad and not keep_good:
            return plan, False
        try:
            kept = journal.append(*plan.entries, unless_newer=(KINDS, plan.position))
        except JournalMoved:
            continue
        known.extend(kept)
        return plan, True

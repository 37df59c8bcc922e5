"""Plans an import, row by row."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.imports.conflicts import Conflict
from procedure.circulation.imports.row import ImportRow, fingerprint, is_fingerprint
from procedure.circulation.imports.same_transaction import (
    SAME_INSTANT,
    Content,
    local_stamp,
    recorded_alike,
)
from procedure.circulation.lending_rules import warned_by_lists
from procedure.circulation.list_advice import ListRules
from procedure.circulation.pending_loans import checked_note, checked_pending, complete, loan_id
from procedure.circulation.scan_classification import with_scan_warning
from procedure.circulation.scan_rules import ScanRules
from procedure.circulation.transaction_checks import checked_loan, checked_reason, checked_return
from procedure.circulation.transactions import Loan, PendingLoan, Return, Void
from procedure.errors import TransactionRefused

Entered = Loan | Return | Void | PendingLoan


@dataclass(slots=True)
class ImportPlanner:
    """Compares the rows of a file with the loan log (`known`) one by one.

    `stands_for` maps the id of each loan or return in the file to the id of its entry. The entry
    may already be in the log under another id.
    """

    known: CirculationLog
    desk: str
    operator: str | None
    rules: ScanRules | None
    lists: ListRules
    row_counts: Counter[Content] = field(default_factory=Counter[Content])
    stands_for: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    entries: list[Entered] = field(default_factory=list[Entered])
    rows: dict[UUID, ImportRow] = field(default_factory=dict[UUID, ImportRow])
    fresh: dict[UUID, Entered] = field(default_factory=dict[UUID, Entered])
    notes: dict[UUID, str] = field(default_factory=dict[UUID, str])
    others: list[Conflict] = field(default_factory=list[Conflict])

    def add(self, row: ImportRow) -> None:
        """Add a row as a new entry, unless it is already recorded.

        If its id belongs to another transaction, list it in `others` instead.

        Raises:
            TransactionRefused: the row cannot be recorded; the message says why.
        """
        if row.id is not None and self._has(row.id) and not self._is_same(row, row.id):
            self._list_other(row, row.id)
            return
        special = {"void": self._take_back, "complete": self._complete, "waiting": self._wait}
        if row.kind in special:
            special[row.kind](row)
            return
        self.row_counts[row.content] += 1
        entry_id = (
            self._known_as(row) or row.id or fingerprint(row.content, self.row_counts[row.content])
        )
        if row.id is not None:
            self.stands_for[row.id] = entry_id
        if not self._has(entry_id):
            self._enter(self._transaction(row, entry_id))
        self.rows.setdefault(entry_id, row)

    def _is_same(self, row: ImportRow, entry_id: UUID) -> bool:
        """Return whether a row matches the record with the same id."""
        record = self._find(entry_id)
        if isinstance(record, Void):
            return row.kind == "void" and self.stands_for.get(record.loan, record.loan) == (
                row.loan and self.stands_for.get(row.loan, row.loan)
            )
        if record is None or _KIND_OF[type(record)] != row.kind:
            return False
        patron = record.patron if isinstance(record, Loan) else row.patron
        cart = record.cart if isinstance(record, Return) else row.cart
        same = (record.item, patron, cart) == (row.item, row.patron, row.cart)
        return same and row.desk in {"", record.desk} and _is_same_instant(row, record)

    def _list_other(self, row: ImportRow, entry_id: UUID) -> None:
        record = self._find(entry_id)
        item = row.item or getattr(record, "item", "")
        desks = (getattr(record, "desk", ""), row.desk or self.desk)
        desks = tuple(dict.fromkeys(filter(None, desks)))
        self.others.append(Conflict("other_content", (entry_id,), item, desks))
        self.rows[entry_id] = row

    def _known_as(self, row: ImportRow) -> UUID | None:
        if row.id is not None and self.known.find(row.id) is not None:
            return row.id
        records = recorded_alike(self.known, row.content)
        place = self.row_counts[row.content] - 1
        record = records[place] if place < len(records) else None
        if row.id is not None and record is not None and not is_fingerprint(record):
            return None  # rows with different ids are separate scans, however similar
        return record

    def _take_back(self, row: ImportRow) -> None:
        assert row.loan is not None
        loan = self.stands_for.get(row.loan, row.loan)
        if not self._has(loan):
            raise TransactionRefused("loan_unknown", "voids a loan that is not known here")
        if row.patron and self._patron(loan) != row.patron:
            raise TransactionRefused("completed_elsewhere", "was completed with another card")
        # The row's id is reserved for a void of the loan that the row names. If that loan is in the
        # log under another id, the void gets a different id too.
        own = row.id if loan == row.loan else None
        void = own or fingerprint(("void", row.stamp, str(loan), ""), 1)
        if not self._has(void):
            reason = checked_reason(row.reason)
            self._enter(
                Void(
                    id=void,
                    at=row.at,
                    loan=loan,
                    reason=reason,
                    workstation=row.workstation,
                    operator=self.operator,
                )
            )
        self.rows.setdefault(void, row)

    def _wait(self, row: ImportRow) -> None:
        if row.loan and not (self._patron(row.loan) == row.patron and self._taken_back(row.loan)):
            raise TransactionRefused("completed_elsewhere", "was completed with another card")
        entry_id = row.id or fingerprint(row.content, 1)
        note = checked_note(row.note) if row.note else ""  # a completed loan has no note
        if not self._has(entry_id):
            self._enter(checked_pending(PendingLoan(**self._scan(row, entry_id))))
            if note:
                self.notes[entry_id] = note
        self.rows.setdefault(entry_id, row)

    def _complete(self, row: ImportRow) -> None:
        assert row.waiting is not None
        entry_id = loan_id(row.waiting)
        made = self._find(entry_id)
        if made is None:
            waits = self._find(row.waiting)
            waits = (
                waits if isinstance(waits, PendingLoan) and not self._taken_back(waits.id) else None
            )
            loan = complete(waits, row.patron, workstation=row.workstation, operator=self.operator)
            self._enter(self._judged(replace(loan, warning=None, overridden=row.overridden)))
            self.notes.pop(row.waiting, None)
        elif isinstance(made, Loan) and made.patron != row.patron:
            raise TransactionRefused("waiting_settled", "was completed with another card")
        self.rows.setdefault(entry_id, row)

    def _patron(self, loan: UUID) -> str:
        made = self._find(loan)
        return made.patron if isinstance(made, Loan) else ""

    def _taken_back(self, entry: UUID) -> bool:
        voids = (void for void in self.entries if isinstance(void, Void))
        return self.known.void_of(entry) is not None or any(void.loan == entry for void in voids)

    def _judged(self, loan: Loan) -> Loan:
        judged = checked_loan(loan) if self.rules is None else with_scan_warning(loan, self.rules)
        return warned_by_lists(judged, judged.told, self.lists, self._loans())

    def _loans(self) -> Iterator[Loan]:
        return (entry for entry in self.entries if isinstance(entry, Loan))

    def _transaction(self, row: ImportRow, entry_id: UUID) -> Loan | Return:
        scan = self._scan(row, entry_id)
        if row.kind == "return":
            return checked_return(Return(**scan, cart=row.cart))
        loan = Loan(**scan, patron=row.patron, overridden=row.overridden, told=row.list_warnings)
        return self._judged(loan)

    def _scan(self, row: ImportRow, entry_id: UUID) -> dict[str, Any]:
        return {
            "id": entry_id,
            "at": row.at,
            "workstation": row.workstation,
            "operator": self.operator,
            "desk": row.desk or self.desk,
            "item": row.item,
            "sequence": row.line if row.sequence is None else row.sequence,
            "made_at": row.made_at,
            "skew_s": row.skew_s,
        }

    def _enter(self, entry: Entered) -> None:
        self.fresh[entry.id] = entry
        self.entries.append(entry)

    def _find(self, entry: UUID) -> Entered | None:
        return self.fresh.get(entry) or self.known.find(entry)

    def _has(self, entry: UUID) -> bool:
        return self._find(entry) is not None


_KIND_OF = {Loan: "loan", Return: "return", PendingLoan: "waiting"}


def _is_same_instant(row: ImportRow, record: Loan | Return | PendingLoan) -> bool:
    made = record.made_at or record.at
    if abs((row.made_at or row.at) - made) <= SAME_INSTANT:
        return True
    # The output of `relais loans list` lacks `made_at`, and may give the corrected time only to the
    # minute.
    return row.made_at is None and row.stamp in {local_stamp(made), local_stamp(record.at)}

"""Decides which entry to record for a transaction, and how to answer it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any
from uuid import UUID

from dashboard.core.context import AppContext
from dashboard.loans.transactions.message import (
    Completion,
    CompletionVoid,
    DeskTransaction,
    PendingRequest,
)
from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.double_scans import same_scan
from procedure.circulation.imports.same_transaction import has_same_content
from procedure.circulation.lending_rules import (
    decide_on_loan,
    loans_of_the_day,
    void,
    warned_by_lists,
    warning_after,
)
from procedure.circulation.list_advice import ListAdvice
from procedure.circulation.pending_loans import checked_note, checked_pending, complete, loan_id
from procedure.circulation.scan_classification import classify_scan, with_scan_warning
from procedure.circulation.transaction_checks import checked_reason, checked_return, is_same_patron
from procedure.circulation.transactions import Loan, PendingLoan, Return, Void
from procedure.errors import TransactionRefused
from procedure.handbook.model import Handbook
from procedure.journal import Entry


@dataclass(frozen=True, slots=True)
class Decision:
    """The entry to record, or None if there is nothing to record, and the answer to give.

    `note` holds the id of a pending loan and the note on it; notes are never in the journal.
    """

    entry: Entry | None = None
    state: str = "kept"
    warning: str | None = None
    note: tuple[UUID, str] | None = field(default=None, repr=False)
    list_warnings: tuple[ListAdvice, ...] = ()


class UnderwayTransactions:
    """Transactions that have been decided on but are not in the folds yet."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries: dict[UUID, Entry] = {}
        self.voids: dict[UUID, Void] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        self.entries.setdefault(entry.id, entry)
        if isinstance(entry, Void):
            self.voids.setdefault(entry.loan, entry)

    def pending_loan(self, pending: UUID) -> PendingLoan | None:
        """Return a pending loan under way, unless its void is under way too."""
        entry = self.entries.get(pending)
        return entry if isinstance(entry, PendingLoan) and pending not in self.voids else None

    def has_same_scan(self, loan: Loan) -> bool:
        """Return whether another scan of this loan is under way and not voided."""
        return any(
            isinstance(entry, Loan)
            and same_scan(entry, loan)
            and entry.id not in {loan.id, *self.voids}
            for entry in self.entries.values()
        )

    def loan_warning(self, loan: Loan) -> str | None:
        """Return the warning that `decide_on_loan` would give if `entries` were in the log."""
        if loan.id in self.entries:
            return None  # sent again
        before = [
            entry
            for entry in self.entries.values()
            if isinstance(entry, Loan | Return)
            and (entry.item, entry.id in self.voids) == (loan.item, False)
            and entry.at <= loan.at
        ]
        return warning_after(max(before, key=attrgetter("at"), default=None), loan)


def decide(context: AppContext, asked: DeskTransaction, underway: UnderwayTransactions) -> Decision:
    """Return the decision on a transaction; if it is sent again, it gets the same answer.

    Raises:
        TransactionRefused: the transaction cannot be recorded.
    """
    _must_be_new_or_the_same(context.folds.loan_log, asked, underway)
    make: Any = _ENTRIES[type(asked)]
    return make(context, asked, underway)


def _loan_entry(context: AppContext, loan: Loan, underway: UnderwayTransactions) -> Decision:
    _at_a_desk(context.handbook.current, loan.desk)
    log = context.folds.loan_log
    decision = decide_on_loan(
        log, with_scan_warning(loan, context.handbook.current.scans), underway.voids
    )
    made, first = decision.loan, decision.earlier if decision.repeated else None
    counts_at_once = first is not None and first.loan.id in underway.voids
    if not counts_at_once and (first is not None or underway.has_same_scan(loan)):
        return Decision(made, "repeated", "repeated")
    if log.row(loan.id) is None:
        if not counts_at_once and not made.warning:
            made = replace(made, warning=underway.loan_warning(made))
        before = [*loans_of_the_day(log, made), *underway.entries.values()]
        stand = [
            entry for entry in before if isinstance(entry, Loan) and entry.id not in underway.voids
        ]
        advice = context.store.lists.current().advice_on_loan(made, context.handbook.current.scans)
        made = warned_by_lists(made, advice, context.handbook.current.lists, stand)
    return Decision(made, warning=made.warning, list_warnings=made.told)


def _return_entry(context: AppContext, returned: Return, _: UnderwayTransactions) -> Decision:
    _at_a_desk(context.handbook.current, returned.desk)
    returned = checked_return(returned)
    doubt = classify_scan(returned.item, "item", context.handbook.current.scans).warning
    lent = any(isinstance(event, Loan) for event in context.folds.loan_log.standing(returned.item))
    return Decision(returned, warning=doubt or ("lent_and_carted" if lent else None))


def _pending_entry(
    context: AppContext, asked: PendingRequest, underway: UnderwayTransactions
) -> Decision:
    _at_a_desk(context.handbook.current, asked.loan.desk)
    if asked.undone is not None:
        _must_be_undone(context.folds.loan_log, *asked.undone, underway)
    waits = checked_pending(asked.loan)
    note = (waits.id, checked_note(asked.note))
    if context.folds.loan_log.pending_end(waits.id) is not None:
        return Decision()  # sent again after it ended: do not bring its note back
    returned = context.folds.loan_log.on_cart(waits.item, waits.at)
    doubt = (
        waits.warning or classify_scan(waits.item, "item", context.handbook.current.scans).warning
    )
    on_cart = returned is not None and returned.id not in underway.voids
    warning = doubt or ("on_cart" if on_cart else None)
    # These warnings are only for the screen: the loan that completes the pending loan will store
    # the warnings that are current by then.
    advice = context.store.lists.current().advice_on_item(waits, context.handbook.current.scans)
    list_warnings = tuple(context.handbook.current.lists.list_warnings([advice], waits.at))
    return Decision(
        replace(waits, warning=warning), warning=warning, note=note, list_warnings=list_warnings
    )


def _completion_entry(
    context: AppContext, asked: Completion, underway: UnderwayTransactions
) -> Decision:
    row = context.folds.loan_log.row(loan_id(asked.pending))
    made = underway.entries.get(loan_id(asked.pending)) if row is None else row.loan
    if isinstance(made, Loan) and is_same_patron(made.patron, asked.patron.strip()):
        return Decision(made)  # sent again
    waits = None
    if made is None and asked.pending not in underway.voids:
        waits = context.folds.loan_log.pending_loan(asked.pending) or underway.pending_loan(
            asked.pending
        )
    loan = complete(waits, asked.patron, workstation=asked.workstation, operator=asked.operator)
    # Drop the warning about the item, because `_loan_entry` judges the card and the item together.
    loan = replace(loan, warning=None, overridden=asked.overridden)
    return _loan_entry(context, loan, underway)


def _void_entry(context: AppContext, asked: Void, underway: UnderwayTransactions) -> Decision:
    log, target = context.folds.loan_log, asked.loan
    earlier = log.void_of(target)
    if earlier is not None and earlier.id == asked.id:
        return Decision()  # sent again
    if loan_id(target) in underway.entries:
        raise TransactionRefused("waiting_settled", "This loan is being completed right now.")
    if target in underway.entries and log.row(target) is None:
        return Decision(replace(asked, reason=checked_reason(asked.reason)))
    return Decision(
        void(
            log,
            target,
            asked.reason,
            void_id=asked.id,
            at=asked.at,
            workstation=asked.workstation,
            operator=asked.operator,
        )
    )


def _undo_entry(
    context: AppContext, asked: CompletionVoid, underway: UnderwayTransactions
) -> Decision:
    row = context.folds.loan_log.row(asked.void.loan)
    made = underway.entries.get(asked.void.loan) if row is None else row.loan
    if isinstance(made, Loan) and not is_same_patron(made.patron, asked.patron.strip()):
        raise TransactionRefused("completed_elsewhere", _COMPLETED)
    return _void_entry(context, asked.void, underway)


def _must_be_undone(
    log: CirculationLog, loan: UUID, patron: str, underway: UnderwayTransactions
) -> None:
    """Refuse unless the completion for this patron has been voided."""
    row = log.row(loan)
    made = underway.entries.get(loan) if row is None else row.loan
    void = log.void_of(loan) or underway.voids.get(loan)
    same = isinstance(made, Loan) and is_same_patron(made.patron, patron.strip())
    if void is None or not same:
        raise TransactionRefused("completed_elsewhere", _COMPLETED)


_COMPLETED = "This loan has since been completed for another patron, and that completion counts."


def _must_be_new_or_the_same(
    log: CirculationLog, asked: DeskTransaction, underway: UnderwayTransactions
) -> None:
    """Refuse an id already used by another transaction, whether recorded or under way."""
    recorded = underway.entries.get(asked.id) or log.find(asked.id)
    if recorded is not None and not has_same_content(recorded, _entry_of(asked)):
        raise other_content()


def other_content() -> TransactionRefused:
    return TransactionRefused("other_content", "This id belongs to another transaction: try again.")


def _entry_of(asked: DeskTransaction) -> Entry | None:
    match asked:
        case PendingRequest():
            return asked.loan
        case CompletionVoid():
            return asked.void
        case Completion():
            return None
        case _:
            return asked


def _at_a_desk(handbook: Handbook, desk: str) -> None:
    if desk not in handbook.desks:
        raise TransactionRefused("desk_unknown", "The handbook has no such desk: choose one.")


_ENTRIES = {
    Loan: _loan_entry,
    Void: _void_entry,
    Return: _return_entry,
    PendingRequest: _pending_entry,
    Completion: _completion_entry,
    CompletionVoid: _undo_entry,
}

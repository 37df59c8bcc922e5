"""Identifiers that are due for deletion, and the pseudonymisation of entries.

The identifiers of a loan are due once it has been settled (see `reconciled_loan.SETTLED`) for long
enough. The time is counted from the last entry about the loan, ignoring verifications that only
repeat an earlier verification. Alma's answers about items and accounts are due once they are old
enough, unless they are about the item or patron of a loan that keeps its identifier.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from procedure.circulation.pseudonyms import pseudonym
from procedure.circulation.settlements import (
    Corrected,
    ManualHandling,
    SettledByHand,
)
from procedure.circulation.transactions import Export, Loan, Void
from procedure.journal import Entry, Recorded
from procedure.reconciliation.alma_records import ItemFacts, ItemSeen, PatronFacts, PatronSeen
from procedure.reconciliation.journal_entries import (
    FileUploaded,
    JobReportRecorded,
    LoanAnswered,
    LoanRequested,
    LoanVerified,
    Verification,
)
from procedure.reconciliation.reconciled_loan import SETTLED
from procedure.reconciliation.reconciliation_log import ReconciliationLog

_IN_ALMA = (Verification.IN_ALMA, Verification.DUE_SHIFTED)
_KEY = b"only to compare"


def due(
    recorded: Sequence[Recorded], until: datetime, known: Collection[UUID] = ()
) -> list[Recorded]:
    """Return the entries with identifiers to delete, in order.

    `recorded` holds the entries of the kinds in `reconciliation_log.KINDS`. Loans settled and
    answers recorded before `until` (aware) are due. Entries whose ids are in `known` are due in any
    case, because their identifiers were already deleted from a newer copy of this database.
    """
    log = ReconciliationLog(recorded)
    settled = _settled(log, recorded, until)
    kept = [row for row in log.log.rows() if row.loan.id not in settled]
    items = {row.loan.item for row in kept}
    patrons = {row.loan.patron for row in kept}
    for record in recorded:
        if isinstance(record.entry, Corrected) and record.entry.loan not in settled:
            items.add(record.entry.item)
            patrons.add(record.entry.patron)

    def is_due(record: Recorded) -> bool:
        match entry := record.entry:
            case Loan():
                old = entry.id in settled
            case Corrected():
                old = entry.loan in settled
            case ItemSeen():
                old = record.recorded_at < until and entry.barcode not in items
            case PatronSeen():
                old = record.recorded_at < until and entry.identifier not in patrons
            case _:
                return False
        return (old or entry.id in known) and pseudonymised(entry, _KEY) != entry

    return [record for record in recorded if is_due(record)]


def _settled(
    log: ReconciliationLog, recorded: Iterable[Recorded], until: datetime
) -> Collection[UUID]:
    """Return the ids of the loans settled before an instant, and of their double scans."""
    states = {row.loan.id: row.state for row in log.rows()}
    last = _last_recorded(log, recorded)

    def is_settled(loan: UUID) -> bool:
        return states.get(loan) in SETTLED and last[loan] < until

    return {
        row.loan.id
        for row in log.log.rows()
        if is_settled(row.repeats or row.loan.id) and last[row.loan.id] < until
    }


def _last_recorded(log: ReconciliationLog, recorded: Iterable[Recorded]) -> dict[UUID, datetime]:
    last: dict[UUID, datetime] = {}
    proved: set[UUID] = set()
    for record in recorded:
        in_alma = isinstance(record.entry, LoanVerified) and record.entry.found in _IN_ALMA
        for loan in _loans_of(record.entry, log):
            if not (in_alma and loan in proved):
                last[loan] = record.recorded_at
            (proved.add if in_alma else proved.discard)(loan)
    return last


def _loans_of(entry: Entry, log: ReconciliationLog) -> Iterator[UUID]:
    match entry:
        case Loan():
            yield entry.id
        case (
            Void()
            | Corrected()
            | ManualHandling()
            | SettledByHand()
            | LoanVerified()
            | LoanRequested()
            | LoanAnswered()
        ):
            yield entry.loan
        case Export():
            yield from entry.loans
        case FileUploaded() | JobReportRecorded():
            export = log.log.export(entry.export)
            yield from () if export is None else export.loans
        case _:
            pass


def pseudonymised(entry: Entry, key: bytes) -> Entry:
    """Return the entry with its identifiers replaced by pseudonyms under this key.

    All other data about an account is removed. An entry without identifiers is returned unchanged.
    """
    hide = partial(pseudonym, key=key)
    match entry:
        case Loan() | Corrected():
            return replace(entry, patron=hide(entry.patron))
        case ItemSeen():
            return replace(entry, item=entry.item and _item(entry.item, hide))
        case PatronSeen():
            user = entry.user and PatronFacts(hide(entry.user.primary_id))
            return replace(entry, identifier=hide(entry.identifier), user=user)
        case _:
            return entry


def _item(item: ItemFacts, hide: Callable[[str], str]) -> ItemFacts:
    loan = item.loan and replace(item.loan, user=hide(item.loan.user))
    return replace(item, loan=loan, waits_for=tuple(map(hide, item.waits_for)))

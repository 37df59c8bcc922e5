"""Comparison of transactions that may be the same."""

from datetime import datetime, timedelta
from uuid import UUID

from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.offline_files.alma_layout import STAMP
from procedure.circulation.transaction_checks import is_same_patron, trimmed
from procedure.circulation.transactions import Loan, PendingLoan, Return, Void
from procedure.local_time import local_minute

Content = tuple[str, str, str, str]
# `made_at` is omitted if `at` is within a second of it, and two such values of `at` may be two
# seconds apart.
SAME_INSTANT = timedelta(seconds=2)


def has_same_content(entry: object, other: object) -> bool:
    """Return whether two entries with the same id record the same transaction.

    Voids must name the same loan. Other entries must have the same kind, desk, patron, item, cart
    and time on the workstation's clock. `at` and `skew_s` may differ, because a retry may carry a
    better estimate of the clock's error. The patron's identifier in the recorded `entry` may have
    been deleted.
    """
    if isinstance(entry, Void) and isinstance(other, Void):
        return entry.loan == other.loan
    if type(entry) is not type(other) or not isinstance(entry, Loan | Return | PendingLoan):
        return False
    assert isinstance(other, Loan | Return | PendingLoan)
    if abs((entry.made_at or entry.at) - (other.made_at or other.at)) > SAME_INSTANT:
        return False
    same_patron = is_same_patron(_text(entry, "patron"), _text(other, "patron"))
    return same_patron and all(_text(entry, name) == _text(other, name) for name in _COMPARED)


def local_stamp(at: datetime) -> str:
    """Return the local minute of `at` (aware) as `YYYYMMDDHHMM`."""
    return local_minute(at).strftime(STAMP)


_COMPARED = ("desk", "item", "cart")


def _text(entry: Loan | Return | PendingLoan, name: str) -> str:
    return trimmed(getattr(entry, name, ""))


def recorded_alike(log: CirculationLog, content: Content) -> list[UUID]:
    """Return the ids of the recorded loans or returns with this content, including voided ones."""
    *rest, patron = content
    recorded = ((entry.id, *_content(entry)) for entry in log.of_item(content[2]))
    return [
        entry_id
        for entry_id, *others, theirs in recorded
        if others == rest and is_same_patron(theirs, patron)
    ]


def _content(entry: Loan | Return) -> Content:
    if isinstance(entry, Loan):
        return ("loan", local_stamp(entry.at), entry.item, entry.patron)
    return ("return", local_stamp(entry.at), entry.item, "")

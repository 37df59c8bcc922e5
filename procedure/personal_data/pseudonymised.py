"""Entries without the identifiers of patrons."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from procedure.circulation.pseudonyms import pseudonym
from procedure.circulation.settlements import Corrected
from procedure.circulation.transactions import Loan
from procedure.journal import Entry
from procedure.reconciliation.alma_records import ItemFacts, ItemSeen, UserFacts, UserSeen


def pseudonymised(entry: Entry, key: bytes) -> Entry:
    """Return the entry with pseudonyms under this key in place of identifiers.

    Of an account, nothing else stays. An entry without identifiers comes back as it is.
    """
    hide = partial(pseudonym, key=key)
    match entry:
        case Loan() | Corrected():
            return replace(entry, patron=hide(entry.patron))
        case ItemSeen():
            return replace(entry, item=entry.item and _item(entry.item, hide))
        case UserSeen():
            user = entry.user and UserFacts(hide(entry.user.primary_id))
            return replace(entry, identifier=hide(entry.identifier), user=user)
        case _:
            return entry


def _item(item: ItemFacts, hide: Callable[[str], str]) -> ItemFacts:
    loan = item.loan and replace(item.loan, user=hide(item.loan.user))
    return replace(item, loan=loan, waits_for=tuple(map(hide, item.waits_for)))

"""Lists of accounts and items, as an import makes them."""

from collections.abc import Mapping
from datetime import UTC, datetime

from procedure.circulation.list_advice import Reason
from procedure.offline_lists.list_builder import ListBuilder
from procedure.offline_lists.list_layout import ListKind, account_entry, entry
from procedure.offline_lists.offline_list import OfflineList, OfflineLists

KEY = b"k" * 32
AS_OF = datetime(2026, 11, 24, 1, 10, tzinfo=UTC)


def lists(
    accounts: Mapping[str, int], items: Mapping[str, int], *, as_of: datetime = AS_OF
) -> OfflineLists:
    """Return both lists, of identifiers with what is known of each."""
    made = []
    for kind, entries in ((ListKind.ACCOUNTS, accounts), (ListKind.ITEMS, items)):
        builder = ListBuilder(kind, KEY)
        for identifier, packed in entries.items():
            builder.add([identifier], packed)
        made.append(OfflineList(b"".join(builder.build(as_of)), KEY))
    return OfflineLists(*made)


BLOCKED = account_entry(None, is_blocked=True)
GOOD = account_entry(None)
NOT_FOR_LOAN = entry(Reason.ITEM_NOT_FOR_LOAN)
KNOWN = entry(Reason.KNOWN)
REQUESTED = entry(Reason.ITEM_REQUESTED)


def short(days: int) -> int:
    """Return what is known of an item that is lent for so many days."""
    return entry(Reason.ITEM_SHORT_LOAN, days)

"""Offline lists of accounts and items."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from procedure.circulation.list_advice import Reason
from procedure.io.offline_lists.list_store import ListStore
from procedure.offline_lists.list_builder import BuiltList, ListBuilder
from procedure.offline_lists.list_layout import Header, ListKind, account_entry, entry
from procedure.offline_lists.list_lookup import OfflineList, OfflineLists

KEY = b"k" * 32
AS_OF = datetime(2026, 11, 24, 1, 10, tzinfo=UTC)
# Entries for the lists.
GOOD = account_entry(None)
BLOCKED = account_entry(None, is_blocked=True)
KNOWN = entry(Reason.KNOWN)
NOT_FOR_LOAN = entry(Reason.ITEM_NOT_FOR_LOAN)
REQUESTED = entry(Reason.ITEM_REQUESTED)
Known = Mapping[str, int]


def expires(day: date) -> int:
    """Return the entry for an account that expires at the end of this day."""
    return account_entry(day)


def short(days: int) -> int:
    """Return the entry for an item with a loan period of this many days."""
    return entry(Reason.ITEM_SHORT_LOAN, days)


def lists(accounts: Known, items: Known) -> OfflineLists:
    """Return both lists, built from identifiers and their entries."""
    made: list[OfflineList] = []
    for kind, known in ((ListKind.ACCOUNTS, accounts), (ListKind.ITEMS, items)):
        built = _built(ListBuilder(kind, KEY, KEY), known)
        header = Header(kind, AS_OF, len(built.entries), is_complete=True)
        made.append(OfflineList(b"".join(built.pieces(header)), KEY))
    return OfflineLists(*made)


def keep(store: ListStore, accounts: Known, items: Known, as_of: datetime) -> None:
    """Put both lists in a store, as if Alma had exported them at `as_of`."""
    for kind, known in ((ListKind.ACCOUNTS, accounts), (ListKind.ITEMS, items)):
        builder, browser_key = store.builder(kind)
        built = _built(builder, known)
        store.keep(built, Header(kind, as_of, len(built.entries), is_complete=True), browser_key)


def _built(builder: ListBuilder, known: Known) -> BuiltList:
    for identifier, packed in known.items():
        builder.add([identifier], packed)
    return builder.build()

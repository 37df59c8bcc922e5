"""Lists of accounts and items for drills and for the demonstration."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from procedure.circulation.list_advice import Reason
from procedure.io.offline_lists.list_store import ListStore
from procedure.offline_lists.list_layout import Header, ListKind, account_entry, entry
from procedure.simulation.drill_queue import QueuedPatron

NIGHT = timedelta(hours=7)  # the age of the exported lists
# The codes in the demonstration's lists; scanning one shows a warning.
BLOCKED_CARD, EXPIRED_CARD = "2060000013", "2060000021"
EXCLUDED_ITEM, SHORT_ITEM = "1060000013", "1060000021"


def keep_drill_lists(store: ListStore, queue: Iterable[QueuedPatron], now: datetime) -> None:
    """Put a queue's patrons and items into the lists for a drill, blocking the last patron.

    The drill's Alma does not block this account, as if the block had been lifted after the export.
    The desk has to decide on the loan, and Alma will accept it.
    """
    queue = tuple(queue)
    accounts = {
        queued.patron: account_entry(None, is_blocked=queued is queue[-1]) for queued in queue
    }
    items = dict.fromkeys((item for queued in queue for item in queued.items), entry(Reason.KNOWN))
    _keep(store, accounts, items, now, is_complete=True)


def keep_demo_lists(store: ListStore, now: datetime) -> None:
    """Put a few doubtful cards and items into the lists for a demonstration."""
    accounts = {
        BLOCKED_CARD: account_entry(None, is_blocked=True),
        EXPIRED_CARD: account_entry((now - timedelta(days=30)).date()),
    }
    items = {
        EXCLUDED_ITEM: entry(Reason.ITEM_NOT_FOR_LOAN),
        SHORT_ITEM: entry(Reason.ITEM_SHORT_LOAN, 7),
    }
    _keep(store, accounts, items, now, is_complete=False)


def _keep(
    store: ListStore,
    accounts: Mapping[str, int],
    items: Mapping[str, int],
    now: datetime,
    *,
    is_complete: bool,
) -> None:
    for kind, known in ((ListKind.ACCOUNTS, accounts), (ListKind.ITEMS, items)):
        builder, browser_key = store.builder(kind)
        for identifier, packed in known.items():
            builder.add([identifier], packed)
        header = Header(kind, now - NIGHT, len(known), is_complete)
        store.keep(builder.build(), header, browser_key)

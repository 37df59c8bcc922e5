"""The lists for drills and the demonstration flag a few cards and items, and no others."""

from datetime import UTC, datetime
from pathlib import Path

from procedure.circulation.list_advice import Reason
from procedure.circulation.scan_rules import ScanRules
from procedure.io.offline_lists.list_store import ListStore
from procedure.simulation import made_up_lists
from procedure.simulation.drill_queue import drill_queue

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_last_patron_of_a_drill_is_blocked(tmp_path: Path) -> None:
    store, queue = ListStore(tmp_path), drill_queue(4, ScanRules())
    made_up_lists.keep_drill_lists(store, queue, NOW)
    lists = store.current()
    said = [lists.patron(user.patron, NOW) for user in queue]
    reasons = [advice.reason for advice in said if advice]
    assert reasons == [Reason.KNOWN] * 3 + [Reason.CARD_BLOCKED]
    items = [lists.item(item, NOW) for user in queue for item in user.items]
    assert {advice.reason for advice in items if advice} == {Reason.KNOWN}


def test_demonstration_lists_say_nothing_about_unknown_codes(tmp_path: Path) -> None:
    store = ListStore(tmp_path)
    made_up_lists.keep_demo_lists(store, NOW)
    lists = store.current()
    cards = [lists.patron(card, NOW) for card in ("2060000013", "2060000021", "2060000022")]
    assert [advice and advice.reason for advice in cards] == ["card_blocked", "card_expired", None]
    items = [lists.item(item, NOW) for item in ("1060000013", "1060000021", "1060000022")]
    assert [advice and advice.reason for advice in items] == [
        "item_not_for_loan",
        "item_short_loan",
        None,
    ]

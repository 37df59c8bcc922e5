"""Relais can read the lists that the stand-in exports."""

from datetime import UTC, date, datetime
from io import BytesIO

import httpx
import pytest

from procedure.circulation.list_advice import Reason
from procedure.offline_lists.alma_accounts import AlmaAccounts
from procedure.offline_lists.list_layout import account_entry, entry
from procedure.offline_lists.list_table import CsvList
from procedure.offline_lists.listed import Listed, ListReader, ReadingContext
from procedure.simulation.alma.request_gate import RequestGate
from procedure.simulation.alma.server import FakeAlma
from procedure.simulation.alma.world import AlmaUser, Item, Stock, World
from tests.support.alma import serving

TODAY = date(2026, 11, 29)
CONTEXT = ReadingContext(TODAY)
USERS = [
    AlmaUser("anna", (("01", "A-01"), ("02", "A&02"))),
    AlmaUser("carl", blocks=("FINES",)),
    AlmaUser("dora", expires=datetime(2026, 1, 31, tzinfo=UTC)),
]
ITEMS = [Item(f"i{number}", f"p{number}", "99", "22", "MAIL") for number in range(60)]


@pytest.fixture
def alma() -> FakeAlma:
    items = [*ITEMS, Item("no", "p90", "99", "22", "MAIL", lendable=False)]
    items.append(Item("held", "p91", "99", "22", "MAIL", waits_for="anna"))
    return FakeAlma(World(Stock(items=items, users=USERS)), RequestGate(per_second=10**9))


def listed(reader: ListReader) -> dict[str, int]:
    rows: list[Listed] = list(reader)
    return {code: packed for codes, packed in rows for code in codes if code}


ACCOUNTS = {
    **dict.fromkeys(["anna", "A-01", "A&02"], account_entry(None)),
    "carl": account_entry(None, is_blocked=True),
    "dora": account_entry(date(2026, 1, 31)),
}
ITEM_ENTRIES = {
    **{item.barcode: 0 for item in ITEMS},
    "no": entry(Reason.ITEM_NOT_FOR_LOAN),
    "held": entry(Reason.ITEM_REQUESTED),
}


def test_exports_of_patrons_and_items_can_be_read(alma: FakeAlma) -> None:
    with serving(alma) as port:
        users = httpx.get(f"http://127.0.0.1:{port}/standin/users.xml").content
        items = httpx.get(f"http://127.0.0.1:{port}/standin/items.csv").content
    assert listed(AlmaAccounts(BytesIO(users), TODAY)) == ACCOUNTS
    assert listed(CsvList(BytesIO(items), items, CONTEXT)) == ITEM_ENTRIES

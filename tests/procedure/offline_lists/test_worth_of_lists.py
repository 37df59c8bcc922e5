"""When an item is scanned, the lists warn of nearly all loans that Alma would refuse."""

from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from procedure.circulation.list_advice import ListAdvice, Reason
from procedure.circulation.scan_rules import ScanRules
from procedure.io.offline_lists import list_store
from procedure.io.offline_lists.list_import import ListImport, import_files
from procedure.io.offline_lists.list_store import ListStore
from procedure.local_time import local_day
from procedure.offline_lists.list_layout import ListKind
from procedure.simulation.alma.exports import items_csv, users_xml
from tests.procedure.offline_lists.lists import BrowserList
from tests.support.refusing_library import EACH, barcode, card, library, loans, refused

NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
USERS, ITEMS, LOANS = 3000, 20_000, 1000
SCANS = 20_000
DOUBTS = {
    Reason.CARD_BLOCKED,
    Reason.CARD_EXPIRED,
    Reason.ITEM_NOT_FOR_LOAN,
    Reason.ITEM_REQUESTED,
    Reason.ITEM_UNKNOWN,
}


def is_doubt(*advice: ListAdvice | None) -> bool:
    return any(said is not None and said.reason in DOUBTS for said in advice)


def test_lists_reveal_loans_that_alma_refuses_at_the_scan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The keys decide which codes are wrongly flagged. With random keys, one run in sixty failed.
    monkeypatch.setattr(list_store.secrets, "token_bytes", Random(3).randbytes)
    alma, rows = library(USERS, ITEMS, NOW), loans(LOANS, USERS, ITEMS)
    (tmp_path / "users.xml").write_text("".join(users_xml(alma.world)), "utf-8")
    (tmp_path / "items.csv").write_text("".join(items_csv(alma.world)), "utf-8")
    store = ListStore(tmp_path / "lists")
    files = [tmp_path / "users.xml", tmp_path / "items.csv"]
    outcomes = import_files(store, files, NOW, ListImport(ScanRules()))
    assert [outcome.fault for outcome in outcomes] == ["", ""]
    lists, day = store.current(), local_day(NOW)
    contents = [store.for_browsers(kind) for kind in ListKind]
    accounts, items = (BrowserList(content) for content in contents if content)

    not_taken = refused(alma, rows)
    assert len(not_taken) == 4 * EACH
    at_the_server = {
        row for row in rows if is_doubt(lists.patron(row[0], NOW), lists.item(row[1], NOW))
    }
    assert at_the_server == not_taken
    in_the_browser = {
        row for row in rows if is_doubt(accounts.look_up(row[0], day), items.look_up(row[1], day))
    }
    assert len(in_the_browser & not_taken) >= 78
    assert len(in_the_browser - not_taken) <= 1

    draw = Random(2)
    good_users = [number for number in range(USERS) if number % 10 not in {1, 2}]
    good_items = [number for number in range(ITEMS) if number % 10 != 1]
    scans = [
        (card(draw.choice(good_users)), barcode(draw.choice(good_items))) for _ in range(SCANS)
    ]
    assert not any(
        is_doubt(lists.patron(patron, NOW), lists.item(item, NOW)) for patron, item in scans
    )
    false = sum(
        is_doubt(accounts.look_up(patron, day), items.look_up(item, day)) for patron, item in scans
    )
    assert false <= SCANS // 10_000

    kept = b"".join(path.read_bytes() for path in store.folder.iterdir())
    clear = {code for row in rows for code in row} | {f"{number}@eduid.ch" for number in range(99)}
    assert [code for code in clear if code.encode() in kept] == []
    key = (store.folder / "key").read_bytes()
    others = [path for path in store.folder.iterdir() if path.name != "key"]
    assert [path.name for path in others if key in path.read_bytes()] == []

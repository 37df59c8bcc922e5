"""The folder of exports: taken when it is quiet, in another process; refused files stay."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from procedure.circulation.list_advice import Reason
from procedure.circulation.scan_rules import ScanRules
from procedure.io.offline_lists import list_inbox
from procedure.io.offline_lists.list_import import ImportedList, ListImport
from procedure.io.offline_lists.list_inbox import QUIET, ListInbox, import_in_process
from procedure.io.offline_lists.list_store import ListStore
from tests.procedure.io.offline_lists.files import users_xml, zipped

NOW = datetime.now(UTC)
PLAN = ListImport(ScanRules())
CARDS = [f"20{number:08}" for number in range(50)]


@pytest.fixture
def store(tmp_path: Path) -> ListStore:
    return ListStore(tmp_path / "lists")


@pytest.fixture
def inbox(tmp_path: Path, store: ListStore) -> ListInbox:
    (tmp_path / "inbox").mkdir()
    return ListInbox(tmp_path / "inbox", store.folder)


def put(inbox: ListInbox, name: str, text: str, ago: timedelta = timedelta(hours=1)) -> Path:
    path = inbox.folder / name
    path.write_text(text, "utf-8")
    at = (NOW - ago).timestamp()
    os.utime(path, (at, at))
    return path


async def test_files_are_taken_when_they_are_quiet_and_then_deleted(
    inbox: ListInbox, store: ListStore
) -> None:
    assert await inbox.take(NOW, PLAN) == []
    put(inbox, "users.xml", users_xml(CARDS, CARDS[:1]))
    written = put(inbox, "items.csv", "barcode\n1\n", timedelta(seconds=5))
    put(inbox, ".hidden", "x")
    put(inbox, "next.part", "x")
    assert await inbox.take(NOW, PLAN) == []  # seen for the first time
    assert await inbox.take(NOW, PLAN) == []  # one of them was just written
    assert written.exists()
    taken = await inbox.take(NOW + QUIET, PLAN)
    assert [(one.kind, one.count) for one in taken] == [("accounts", 100), ("items", 1)]
    assert sorted(path.name for path in inbox.folder.iterdir()) == [".hidden", "next.part"]
    advice = store.current().patron(CARDS[0], NOW)
    assert advice is not None
    assert advice.reason is Reason.CARD_BLOCKED
    assert await inbox.take(NOW + QUIET, PLAN) == []


async def test_refused_file_stays_and_is_tried_again_when_it_changed(
    inbox: ListInbox, store: ListStore, caplog: pytest.LogCaptureFixture
) -> None:
    put(inbox, "users.xml", users_xml(CARDS)[:-20])
    await inbox.take(NOW, PLAN)
    assert await inbox.take(NOW, PLAN) == []
    (refused,) = inbox.refused().values()
    assert "cut short" in refused.fault
    assert caplog.text.count("cut short") == 1
    assert await inbox.take(NOW, PLAN) == []
    assert caplog.text.count("cut short") == 1
    put(inbox, "users.xml", users_xml(CARDS))
    await inbox.take(NOW, PLAN)
    assert len(await inbox.take(NOW, PLAN)) == 1
    assert (inbox.refused(), len(store.status())) == ({}, 1)
    assert not any(card in caplog.text for card in CARDS)


async def test_links_are_not_followed(inbox: ListInbox, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("barcode\n1\n")
    (inbox.folder / "items.csv").symlink_to(secret)
    await inbox.take(NOW, PLAN)
    assert await inbox.take(NOW, PLAN) == []
    assert secret.exists()


def test_old_exports_are_deleted(inbox: ListInbox) -> None:
    old = put(inbox, "old.xml", "x", timedelta(days=15))
    new = put(inbox, "new.xml", "x", timedelta(days=13))
    assert inbox.delete_old(NOW - timedelta(days=14)) == 1
    assert (old.exists(), new.exists()) == (False, True)


async def test_file_that_was_replaced_while_it_was_read_stays(
    inbox: ListInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(inbox, "items.csv", "barcode\n1\n")
    await inbox.take(NOW, PLAN)

    async def import_slowly(*given: Any) -> list[ImportedList]:
        outcomes = await import_in_process(*given)
        put(inbox, "items.csv", "barcode\n1\n2\n")
        return outcomes

    monkeypatch.setattr(list_inbox, "import_in_process", import_slowly)
    assert len(await inbox.take(NOW, PLAN)) == 1
    assert (inbox.folder / "items.csv").read_text() == "barcode\n1\n2\n"
    assert inbox.refused() == {}


async def test_file_of_both_lists_stays_when_one_is_refused(
    inbox: ListInbox, store: ListStore
) -> None:
    both = zipped(inbox.folder / "all.zip", a=users_xml(CARDS)[:-9], b="barcode\n1\n")
    os.utime(both, (0, 0))
    await inbox.take(NOW, PLAN)
    assert [one.kind for one in await inbox.take(NOW, PLAN)] == ["items"]
    assert list(inbox.refused()) == ["all.zip"]
    assert both.exists()

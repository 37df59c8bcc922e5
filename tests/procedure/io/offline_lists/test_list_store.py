"""Lists are replaced in one step, read again after a change, and unreadable without their key."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from procedure.circulation.list_advice import Reason
from procedure.io.offline_lists.list_store import ListStore, lists_folder
from procedure.offline_lists.list_layout import Header, ListKind, entry

AS_OF = datetime(2026, 11, 28, 1, 10, tzinfo=UTC)


def keep(store: ListStore, kind: ListKind, *, as_of: datetime = AS_OF, **entries: int) -> None:
    builder, browser_key = store.builder(kind)
    for identifier, packed in entries.items():
        builder.add([identifier], packed)
    built = builder.build()
    store.keep(built, Header(kind, as_of, len(built.entries)), browser_key)


def said(store: ListStore, barcode: str) -> Reason | None:
    advice = store.current().item(barcode, AS_OF)
    return advice and advice.reason


def test_replaced_list_is_used_at_once(tmp_path: Path) -> None:
    store, server = ListStore(tmp_path / "lists"), ListStore(tmp_path / "lists")
    assert said(server, "B1") is None
    assert server.for_browsers(ListKind.ITEMS) is None
    keep(store, ListKind.ITEMS, B1=0)
    assert said(server, "B1") is Reason.KNOWN
    first = server.for_browsers(ListKind.ITEMS)
    keep(store, ListKind.ITEMS, B1=entry(Reason.ITEM_NOT_FOR_LOAN))
    assert said(server, "B1") is Reason.ITEM_NOT_FOR_LOAN
    assert server.for_browsers(ListKind.ITEMS) != first is not None
    assert server.current() is server.current()


def test_only_the_owner_can_read_the_folder(tmp_path: Path) -> None:
    store = ListStore(tmp_path / "lists")
    keep(store, ListKind.ACCOUNTS, C1=0)
    assert {path.name for path in store.folder.iterdir()} == {
        "CACHEDIR.TAG",
        "key",
        "accounts.list",
        "accounts.browsers",
    }
    assert all(path.stat().st_mode & 0o077 == 0 for path in (store.folder, *store.folder.iterdir()))


def test_forget_deletes_old_lists_and_the_key_with_the_last(tmp_path: Path) -> None:
    store = ListStore(tmp_path / "lists")
    keep(store, ListKind.ACCOUNTS, C1=0)
    keep(store, ListKind.ITEMS, as_of=AS_OF + timedelta(days=1), B1=0)
    assert [(listed.header.kind, listed.header.count) for listed in store.status()] == [
        ("accounts", 1),
        ("items", 1),
    ]
    forgotten = store.forget(AS_OF + timedelta(hours=1))
    assert [listed.header.kind for listed in forgotten] == [ListKind.ACCOUNTS]
    assert said(store, "B1") is Reason.KNOWN
    assert (store.folder / "key").exists()
    assert [listed.header.kind for listed in store.forget()] == [ListKind.ITEMS]
    assert said(store, "B1") is None
    assert [path.name for path in store.folder.iterdir()] == ["CACHEDIR.TAG"]
    assert store.forget() == []


def test_damaged_list_counts_as_missing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = ListStore(tmp_path / "lists")
    keep(store, ListKind.ITEMS, B1=0)
    (store.folder / "items.list").write_bytes(b"x" * 100)
    with caplog.at_level(logging.ERROR):
        assert [said(store, "B1"), said(store, "B1")] == [None, None]
    assert len(caplog.records) == 1
    assert store.status() == []
    assert store.forget() == []
    assert not (store.folder / "items.list").exists()


def test_forget_keeps_the_key_of_a_list_in_the_making(tmp_path: Path) -> None:
    store = ListStore(tmp_path / "lists")
    builder, browser_key = store.builder(ListKind.ITEMS)
    assert ListStore(tmp_path / "lists").forget(AS_OF) == []
    builder.add(["B1"], 0)
    store.keep(builder.build(), Header(ListKind.ITEMS, AS_OF, 1), browser_key)
    assert said(store, "B1") is Reason.KNOWN


def test_list_without_its_key_is_not_used(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = ListStore(tmp_path / "lists")
    keep(store, ListKind.ITEMS, B1=0)
    (store.folder / "key").unlink()
    assert said(store, "B1") is None
    assert "is not used" in caplog.text


def test_folder_is_beside_the_database() -> None:
    assert lists_folder("sqlite:////srv/relais/a.sqlite3") == Path("/srv/relais/a.sqlite3.lists")
    urls = ("postgresql://h/a", "postgresql://h/b")
    assert len({lists_folder(url) for url in urls}) == 2

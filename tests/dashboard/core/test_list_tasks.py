"""The server takes lists and deletes them, each with an entry of the journal."""

from pathlib import Path

import pytest

from dashboard.core.background import purge
from dashboard.core.context import AppContext
from dashboard.core.list_tasks import take_lists
from procedure.io.offline_lists.list_inbox import ListInbox
from procedure.io.offline_lists.list_store import ListStore
from procedure.records.acts import acts
from tests.dashboard.conftest import Clock


@pytest.fixture
def with_lists(context: AppContext, tmp_path: Path) -> AppContext:
    (tmp_path / "inbox").mkdir()
    context.list_store = ListStore(tmp_path / "lists")
    context.list_inbox = ListInbox(tmp_path / "inbox", context.list_store.folder)
    return context


async def test_list_is_taken_and_deleted_with_receipts(
    with_lists: AppContext, clock: Clock, tmp_path: Path
) -> None:
    store = with_lists.list_store
    assert store is not None
    (tmp_path / "inbox" / "items.csv").write_text("barcode\n1\n2\n")
    clock.pass_by(hours=1)
    await take_lists(with_lists)
    await take_lists(with_lists)
    assert [one.header.count for one in store.status()] == [2]
    await purge(with_lists)
    assert len(store.status()) == 1
    clock.pass_by(days=15)
    await purge(with_lists)
    assert store.status() == []
    done = [(act.act, act.about) for act in acts(with_lists.journal.since())]
    assert done == [("list_taken", "items (2)"), ("list_forgotten", "items (2)")]


async def test_folder_that_is_missing_changes_nothing(
    with_lists: AppContext, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "inbox").rmdir()
    await take_lists(with_lists)
    assert caplog.text == ""

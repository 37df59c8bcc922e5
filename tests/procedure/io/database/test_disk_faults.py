"""After real disk and permission faults, no acknowledged loan is lost; messages name the fault."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from procedure.circulation.transactions import Loan
from procedure.errors import JournalUnwritable
from procedure.io.database.database import Database, open_database
from tests.procedure.io.conftest import START, Clock
from tests.support import make
from tests.support.small_disk import fill, small_disk

FULL = "The database's disk is full: free some space, then try again."
# The write-ahead log usually takes up 4.9 MB.
DISK_BYTES, FULL_FROM_THE_START = 7_000_000, 4_000_000


def loan(number: int) -> Loan:
    return make.loan(number, str(1_000_000 + number), "2070000001", at=START, desk="CMU")


def lend_until_refused(database: Database) -> tuple[int, JournalUnwritable]:
    """Return the number of acknowledged loans, and the refusal of the next loan."""
    number = 1
    while True:
        try:
            database.journal.append(loan(number))
        except JournalUnwritable as refusal:
            return number - 1, refusal
        number += 1


def test_full_disk_refuses_with_instructions_until_there_is_room(
    tmp_path: Path, clock: Clock
) -> None:
    with small_disk(tmp_path / "disk", DISK_BYTES) as disk:
        url = f"sqlite:///{disk / 'relais.sqlite3'}"
        with open_database(url, role="server", now=clock) as database:
            filler = fill(disk)
            count, refusal = lend_until_refused(database)
            assert str(refusal) == FULL
            assert database.backend.guard.find_fault() is None
            assert len(database.journal.since()) == count
            filler.unlink()
            database.journal.append(loan(count + 1))
        with open_database(url, role="server", now=clock) as database:
            kept = [record.entry for record in database.journal.since()]
        assert kept == [loan(number) for number in range(1, count + 2)]


def test_start_on_a_full_disk_reports_it(tmp_path: Path, clock: Clock) -> None:
    with small_disk(tmp_path / "disk", FULL_FROM_THE_START) as disk:
        fill(disk)
        with pytest.raises(JournalUnwritable, match=r"server-lock cannot be written \(No space"):
            open_database(f"sqlite:///{disk / 'relais.sqlite3'}", role="server", now=clock)


def test_start_on_a_read_only_disk_reports_it(tmp_path: Path, clock: Clock) -> None:
    with small_disk(tmp_path / "disk", 3 * DISK_BYTES) as disk:
        url = f"sqlite:///{disk / 'relais.sqlite3'}"
        with open_database(url, role="server", now=clock) as database:
            database.journal.append(loan(1))
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(JournalUnwritable, match=r"cannot be written \(Read-only file system\)"):
            open_database(url, role="server", now=clock)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that can be given to another user, unlike pytest's own folders."""
    folder = Path(mkdtemp(prefix="relais-fault-"))
    yield folder
    shutil.rmtree(folder)


def meet(fault: str, folder: Path) -> dict[str, Any]:
    """Run `meet_fault`; return each step's last result, and the number of acknowledged loans."""
    program = [sys.executable, "-m", "tests.procedure.io.database.meet_fault", fault, str(folder)]
    done = subprocess.run(
        program, capture_output=True, text=True, check=False, env=os.environ, timeout=300
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["step"]: line.get("refusal", line.get("count")) for line in lines} | {
        "acknowledged": sum(line.get("refusal") == "" for line in lines)
    }


def test_quota_refuses_until_it_is_lifted(open_folder: Path) -> None:
    """A limit on file size acts like a quota, which SQLite does not report as a full disk."""
    answers = meet("limit", open_folder)
    refused = "JournalUnwritable: The database's disk refused a write: look for a quota, "
    assert answers["limited"].startswith(refused)
    assert answers["limited again"] == answers["limited"]
    assert answers["lifted"] == ""
    assert answers["entries"] == answers["acknowledged"]


def test_unreadable_folder_is_reported_until_it_is_readable(
    open_folder: Path,
) -> None:
    answers = meet("folder", open_folder)
    assert answers["forbidden"].startswith(
        "JournalGone: The server's user can no longer read the database folder"
    )
    assert (answers["before"], answers["allowed"]) == ("", "")
    assert answers["entries"] == answers["acknowledged"] == 2


def test_unreadable_database_is_reported(open_folder: Path) -> None:
    answers = meet("file", open_folder)
    unread = "JournalUnwritable: The database cannot be opened: check its folder and permissions."
    assert (answers["read"], answers["read again"]) == (unread, "")

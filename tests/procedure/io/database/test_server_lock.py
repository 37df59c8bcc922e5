"""Only one server uses a database; the lock ends with the process, and no child inherits it."""

import os
import signal
import socket
from pathlib import Path
from uuid import UUID

import pytest

from procedure.circulation.transactions import Loan
from procedure.errors import JournalUnwritable
from procedure.io.database import server_lock
from procedure.io.database.database import open_database
from tests.procedure.io.conftest import START, Clock
from tests.procedure.io.database.lend_until_killed import running

LOAN = Loan(id=UUID(int=1), at=START, desk="CMU", patron="2070000001", item="1234567")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "relais.sqlite3"


def test_second_server_is_refused_and_names_the_first(path: Path, clock: Clock) -> None:
    with running(path) as server_process:
        process = server_process.process
        with pytest.raises(JournalUnwritable) as refusal:
            open_database(f"sqlite:///{path}", role="server", now=clock)
        who = f"process {process.pid} on {socket.gethostname()}, since "
        assert f"Another Relais server is using the database {path}: {who}" in str(refusal.value)
        assert "Stop that process first" in str(refusal.value)
        with open_database(f"sqlite:///{path}", now=clock) as command:
            assert command.journal.append(LOAN)[0].entry == LOAN
        process.send_signal(signal.SIGKILL)
        process.wait()
        with open_database(f"sqlite:///{path}", role="server", now=clock) as server:
            assert LOAN in [record.entry for record in server.journal.since()]


def test_symbolic_link_is_the_same_database(path: Path, clock: Clock) -> None:
    with open_database(f"sqlite:///{path}", role="server", now=clock):
        link = path.with_name("link.sqlite3")
        link.symlink_to(path)
        with pytest.raises(JournalUnwritable, match=f"process {os.getpid()} on "):
            open_database(f"sqlite:///{link}", role="server", now=clock)
    open_database(f"sqlite:///{link}", role="server", now=clock).close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork.*:DeprecationWarning")
def test_forked_child_neither_holds_the_lock_nor_records(path: Path, clock: Clock) -> None:
    database = open_database(f"sqlite:///{path}", role="server", now=clock)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        text = "acknowledged"
        try:
            database.journal.append(LOAN)
        except JournalUnwritable as refusal:
            text = str(refusal)
        os.write(writing, text.encode())
        signal.pause()
    try:
        assert (
            os.read(reading, 1000) == b"The database was opened by another process: open it again."
        )
        with pytest.raises(JournalUnwritable, match=r"^Another Relais server"):
            open_database(f"sqlite:///{path}", role="server", now=clock)
        database.close()
        open_database(f"sqlite:///{path}", role="server", now=clock).close()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
        os.close(writing)


def test_folder_without_locks_is_refused(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(handle: int) -> None:
        del handle
        raise OSError(37, "No locks available")

    monkeypatch.setattr(server_lock, "try_lock", no_locks)
    with pytest.raises(JournalUnwritable) as refusal:
        open_database(f"sqlite:///{path}", role="server", now=clock)
    assert str(refusal.value) == (
        f"The folder of the database {path} does not support file locks (No locks available), as on "
        "some network drives: put the database on a local disk. SQLite itself needs the locks "
        "too."
    )

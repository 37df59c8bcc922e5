"""If a server's database disappears, loans are no longer acknowledged."""

import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from procedure.circulation.transactions import Loan
from procedure.errors import JournalGone, JournalUnwritable
from procedure.io.database.database import Database, open_database
from procedure.io.database.missing_entries import accept_missing, missing_entries
from procedure.io.database.state_file import NewestEntry, last_acknowledged, remember_acknowledged
from tests.procedure.io.conftest import START, Clock
from tests.procedure.io.database.lend_until_killed import running
from tests.support import make


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "database"
    folder.mkdir()
    return folder / "relais.sqlite3"


@pytest.fixture
def server(path: Path, clock: Clock) -> Iterator[Database]:
    with open_database(f"sqlite:///{path}", role="server", now=clock) as opened:
        yield opened


def loan(number: int) -> Loan:
    return make.loan(number, str(1_000_000 + number), "2070000001", at=START, desk="CMU")


def log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def index_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-shm")


def move(path: Path) -> None:
    path.rename(path.with_name("away"))


def replace_by_copy(path: Path) -> None:
    shutil.copy(path, path.with_name("copy"))
    path.with_name("copy").replace(path)


def unmount(path: Path) -> None:
    path.parent.rename(path.parent.with_name("elsewhere"))


def replace_folder(path: Path) -> None:
    unmount(path)
    path.parent.mkdir()
    path.touch()


DISAPPEARANCES: dict[str, Callable[[Path], object]] = {
    "database removed": Path.unlink,
    "database renamed": move,
    "database replaced": replace_by_copy,
    "log removed": lambda path: log_of(path).unlink(),
    "log renamed": lambda path: move(log_of(path)),
    "log replaced": lambda path: replace_by_copy(log_of(path)),
    "index removed": lambda path: index_of(path).unlink(),
    "folder unmounted": unmount,
    "folder replaced": replace_folder,
}


@pytest.mark.parametrize("name", DISAPPEARANCES)
def test_no_loan_is_acknowledged_after_the_file_is_replaced(
    server: Database, path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    server.journal.append(loan(1))
    DISAPPEARANCES[name](path)
    for number in range(2, 5):
        with pytest.raises(JournalGone, match="was moved, removed or replaced while it was open"):
            server.journal.append(loan(number))
    assert isinstance(server.backend.guard.find_fault(), JournalGone)
    # The guard logs one message, and each refused write logs another.
    assert len([message for message in caplog.messages if "while it was open" in message]) == 4
    # The server does not create a new file where the database was.
    assert path.exists() == (name not in {*list(DISAPPEARANCES)[:2], "folder unmounted"})


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read every folder")
def test_unreadable_folder_counts_as_missing(server: Database, path: Path) -> None:
    path.parent.chmod(0)
    try:
        with pytest.raises(JournalGone):
            server.journal.append(loan(1))
    finally:
        path.parent.chmod(0o700)


def test_commit_is_not_acknowledged_if_the_file_was_removed_meanwhile(
    server: Database, path: Path
) -> None:
    """The file is checked before the transaction, and disappears before the commit."""
    server.journal.append(loan(1))
    with pytest.raises(JournalGone):
        server.writer.submit(lambda _: move(path)).result(10)
    path.with_name("away").rename(path)
    # The file has an unacknowledged commit, so it can be read safely only after a restart.
    with pytest.raises(JournalGone, match="are back, but have been changed in the meantime"):
        server.journal.append(loan(2))


def test_loans_are_accepted_again_once_the_same_file_is_back(
    server: Database, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server.journal.append(loan(1))
    move(path)
    with pytest.raises(JournalGone):
        server.journal.append(loan(2))
    path.with_name("away").rename(path)
    assert server.journal.append(loan(2))[0].entry == loan(2)
    assert server.backend.guard.find_fault() is None
    assert [record.entry for record in server.journal.since()] == [loan(1), loan(2)]
    assert f"{path} is back as it was: loans are acknowledged again." in caplog.messages


@pytest.mark.parametrize("is_clean", [True, False])
def test_removed_database_with_an_entry_is_not_recreated(
    path: Path, clock: Clock, *, is_clean: bool
) -> None:
    server = open_database(f"sqlite:///{path}", role="server", now=clock)
    server.journal.append(loan(1))
    files = (path, log_of(path), index_of(path))
    if is_clean:
        for file in files:
            file.unlink()
        server.close()
    else:  # as after a kill
        state = path.with_name(f"{path.name}.state.json").read_bytes()
        server.close()
        path.unlink()
        path.with_name(f"{path.name}.state.json").write_bytes(state)
    with pytest.raises(
        JournalGone, match="it ends at position 0, but the last acknowledged entry had position 1"
    ):
        open_database(f"sqlite:///{path}", role="server", now=clock)


def test_database_without_entries_may_be_recreated(path: Path, clock: Clock) -> None:
    open_database(f"sqlite:///{path}", role="server", now=clock).close()
    path.unlink()
    with open_database(f"sqlite:///{path}", role="server", now=clock) as server:
        assert server.journal.append(loan(1))[0].entry == loan(1)


def test_file_changed_while_away_needs_a_restart(server: Database, path: Path) -> None:
    server.journal.append(loan(1))
    unmount(path)
    with pytest.raises(JournalGone):
        server.journal.append(loan(2))
    away = path.parent.with_name("elsewhere")
    with (away / log_of(path).name).open("ab") as log:
        log.write(b"\0" * 100)
    away.rename(path.parent)
    with pytest.raises(JournalGone, match="until the server is restarted"):
        server.journal.append(loan(2))


def test_replaced_file_gets_no_new_connection(server: Database, path: Path) -> None:
    server.journal.append(loan(1))
    server.backend.engine.dispose()
    log = log_of(path).stat()
    replace_by_copy(path)
    with pytest.raises(JournalGone):
        server.journal.since()
    assert (log_of(path).stat().st_ino, log_of(path).stat().st_size) == (log.st_ino, log.st_size)


def test_removed_log_is_saved_into_the_database(path: Path, clock: Clock) -> None:
    with running(path) as response:
        log_of(path).unlink()
        for _ in range(5):  # by the fifth refusal, one of the three threads has tried again
            response.wait_for("refused")
        response.process.send_signal(signal.SIGKILL)
        response.process.wait()
    assert not log_of(path).exists()
    with open_database(f"sqlite:///{path}", role="server", now=clock) as server:
        assert {str(record.entry.id) for record in server.journal.since()} >= response.acknowledged


# --- another process next to the server


def command(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dashboard.cli", *words],
        env=os.environ | {"RELAIS_DATABASE_URL": f"sqlite:///{path}"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["database removed", "database replaced", "log removed"])
def test_command_beside_the_server_leaves_files_of_other_databases_alone(
    path: Path, name: str
) -> None:
    with running(path) as response:
        DISAPPEARANCES[name](path)
        response.wait_for("refused")
        log = log_of(path)
        before = log.exists() and (log.stat().st_ino, log.stat().st_size)
        file = path.with_name("OffCirc.dat")
        file.write_text(f"202611240912L{'1234567':<80}2070000001\r\n")
        done = command(path, "loans", "import", str(file), "--desk", "CMU")
        assert done.returncode == 1
        assert "was moved, removed or replaced" in done.stderr or "is missing, but" in done.stderr
        assert before == (log.exists() and (log.stat().st_ino, log.stat().st_size))
        assert path.exists() == (name in {"database replaced", "log removed"})


def test_log_without_its_database_is_left_alone(path: Path, clock: Clock) -> None:
    with running(path) as response:
        response.process.send_signal(signal.SIGKILL)
        response.process.wait()
    move(path)
    size = log_of(path).stat().st_size
    assert size > 0
    for role in ("visitor", "server"):
        with pytest.raises(JournalGone, match="is missing, but its log"):
            open_database(f"sqlite:///{path}", role=role, now=clock)
    assert (log_of(path).stat().st_size, path.exists()) == (size, False)
    path.with_name("away").rename(path)
    with open_database(f"sqlite:///{path}", role="server", now=clock) as server:
        assert {str(record.entry.id) for record in server.journal.since()} >= response.acknowledged


# --- missing acknowledged entries


def lose_log(path: Path, clock: Clock, *saved: Loan) -> None:
    """Leave the files of a killed server that acknowledged `saved` and three more loans.

    Its log, the only file with these three, has been deleted. If nothing was saved before, the log
    also contained the tables.
    """
    if saved:
        with open_database(f"sqlite:///{path}", role="server", now=clock) as server:
            server.journal.append(*saved)
    with open_database(f"sqlite:///{path}", role="server", now=clock) as server:
        for number in range(1, 4):
            server.journal.append(loan(number))
        shutil.copy(path, path.with_name("killed"))
    path.with_name("killed").replace(path)


@pytest.mark.parametrize("left", [0, 2])
def test_start_without_the_log_counts_missing_entries(path: Path, clock: Clock, left: int) -> None:
    lose_log(path, clock, *map(loan, range(11, 11 + left)))
    expected = left + 3
    with pytest.raises(JournalGone) as missing:
        open_database(f"sqlite:///{path}", role="server", now=clock)
    assert str(missing.value) == (
        f"Acknowledged entries are missing from the database {path}: it ends at position {left}, "
        f"but the last acknowledged entry had position {expected}. Its log (-wal) was deleted after "
        "a crash, or an older copy was put in its place. "
        "There is no known backup. Put the missing file back, or restore the backup; to continue "
        "without these entries, run `relais accept-missing`."
    )
    with open_database(f"sqlite:///{path}", now=clock) as visitor:
        assert visitor.journal.position() == left
        with pytest.raises(JournalUnwritable, match=r"^Acknowledged entries are missing"):
            visitor.journal.append(loan(1))
    assert last_acknowledged(path).position == expected


def test_start_without_the_database_creates_no_new_one(path: Path, clock: Clock) -> None:
    with open_database(f"sqlite:///{path}", role="server", now=clock) as server:
        server.journal.append(loan(1), loan(2))
    assert last_acknowledged(path).position == 2
    path.unlink()
    with pytest.raises(JournalGone, match="the last acknowledged entry had position 2"):
        open_database(f"sqlite:///{path}", role="server", now=clock)
    assert not path.exists()


def test_larger_database_of_another_installation_is_refused(
    path: Path, clock: Clock, tmp_path: Path
) -> None:
    with open_database(f"sqlite:///{path}", role="server", now=clock) as server:
        server.journal.append(loan(1), loan(2))
    other = tmp_path / "other.sqlite3"
    with open_database(f"sqlite:///{other}", role="server", now=clock) as server:
        server.journal.append(*map(loan, range(11, 21)))
    other.rename(path)
    with pytest.raises(JournalGone) as refused:
        open_database(f"sqlite:///{path}", role="server", now=clock)
    assert str(refused.value) == (
        f"{path} is not the database whose entries were acknowledged here: its entry at position 2 "
        "is different. It is the database of another installation. Put the right one back; "
        "to continue with this one, run `relais accept-missing`."
    )
    assert missing_entries(path) == str(refused.value)
    assert accept_missing(path) == 10
    open_database(f"sqlite:///{path}", role="server", now=clock).close()


def test_state_of_an_earlier_version_without_an_id_is_read(path: Path, clock: Clock) -> None:
    with open_database(f"sqlite:///{path}", role="server", now=clock) as server:
        server.journal.append(loan(1), loan(2))
    remember_acknowledged(path, NewestEntry(2))
    with open_database(f"sqlite:///{path}", role="server", now=clock) as server:
        server.journal.append(loan(3))
    assert last_acknowledged(path).id == str(loan(3).id)

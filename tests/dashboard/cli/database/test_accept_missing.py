"""`relais accept-missing` reports missing entries; once they are accepted, the server can start."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result

from procedure.errors import JournalGone
from procedure.io.database.database import open_database
from procedure.io.database.state_file import (
    Backup,
    NewestEntry,
    last_acknowledged,
    last_backup,
    remember_acknowledged,
    remember_backup,
)
from tests.support import make
from tests.support.cli import run_relais

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with two entries, next to a file that says that five were acknowledged."""
    path = tmp_path / "relais.sqlite3"
    with open_database(f"sqlite:///{path}", role="server", now=lambda: NOW) as database:
        for number in (1, 2):
            database.journal.append(
                make.loan(number, f"10{number}", "2070000001", at=NOW, desk="CMU")
            )
    remember_acknowledged(path, NewestEntry(5))
    return path


def run(path: Path, *words: str, text: str = "") -> Result:
    return run_relais("accept-missing", *words, database=path, text=text)


def test_accept_missing_lists_what_is_missing_and_asks(path: Path) -> None:
    backup = Backup(Path("/srv/backup/monday.sqlite3"), NOW, 4)
    remember_backup(path, backup)
    assert last_backup(path) == backup
    done = run(path, text="n\n")
    assert done.exit_code == 1
    assert done.output.startswith(
        f"Acknowledged entries are missing from the database {path}: it ends at position 2, but "
        "the last acknowledged entry had position 5. "
    )
    last = (
        "The last backup is /srv/backup/monday.sqlite3, from 2026-11-25 09:30 UTC, with 4 entries."
    )
    assert last in done.output
    assert last_acknowledged(path).position == 5


def test_accept_missing_lets_the_server_start(path: Path) -> None:
    with pytest.raises(JournalGone):
        open_database(f"sqlite:///{path}", role="server", now=lambda: NOW)
    done = run(path, "--yes")
    assert done.exit_code == 0
    assert done.output.endswith(f"From now on, {path} counts as complete up to position 2.\n")
    open_database(f"sqlite:///{path}", role="server", now=lambda: NOW).close()
    again = run(path)
    text = "No acknowledged entries are known to be missing: nothing was changed.\n"
    assert (again.exit_code, again.output) == (0, text)


def test_accept_missing_of_a_lost_database_creates_a_new_one(path: Path) -> None:
    path.unlink()
    with pytest.raises(
        JournalGone, match="it ends at position 0, but the last acknowledged entry had position 5"
    ):
        open_database(f"sqlite:///{path}", role="server", now=lambda: NOW)
    assert run(path, "--yes").exit_code == 0
    assert not path.exists()
    with open_database(f"sqlite:///{path}", role="server", now=lambda: NOW) as database:
        assert database.journal.position() == 0

"""`relais backup` while a server is writing, and `relais restore` where there is no database."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import Result

from procedure.circulation.transactions import Loan
from procedure.errors import ProcedureError
from procedure.io.database.database import open_database
from procedure.io.database.state_file import last_backup
from procedure.monitoring.model import Outcome, Status
from tests.support.cli import Run, run_relais

LENDING = Path(__file__).parents[3] / "procedure" / "io" / "database" / "lend_until_killed.py"
NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
LOANS = [
    Loan(id=UUID(int=number), at=NOON, desk="CMU", patron="anna", item=f"23{number}")
    for number in range(1, 4)
]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A closed database with three loans and one outcome."""
    path = tmp_path / "data" / "relais.sqlite3"
    with open_database(f"sqlite:///{path}", now=lambda: NOON) as opened:
        opened.journal.append(*LOANS)
        opened.history.record([Outcome("alma", "https://a.ch/", "server", NOON, Status.UP)])
    return path


@pytest.fixture
def run(database: Path) -> Run:
    return lambda *words, to=database, **env: run_relais(*words, database=to, **env)


def refused(result: Result) -> str:
    """Return the message of a refusal; `main` prints it and exits with 1."""
    assert isinstance(result.exception, ProcedureError), result.output
    return str(result.exception)


def loans_in(path: Path) -> list[str]:
    with open_database(f"sqlite:///{path}", now=lambda: NOON) as opened:
        return [str(record.entry.id) for record in opened.journal.since()]


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


class Lending:
    """A server in a separate process that lends until it is killed."""

    def __init__(self, path: Path, events: Path) -> None:
        self._events = events
        with events.open("wb") as out:
            command = [sys.executable, str(LENDING), f"sqlite:///{path}"]
            self._server = subprocess.Popen(command, stdout=out)

    def acknowledged(self, least: int) -> set[str]:
        """Wait for more than `least` loans, and return all that have been acknowledged by then."""
        while len(lines := self._events.read_text().splitlines(keepends=True)) <= least:
            assert self._server.poll() is None
            time.sleep(0.02)
        # A kill may leave the last line incomplete.
        whole = [line.split() for line in lines if line.endswith("\n")]
        return {words[1] for words in whole if len(words) == 2}

    def kill(self) -> set[str]:
        """Kill the server, and return every loan that it acknowledged."""
        self._server.kill()
        self._server.wait()
        return self.acknowledged(0)


@pytest.fixture
def lending(tmp_path: Path) -> Iterator[Lending]:
    server = Lending(tmp_path / "lent.sqlite3", tmp_path / "acknowledged")
    yield server
    server.kill()


def test_backup_is_one_file_and_prints_its_content(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "kept" / "monday.sqlite3"
    out.parent.mkdir()
    result = run("backup", out)
    assert (result.exit_code, result.output) == (
        0,
        f"{out}: 3 entries (3 loans) and 1 outcome, read back and checked; "
        "the newest entry is from 2026-11-24 12:00.\n"
        "It contains patron identifiers: store it as safely as the database.\n",
    )
    assert list(files(out.parent)) == ["monday.sqlite3"]
    assert out.stat().st_mode & 0o777 == 0o600
    # Reading must not need a file next to the backup, which may be on a read-only medium.
    with closing(sqlite3.connect(f"{out.as_uri()}?immutable=1", uri=True)) as read:
        assert read.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert loans_in(out) == [str(loan.id) for loan in LOANS]


def test_backup_has_every_loan_acknowledged_before(
    run: Run, lending: Lending, tmp_path: Path
) -> None:
    path, out = tmp_path / "lent.sqlite3", tmp_path / "backup.sqlite3"
    before = lending.acknowledged(300)
    result = run("backup", out, to=path)
    assert result.exit_code == 0, result.exception
    # The server continued to lend during the backup, and is still lending.
    lending.acknowledged(len(before) + 100)
    ever = lending.kill()
    value, all_of_them = loans_in(out), loans_in(path)
    assert result.output.startswith(f"{out}: {len(value)} entries ({len(value)} loans)")
    assert before <= set(value)
    assert value == all_of_them[: len(value)]
    assert ever <= set(all_of_them)


def test_backup_has_the_log_of_a_killed_server(run: Run, lending: Lending, tmp_path: Path) -> None:
    path, out = tmp_path / "lent.sqlite3", tmp_path / "backup.sqlite3"
    lending.acknowledged(20)
    ever = lending.kill()
    log = path.with_name("lent.sqlite3-wal").read_bytes()
    assert run("backup", out, to=path).exit_code == 0
    assert path.with_name("lent.sqlite3-wal").read_bytes() == log
    assert ever <= set(loans_in(out))


def test_backup_overwrites_only_with_force(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "kept.sqlite3"
    out.write_bytes(b"a letter")
    assert refused(run("backup", out)) == (
        f"{out} is not empty: name another file, or add --replace. Nothing was written."
    )
    assert out.read_bytes() == b"a letter"
    assert run("backup", out, "--replace").exit_code == 0
    assert len(loans_in(out)) == 3
    empty = tmp_path / "empty.sqlite3"
    empty.touch()
    assert run("backup", empty).exit_code == 0


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", "-journal"])
def test_backup_never_overwrites_the_database(run: Run, database: Path, suffix: str) -> None:
    other_name = database.parent.parent / "link"
    other_name.symlink_to(database.parent)
    before = files(database.parent)
    out = other_name / (database.name + suffix)
    assert "is the database itself" in refused(run("backup", out, "--replace"))
    assert files(database.parent) == before


def test_backup_refuses_a_place_with_a_log_beside_it(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "kept.sqlite3"
    (tmp_path / "kept.sqlite3-wal").write_bytes(b"of another database")
    assert "kept.sqlite3-wal exists, and would change the backup" in refused(
        run("backup", out, "--replace")
    )
    assert not out.exists()


def test_backup_names_an_impossible_place(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "nowhere" / "kept.sqlite3"
    assert refused(run("backup", out)) == (
        f"{out} cannot be written (No such file or directory): name another file."
    )
    assert not out.parent.exists()


def test_backup_names_a_path_that_the_system_refuses(run: Run, tmp_path: Path) -> None:
    # This fails as a folder without permissions would, but also for root.
    wrong, out = tmp_path / ("x" * 300), tmp_path / "kept.sqlite3"
    why = "(File name too long): name another file."
    assert refused(run("backup", wrong)) == f"{wrong} cannot be written {why}"
    assert refused(run("backup", out, to=wrong)) == f"{wrong} cannot be read {why}"
    assert run("backup", out).exit_code == 0
    assert refused(run("restore", out, to=wrong)) == f"{wrong} cannot be written {why}"
    assert refused(run("restore", wrong, to=tmp_path / "new")) == f"{wrong} cannot be read {why}"
    assert refused(run("backup", tmp_path, "--replace")).startswith(
        f"{tmp_path} cannot be written (Is a directory)"
    )


def test_backup_removes_what_a_killed_backup_left(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / ".monday.sqlite3.part").write_bytes(b"half of it")
    assert run("backup", folder / "monday.sqlite3").exit_code == 0
    assert list(files(folder)) == ["monday.sqlite3"]


def test_backup_refuses_a_missing_database(run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "mistyped" / "relais.sqlite3"
    assert refused(run("backup", tmp_path / "out.sqlite3", to=wrong)).startswith(
        f"There is no database at {wrong}:"
    )
    assert not wrong.parent.exists()
    assert not (tmp_path / "out.sqlite3").exists()


def test_backup_refuses_a_damaged_database(run: Run, database: Path, tmp_path: Path) -> None:
    with database.open("r+b") as pages:
        pages.seek(2 * 4096)
        pages.write(os.urandom(4096))
    out = tmp_path / "out.sqlite3"
    assert "damaged" in refused(run("backup", out))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_restore_contains_everything_in_the_backup(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "kept.sqlite3"
    run("backup", out)
    before = out.read_bytes()
    place = tmp_path / "new" / "machine" / "relais.sqlite3"
    result = run("restore", out, to=place)
    assert (result.exit_code, result.output) == (
        0,
        f"{place}: 3 entries (3 loans) and 1 outcome, read back and checked; "
        "the newest entry is from 2026-11-24 12:00.\n",
    )
    assert list(files(place.parent)) == ["relais.sqlite3"]
    assert place.stat().st_mode & 0o777 == 0o600
    assert (loans_in(place), out.read_bytes()) == ([str(loan.id) for loan in LOANS], before)


@pytest.mark.parametrize("suffix", ["", "-wal", "-journal"])
def test_restore_refuses_existing_data(run: Run, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / "kept.sqlite3"
    run("backup", out)
    place = tmp_path / "new" / "relais.sqlite3"
    place.parent.mkdir()
    (place.parent / f"relais.sqlite3{suffix}").write_bytes(b"what was there")
    message = refused(run("restore", out, to=place))
    assert f"relais.sqlite3{suffix}" in message
    assert "Nothing was restored." in message
    assert files(place.parent) == {f"relais.sqlite3{suffix}": b"what was there"}


def test_restore_checks_the_file_first(run: Run, tmp_path: Path) -> None:
    run("backup", tmp_path / "kept.sqlite3")
    whole = (tmp_path / "kept.sqlite3").read_bytes()
    with closing(sqlite3.connect(tmp_path / "other.sqlite3")) as other:
        other.execute("CREATE TABLE visits (page TEXT)")
    with closing(sqlite3.connect(tmp_path / "kept.sqlite3")) as later:
        later.execute("INSERT INTO schema_version VALUES (9999)")
        later.commit()
    (tmp_path / "later.sqlite3").write_bytes((tmp_path / "kept.sqlite3").read_bytes())
    (tmp_path / "letter.sqlite3").write_text("Dear colleague")
    (tmp_path / "empty.sqlite3").touch()
    (tmp_path / "torn.sqlite3").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "spoilt.sqlite3").write_bytes(whole[:8192] + bytes(4096) + whole[12288:])
    expected = {
        "missing": "There is no file",
        "other": "is not a Relais database",
        "later": "The database has schema 9999",
        "letter": "is not a Relais database",
        "empty": "is not a Relais database",
        "torn": "is damaged",
        "spoilt": "is damaged",
    }
    before = sorted(path.name for path in tmp_path.iterdir())
    place = tmp_path / "new" / "relais.sqlite3"
    for name, message in expected.items():
        assert message in refused(run("restore", tmp_path / f"{name}.sqlite3", to=place)), name
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_restore_reports_entries_acknowledged_after_the_backup(
    run: Run, database: Path, tmp_path: Path
) -> None:
    out = tmp_path / "kept.sqlite3"
    run("backup", out)
    with open_database(f"sqlite:///{database}", now=lambda: NOON) as opened:
        opened.journal.append(Loan(id=UUID(int=9), at=NOON, desk="CMU", patron="bert", item="2309"))
    for path in database.parent.glob(f"{database.name}*"):
        if not path.name.endswith(".json"):
            path.unlink()
    backup = last_backup(database)
    assert backup is not None
    assert (backup.file, backup.entries) == (out, 3)
    result = run("restore", out)
    assert result.exit_code == 0, result.exception
    assert "the last acknowledged entry had position 4" in result.stderr
    assert f"The last backup is {out}" in result.stderr


def test_restore_refuses_a_running_server(run: Run, lending: Lending, tmp_path: Path) -> None:
    out, place = tmp_path / "kept.sqlite3", tmp_path / "lent.sqlite3"
    run("backup", out)
    lending.acknowledged(1)
    for suffix in ("", "-wal", "-shm"):
        place.with_name(place.name + suffix).unlink()
    assert "A Relais server is using the database" in refused(run("restore", out, to=place))
    assert not place.exists()


def test_restore_accepts_a_copied_database_and_log(
    run: Run, lending: Lending, tmp_path: Path
) -> None:
    lending.acknowledged(20)
    ever = lending.kill()
    copied = tmp_path / "copied"
    copied.mkdir()
    for name in ("lent.sqlite3", "lent.sqlite3-wal"):
        (copied / name).write_bytes((tmp_path / name).read_bytes())
    place = tmp_path / "new.sqlite3"
    result = run("restore", copied / "lent.sqlite3", to=place)
    assert result.exit_code == 0, result.exception
    assert ever <= set(loans_in(place))


@pytest.mark.parametrize(
    ("words", "tool"),
    [
        (("backup", "kept.dump"), "pg_dump --format=custom --file=kept.dump"),
        (("restore", "kept.dump"), "pg_restore --no-owner --exit-on-error --host="),
    ],
)
def test_backup_of_postgresql_names_its_tools(run: Run, words: tuple[str, str], tool: str) -> None:
    message = refused(
        run(*words, RELAIS_DATABASE_URL="postgresql://anna:s3cret@db.example.ch:5433/loans")
    )
    assert tool in message
    assert "--host=db.example.ch --port=5433 --username=anna --dbname=loans" in message
    assert "s3cret" not in message


def test_backup_of_postgresql_by_socket_names_the_server(run: Run) -> None:
    message = refused(
        run(
            "backup",
            "kept.dump",
            RELAIS_DATABASE_URL="postgresql:///loans?host=/var/run/postgresql",
        )
    )
    assert "--host=/var/run/postgresql --dbname=loans\n" in message

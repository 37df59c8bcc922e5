"""Commands in `READING` refuse a mistyped database path; those in `RECORDING` create a database."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result

from dashboard.cli import relais
from procedure.errors import JournalMissing, JournalUnwritable
from tests.support.cli import run_relais

BY = ("--by", "anna")
READING = {
    "audit": (),
    "backup": ("out.sqlite3",),
    "dossier": (),
    "loans export": ("--out", "out.dat"),
    "loans list": (),
    "loans summary": (),
    "outage declare": ("Alma", *BY),
    "outage end": BY,
    "outage message": ("Lend here.", *BY),
    "outage note": ("Ticket opened.", *BY),
    "outage status": (),
    "outage review": ("--change", "Call earlier", *BY),
    "outage withdraw": ("--reason", "A drill", *BY),
    "purge": (),
    "reconcile report": ("report.txt", "--export", "MAIL-1"),
    "reconcile sign": BY,
    "reconcile status": (),
    "reconcile summary": (),
    "reconcile uploaded": ("MAIL-1",),
    "reconcile verify": (),
    "records export": ("out",),
    "replay": (),
    "report": (),
    "standin": ("--port", "0"),
    "user list": (),
    "user password": ("anne", "--password-stdin"),
    "user remove": ("anne",),
    "user role": ("anne", "staff"),
}
RECORDING = {
    "lists forget": ("--yes",),
    "lists import": ("items.csv",),
    "loans import": ("OffCirc.dat", "--desk", "CMU"),
    "sample-data": ("--days", "1"),
    "user add": ("anne", "--role", "staff", "--password-stdin"),
}
WITHOUT = {
    "accept-missing",
    "alert-test",
    "check",
    "desk-file",
    "doctor",
    "drill",
    "language new",
    "lists status",
    "loans layout",
    "migrate",
    "new-handbook",
    "probe",
    "restore",
    "self-test",
    "serve",
    "upgrade",
}
GIVEN = {
    "items.csv": "barcode,not for loan\n0UBU0000001,1\n",
    "report.txt": "nothing was refused",
    "OffCirc.dat": f"202611240912L{'2301':<80}2070000001\r\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in GIVEN.items():
        (tmp_path / name).write_bytes(text.encode())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(command: str, words: tuple[str, ...], database: Path) -> Result:
    return run_relais(*command.split(), *words, database=database, text="four easy words\n")


def named(command: str, words: tuple[str, ...], database: Path) -> Result:
    """Run a command, passing the database with the option `--database`."""
    given = ("--database", f"sqlite:///{database}")
    return run_relais(*command.split(), *words, *given, text="four easy words\n")


def everything(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def test_every_command_is_in_one_of_the_tables() -> None:
    values: set[str] = set()

    def walk(group: object, names: tuple[str, ...]) -> None:
        context = relais.make_context("relais", ["check"])
        for name in group.list_commands(context):  # type: ignore[attr-defined]
            one = group.get_command(context, name)  # type: ignore[attr-defined]
            if hasattr(one, "list_commands"):
                walk(one, (*names, name))
            else:
                values.add(" ".join((*names, name)))

    walk(relais, ())
    assert values == {*READING, *RECORDING, *WITHOUT}


@pytest.mark.parametrize("command", READING)
@pytest.mark.parametrize("how", [run, named])
def test_reading_commands_name_a_missing_path_and_create_nothing(
    folder: Path, command: str, how: Callable[..., Result]
) -> None:
    before = everything(folder)
    wrong = folder / "mistyped" / "relais.sqlite3"
    result = how(command, READING[command], wrong)
    assert isinstance(result.exception, JournalMissing), result.output
    assert str(result.exception).startswith(f"There is no database at {wrong}: ")
    assert everything(folder) == before


@pytest.mark.parametrize("command", READING)
@pytest.mark.parametrize("kind", ["empty", "other", "letter", "folder"])
def test_reading_commands_refuse_a_file_of_another_kind(
    folder: Path, command: str, kind: str
) -> None:
    wrong = folder / "wrong.sqlite3"
    if kind == "empty":
        wrong.touch()
    elif kind == "other":
        with closing(sqlite3.connect(wrong)) as other:
            other.execute("CREATE TABLE visits (page TEXT)")
    elif kind == "letter":
        wrong.write_text("Dear colleague, ..." * 100)
    else:
        wrong.mkdir()
    before = everything(folder)
    result = run(command, READING[command], wrong)
    assert result.exception is not None
    assert not isinstance(result.exception, SystemExit), result.output
    assert str(wrong) in str(result.exception)
    assert everything(folder) == before


@pytest.mark.parametrize("command", ["report", "loans list", "loans import", "reconcile status"])
def test_reading_commands_name_a_path_that_the_system_refuses(folder: Path, command: str) -> None:
    # Even root cannot use a name that is too long, whereas root may write to any folder.
    wrong = folder / f"{'x' * 300}.sqlite3"
    result = run(command, (READING | RECORDING)[command], wrong)
    assert isinstance(result.exception, JournalUnwritable), result.output
    assert str(result.exception).startswith(
        f"The database {wrong} cannot be written to (File name too long):"
    )


def test_complete_refuses_a_database_that_never_existed(folder: Path) -> None:
    wrong = folder / "mistyped" / "relais.sqlite3"
    refusal = run("accept-missing", ("--yes",), wrong).exception
    assert str(refusal) == f"There is no database at {wrong}: check RELAIS_DATABASE_URL."
    assert not wrong.parent.exists()


@pytest.mark.parametrize("command", RECORDING)
@pytest.mark.parametrize("how", [run, named])
def test_recording_commands_create_the_database(
    folder: Path, command: str, how: Callable[..., Result]
) -> None:
    new = folder / "new" / "relais.sqlite3"
    result = how(command, RECORDING[command], new)
    assert result.exit_code == 0, result.output
    assert run("loans list", (), new).exit_code == 0


@pytest.mark.parametrize("command", RECORDING)
def test_commands_name_a_path_that_is_a_folder_or_beside_a_file(folder: Path, command: str) -> None:
    (folder / "there").mkdir()
    before = everything(folder)
    for wrong, why in (("there", "Is a directory"), ("report.txt/relais.sqlite3", "")):
        result = run(command, RECORDING[command], folder / wrong)
        assert f"The database {folder / wrong} cannot be written to ({why}" in str(result.exception)
    assert everything(folder) == before


def test_only_the_message_is_on_standard_error(folder: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "dashboard.cli", "report"],
        env=os.environ | {"RELAIS_DATABASE_URL": f"sqlite:///{folder / 'nowhere.sqlite3'}"},
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert (result.returncode, result.stdout, result.stderr) == (
        1,
        "",
        f"There is no database at {folder / 'nowhere.sqlite3'}: check RELAIS_DATABASE_URL. "
        "Nothing was created.\n",
    )

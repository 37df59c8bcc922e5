"""Checking whether a database file is intact and writable."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from procedure.circulation.transactions import Loan
from procedure.errors import JournalDamaged
from procedure.io.database.database import open_database
from procedure.io.database_check import check_database_file
from tests.procedure.io.conftest import START, Clock


@pytest.fixture
def path(tmp_path: Path, clock: Clock) -> Path:
    path = tmp_path / "relais.sqlite3"
    with open_database(f"sqlite:///{path}", role="server", now=clock) as database:
        database.journal.append(
            *(
                Loan(id=UUID(int=number), at=START, desk="CMU", patron="2070000001", item="1")
                for number in range(1, 300)
            )
        )
    return path


def test_check_passes_for_an_intact_database_and_a_server(path: Path) -> None:
    check_database_file(f"sqlite:///{path}")
    check_database_file("postgresql://nowhere.test/relais")


def test_check_finds_an_overwritten_page(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size - 4096)
        file.write(b"\xa5" * 4096)
    with pytest.raises(JournalDamaged, match=r"is damaged \(.+\): stop the server, keep a copy"):
        check_database_file(f"sqlite:///{path}")


def test_check_names_a_file_of_another_user(path: Path) -> None:
    """Another user runs the check, because root can write to any file."""
    for folder in (path.parent, *path.parent.parents):
        if folder.name.startswith("pytest-") or folder == path.parent:
            folder.chmod(0o755)
    path.chmod(0o444)
    path.parent.chmod(0o555)
    program = (
        "import os, sys\n"
        "from procedure.errors import JournalUnwritable\n"
        "from procedure.io.database_check import check_database_file\n"
        "os.geteuid() or os.setuid(65534)\n"
        "try: check_database_file('sqlite:///' + sys.argv[1])\n"
        "except JournalUnwritable as refusal: print(refusal)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
    )
    assert done.stdout.startswith(
        f"{path} is not writable by this user: run this as the server's user"
    )

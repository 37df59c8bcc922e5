"""A program that runs into a disk or permission fault, and prints the result of each attempt.

A size limit or a change of user affects a whole process, so a test runs this program as a process
of its own. The test reads one JSON line for each attempt, and one for the number of entries.
"""

import json
import os
import resource
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import sleep

from procedure.errors import JournalError
from procedure.io.database.database import Database, open_database
from procedure.io.database.file_guard import FileGuard
from tests.support import make

NOBODY = 65534


def attempt(step: str, act: Callable[[], object]) -> str:
    """Make an attempt and print its result; return the refusal, or "" if there was none."""
    refusal = ""
    try:
        act()
    except JournalError as error:
        refusal = f"{type(error).__name__}: {error}"
    print(json.dumps({"step": step, "refusal": refusal}), flush=True)
    return refusal


def lend(database: Database, number: int) -> Callable[[], object]:
    loan = make.loan(number, str(number), "2070000001", at=datetime.now(UTC), desk="CMU")
    return lambda: database.journal.append(loan)


def meet_limit_of_file_size(database: Database, folder: Path) -> None:
    """Lend until the log would exceed a size limit, then lift the limit."""
    size = (folder / "relais.sqlite3-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    # While a reader is open, the log cannot start over, so it grows.
    with database.backend.engine.connect() as reader:
        reader.exec_driver_sql("BEGIN")
        reader.exec_driver_sql("SELECT count(*) FROM entry").fetchone()
        number = 1
        while not attempt("limited", lend(database, number)):
            number += 1
        attempt("limited again", lend(database, number))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    attempt("lifted", lend(database, number))
    print(json.dumps({"step": "entries", "count": len(database.journal.since())}))


def meet_forbidden_folder(database: Database, folder: Path) -> None:
    """Lose permission to use the folder, then regain it."""
    attempt("before", lend(database, 1))
    guard = database.backend.guard
    assert isinstance(guard, FileGuard)
    while not guard._intact:  # until the guard knows the files of the last commit
        sleep(0.01)
    folder.chmod(0)
    attempt("forbidden", lend(database, 2))
    folder.chmod(0o700)
    attempt("allowed", lend(database, 3))
    print(json.dumps({"step": "entries", "count": len(database.journal.since())}))


def meet_forbidden_file(database: Database, folder: Path) -> None:
    """Lose permission to reopen the database, while the open connection can still write."""
    attempt("before", lend(database, 1))
    (folder / "relais.sqlite3").chmod(0)
    database.backend.engine.dispose()
    attempt("read", database.journal.since)
    (folder / "relais.sqlite3").chmod(0o600)
    attempt("read again", database.journal.since)


FAULTS = {
    "limit": meet_limit_of_file_size,
    "folder": meet_forbidden_folder,
    "file": meet_forbidden_file,
}


def main(fault: str, folder: Path) -> None:
    if os.geteuid() == 0:  # root can read and write every file
        os.chown(folder, NOBODY, NOBODY)
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    url = f"sqlite:///{folder / 'relais.sqlite3'}"
    with open_database(url, role="server", now=lambda: datetime.now(UTC)) as database:
        FAULTS[fault](database, folder)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

"""A program that lends until a test kills it, and prints the result of each loan.

It prints the position and id of each acknowledged loan, and `refused` for each refused loan.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock, Thread
from time import sleep
from uuid import uuid4

from procedure.circulation.transactions import Loan
from procedure.errors import JournalUnwritable
from procedure.io.database.database import open_database


def lend(url: str) -> None:
    database = open_database(url, role="server", now=lambda: datetime.now(UTC))
    turn = Lock()

    def one_desk(desk: str) -> None:
        while True:
            at, patron = datetime.now(UTC), "SLSP-000123456"
            loan = Loan(id=uuid4(), at=at, desk=desk, patron=patron, item="0UBU0536413")
            try:
                value = database.journal.append(loan)[0]
            except JournalUnwritable:
                with turn:
                    print("refused", flush=True)
                sleep(0.05)
                continue
            with turn:
                print(value.position, loan.id, flush=True)

    for desk in ("CMU", "MAIL", "ARVE"):
        Thread(target=one_desk, args=(desk,)).start()


class Running:
    """A process running this program; `acknowledged` has the loan ids read from its output."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.acknowledged: set[str] = set()

    def read(self) -> str:
        assert self.process.stdout is not None
        words = self.process.stdout.readline().split()
        if len(words) == 2:
            self.acknowledged.add(words[1])
        return words[0]

    def wait_for(self, word: str) -> None:
        while self.read() != word:
            pass


@contextmanager
def running(path: Path) -> Iterator[Running]:
    """Start the program on a database, wait for its first loan, and kill it at the end."""
    words = [sys.executable, "-m", __name__, f"sqlite:///{path}"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            result = Running(process)
            result.read()
            yield result
        finally:
            process.kill()


if __name__ == "__main__":
    lend(sys.argv[1])

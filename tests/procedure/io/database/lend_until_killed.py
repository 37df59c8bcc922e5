"""A program that lends without end and prints each id once it is acknowledged; a test kills it.

A loan that is refused is the line `refused`.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
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
            loan = Loan(uuid4(), datetime.now(UTC), desk, "SLSP-000123456", "0UBU0536413")
            try:
                kept = database.journal.append(loan)[0]
            except JournalUnwritable:
                with turn:
                    print("refused", flush=True)
                sleep(0.05)
                continue
            with turn:
                print(kept.position, loan.id, flush=True)

    for desk in ("CMU", "MAIL", "ARVE"):
        Thread(target=one_desk, args=(desk,)).start()


if __name__ == "__main__":
    lend(sys.argv[1])

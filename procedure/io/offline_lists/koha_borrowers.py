"""The accounts of Koha: the file `borrowers.db` that a library makes for the offline clients.

It is a SQLite file with a table `borrowers` (misc/cronjobs/create_koc_db.pl of Koha). Of its
columns only those of the card, of its expiry and of what debars it are read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

from procedure.errors import OfflineListError
from procedure.offline_lists.list_layout import ListKind, account_entry
from procedure.offline_lists.listed import Listed, day_of

BEGINS = b"SQLite format 3\0"
_FLAGS = ("lost", "gonenoaddress")
_LONGEST = 4096  # bytes of a value
_NO_FILE_OF_KOHA = "is no borrowers.db of Koha: it has no table borrowers with cardnumber"


class KohaBorrowers:
    """The accounts of the file, under their card numbers and their user names.

    An account is blocked while it is debarred (Koha has the last day), lost or without an address.

    Raises:
        OfflineListError: it is no such file, or a damaged one.
    """

    kind = ListKind.ACCOUNTS
    is_complete = True

    def __init__(self, file: Path, today: date) -> None:
        self._file = file
        self._today = today

    def __iter__(self) -> Iterator[Listed]:
        try:
            with closing(sqlite3.connect(f"{self._file.as_uri()}?immutable=1", uri=True)) as opened:
                opened.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1 << 20)
                yield from self._accounts(opened)
        except sqlite3.Error:
            raise OfflineListError("is damaged or cut short: make it again") from None

    def _accounts(self, opened: sqlite3.Connection) -> Iterator[Listed]:
        opened.execute("PRAGMA trusted_schema = OFF")
        # A view of this name could be a query without an end.
        is_table = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'borrowers'"
        columns = [name for _, name, *_ in opened.execute("PRAGMA table_info(borrowers)")]
        if opened.execute(is_table).fetchone() is None or "cardnumber" not in columns:
            raise OfflineListError(_NO_FILE_OF_KOHA)
        names = ("cardnumber", "userid", "dateexpiry", "debarred", *_FLAGS)
        chosen = ", ".join(name if name in columns else "NULL" for name in names)
        for row in opened.execute(f"SELECT {chosen} FROM borrowers"):  # noqa: S608 - names of ours
            card, user, expires, debarred, *flags = (str(cell or "")[:_LONGEST] for cell in row)
            try:
                is_blocked = self._is_debarred(debarred) or not set(flags) <= {"", "0"}
                yield (card, user), account_entry(day_of(expires), is_blocked=is_blocked)
            except ValueError as fault:
                raise OfflineListError(f"an account {fault}") from None

    def _is_debarred(self, until: str) -> bool:
        """Return whether an account is debarred; old versions of Koha have 1 in place of a day."""
        if until in {"", "0"} or until.startswith("0000-00-00"):
            return False
        last = None if until == "1" else day_of(until)
        return last is None or last >= self._today

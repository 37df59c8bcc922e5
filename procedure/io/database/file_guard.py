"""Checks that the files of an open SQLite database are still the files at its path.

A process keeps reading and writing files that were removed or renamed, so that a commit into them
succeeds and is lost. The inodes in the folder are compared around every transaction, and the
devices once a second with `stat`.
"""

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from procedure.errors import JournalGone, JournalUnwritable
from procedure.io.database.backend import DatabaseConnection, WriteGuard
from procedure.io.database.file_identity import (
    Identity,
    Stats,
    database_files,
    identities,
    read_stats,
    sizes_and_times,
    stats_of_open_files,
)
from procedure.io.database.missing_entries import incompleteness, newest_entry
from procedure.io.database.state_file import last_acknowledged, remember_acknowledged

CHECK_INTERVAL = 1.0  # seconds between two checks by stat

_log = logging.getLogger(__name__)


class FileGuard(WriteGuard):
    """The guard of the writing connection; call `set_open_files` once the connection is open.

    in place ──(a file disappears, or is another)──> missing ──(a commit, or changed files)──> lost
       ↑                                                │
       └────────(the same files are back, unchanged)────┘

    Entries are accepted only while the files are in place; a lost database requires a restart. A
    log that was removed is saved into the database while this process has the log open.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._files = database_files(path)
        self._folder = self._files[1].parent
        self._names = {Path(os.path.realpath(path)).name, *(file.name for file in self._files[1:])}
        # The files that were opened: device and inode for `stat`, and the inodes by name.
        self._open_files: Sequence[Identity] | None = None
        self._inodes: dict[str, int] = {}
        self._checked_at = monotonic()
        # Whether files are missing, and whether the database is lost. `_intact` has the sizes and
        # times that returning files must have.
        self._missing: JournalGone | None = None
        self._intact: tuple[object, ...] = ()
        self._committed_while_missing = False
        self._log_saved = False
        # Whether the state file lags behind, and whether it has any entry at all.
        self._has_new_commits = False
        self._is_counted = last_acknowledged(path).position > 0

    def find_fault(self) -> JournalUnwritable | None:
        return self._permanent_fault or self._missing

    def set_open_files(self, before: Identity) -> Sequence[Identity]:
        """Store the identities of the files at the path as the open ones, and return them.

        `before` is the database's identity before it was opened.

        Raises:
            JournalGone: the database was replaced while it was being opened.
        """
        self._open_files = identities(read_stats(self._files))
        if None in self._open_files or self._open_files[0] != before:
            raise JournalGone(_MOVED.format(path=self._path))
        self._inodes = self._read_inodes()
        return self._open_files

    def check_unchanged(self) -> None:
        """Check that a new connection would open the same files.

        Raises:
            JournalGone: it would not.
        """
        if self._open_files is not None and not self._is_unchanged(read_stats(self._files)):
            raise JournalGone(_MOVED.format(path=self._path))

    def check_before(self) -> None:
        """Check before a transaction: while the files are missing, nothing is written into them."""
        super().check_before()
        if self._missing is not None or self._read_inodes() != self._inodes:
            self._raise_unless_restored(read_stats(self._files))

    def check_after(self, connection: DatabaseConnection) -> None:
        """Check after a commit, which may have gone into files that have lost their name.

        The first entries are counted at once, so that a removed young database is not replaced by a
        new one.
        """
        super().check_after(connection)
        if self._read_inodes() != self._inodes:
            self._committed_while_missing = True
            self._raise_unless_restored(read_stats(self._files))
        self._intact, self._has_new_commits = (), True
        if not self._is_counted and (newest := newest_entry(connection)).position:
            remember_acknowledged(self._path, newest)
            self._is_counted = True

    def check_files(self, connection: DatabaseConnection) -> None:
        """Check that the files exist, and save which entry was acknowledged last."""
        if self._missing is None and monotonic() - self._checked_at < CHECK_INTERVAL:
            return
        self._checked_at = monotonic()
        stats = read_stats(self._files)
        if self._missing is not None or not self._is_unchanged(stats):
            try:
                self._raise_unless_restored(stats)
            except JournalGone:
                self._save_log(connection, stats)
            return
        self._intact = sizes_and_times(stats)
        self.close(connection)

    def close(self, connection: DatabaseConnection) -> None:
        # Open files can be counted even after they were moved or removed.
        if self._has_new_commits and self._permanent_fault is None:
            remember_acknowledged(self._path, newest_entry(connection))
            self._has_new_commits = False

    def check_complete(self, connection: DatabaseConnection) -> None:
        """Compare the database with the last entry that was acknowledged.

        Raises:
            JournalGone: it lacks that entry, or belongs to another installation.
        """
        if message := incompleteness(self._path, connection):
            raise JournalGone(message)

    def _raise_unless_restored(self, stats: Stats) -> None:
        """Raise `JournalGone` unless these are the files that were opened, unchanged."""
        unchanged = self._is_unchanged(stats)
        if self._missing is None and not self._intact and self._open_files is not None:
            self._intact = sizes_and_times(stats_of_open_files(self._open_files))
        if (
            unchanged
            and not self._committed_while_missing
            and all(self._intact)
            and sizes_and_times(stats) == self._intact
        ):
            _log.warning("%s is back as it was: loans are acknowledged again.", self._path)
            self._missing = None
            return
        reason = self._reason(unchanged=unchanged)
        if self._missing is None or str(self._missing) != reason:
            _log.error("%s", reason)
            self._missing = JournalGone(reason)
        raise JournalGone(reason)

    def _reason(self, *, unchanged: bool) -> str:
        if self._folder.exists() and not os.access(self._folder, os.R_OK | os.X_OK):
            return _FORBIDDEN.format(folder=self._folder)
        return (_RESTART if unchanged else _MOVED).format(path=self._path)

    def _save_log(self, connection: DatabaseConnection, stats: Stats) -> None:
        """Copy a removed log into the database while this process has the log open."""
        if stats[1] is not None or self._log_saved or self._open_files is None:
            return
        if identities(stats)[0] == self._open_files[0]:
            self._log_saved = self._committed_while_missing = True
            busy, frames, moved = connection.execute("PRAGMA wal_checkpoint").fetchone()
            _log.error(_SAVED if not busy and frames == moved else _NOT_SAVED, self._path)

    def _read_inodes(self) -> dict[str, int]:
        """Return the inodes of the files by name, without calling stat on them.

        A stat asks for the times. Where the system then keeps them at full precision (Linux from
        6.13), every later write changes the inode, and a commit costs 70 µs more.
        """
        try:
            with os.scandir(self._folder) as entries:
                return {entry.name: entry.inode() for entry in entries if entry.name in self._names}
        except OSError:
            return {}

    def _is_unchanged(self, stats: Stats) -> bool:
        return identities(stats) == self._open_files


_MOVED = (
    "The database {path}, or its log {path}-wal, was moved, removed or replaced while it was open: "
    "nothing is acknowledged. Put the files back as they were, then start the server again."
)
_FORBIDDEN = (
    "This user may no longer read the folder {folder} of the database: nothing is acknowledged. "
    "Give back the rights, then start the server again if this message remains."
)
_RESTART = (
    "The files of the database {path} are back, but were changed meanwhile: "
    "nothing is acknowledged until the server is started again."
)
_SAVED = (
    "The log of %s was removed: what was in it has been saved into the database. "
    "Nothing more is acknowledged until the server is started again."
)
_NOT_SAVED = "The log of %s was removed, and not all of it could be saved into the database."

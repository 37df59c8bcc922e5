"""Checks that the files at a database's path are still the files that SQLite has open.

A process can still read and write open files after the files have been removed or renamed. A commit
to such files succeeds, but is lost. Two checks find such files:

- Before and after every transaction, the inodes of the files in the folder are compared with the
  inodes of the open files.
- Once a second, `stat` is called, and the devices are compared too.
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

CHECK_INTERVAL = 1.0  # seconds between stat checks

_log = logging.getLogger(__name__)


class FileGuard(WriteGuard):
    """The guard of the writing connection; call `set_open_files` once the connection is open.

    in place ──(a file disappears or is replaced)──> missing ──(a commit, or changed files)──> lost
       ↑                                                │
       └────────(the same files are back, unchanged)────┘

    Entries are accepted only while the files are in place. Once the files are lost, the server must
    be restarted. If the write-ahead log is removed, this process still has the log open, and copies
    its content into the database.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._files = database_files(path)
        self._folder = self._files[1].parent
        self._names = {Path(os.path.realpath(path)).name, *(file.name for file in self._files[1:])}
        # The device and inode of each open file, and the inodes by file name.
        self._open_files: Sequence[Identity] | None = None
        self._inodes: dict[str, int] = {}
        self._checked_at = monotonic()
        # Why nothing can be acknowledged while files are missing. `_intact` holds the sizes and
        # times that the files must have when they come back.
        self._missing: JournalGone | None = None
        self._intact: tuple[object, ...] = ()
        self._committed_while_missing = False
        self._log_saved = False
        # Whether the state file lacks the newest commits, and whether it contains an entry yet.
        self._has_new_commits = False
        self._is_counted = last_acknowledged(path).position > 0

    def find_fault(self) -> JournalUnwritable | None:
        return self._permanent_fault or self._missing

    def set_open_files(self, before: Identity) -> Sequence[Identity]:
        """Store and return the identities of the files at the path, which must be the open files.

        `before` is the identity of the database before it was opened.

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
            JournalGone: the files were moved, removed or replaced.
        """
        if self._open_files is not None and not self._is_unchanged(read_stats(self._files)):
            raise JournalGone(_MOVED.format(path=self._path))

    def check_before(self) -> None:
        """Check before a transaction: nothing may be written while the files are missing."""
        super().check_before()
        if self._missing is not None or self._read_inodes() != self._inodes:
            self._raise_unless_restored(read_stats(self._files))

    def check_after(self, connection: DatabaseConnection) -> None:
        """Check after a commit that the files it was written to are still at the path.

        After the first commit, the newest entry is saved in the state file at once. Otherwise, a
        database that disappears soon after its creation would silently be replaced by a new
        database.
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
        """Check the files once a second; if they are in place, save the last acknowledged entry."""
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
        # The open database can still be read after its files have been moved or removed.
        if self._has_new_commits and self._permanent_fault is None:
            remember_acknowledged(self._path, newest_entry(connection))
            self._has_new_commits = False

    def check_complete(self, connection: DatabaseConnection) -> None:
        """Compare the database with the last acknowledged entry.

        Raises:
            JournalGone: the database lacks that entry, or belongs to another installation.
        """
        if message := incompleteness(self._path, connection):
            raise JournalGone(message)

    def _raise_unless_restored(self, stats: Stats) -> None:
        """Raise `JournalGone` unless the open files are back exactly as they were."""
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
        """Return the inodes of the files by name, without a stat call.

        A stat call reads a file's timestamps. Linux 6.13 and later then record the time of each
        write at full precision. As a result, every commit also writes the timestamps, and takes
        70 µs longer.
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
    "nothing is acknowledged. Restore the files, then restart the server."
)
_FORBIDDEN = (
    "The server's user can no longer read the database folder {folder}: nothing is acknowledged. "
    "Restore the permissions; if this message persists, restart the server."
)
_RESTART = (
    "The files of the database {path} are back, but have been changed in the meantime: "
    "nothing will be acknowledged until the server is restarted."
)
_SAVED = (
    "The log of %s was removed: its contents have been saved to the database. "
    "Nothing more will be acknowledged until the server is restarted."
)
_NOT_SAVED = "The log of %s was removed, and not all of it could be saved to the database."

"""Whether the files of an open SQLite database are still the ones at their path.

A process goes on reading and writing files that were removed or renamed, so that a commit into
them succeeds, and is lost. The inodes in the folder are compared around every transaction, and
`stat` looks at the devices once a second. Opening and closing one of these files would drop the
locks that SQLite holds on it for this process.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from procedure.errors import JournalGone, JournalUnwritable
from procedure.io.database.backend import DatabaseConnection, WriteGuard
from procedure.io.database.missing import missing_text, newest_position
from procedure.io.database.server_lock import holder
from procedure.io.database.state_file import acknowledged_entries, remember_acknowledged

# The database, its write-ahead log, and the index of the log that all processes share. SQLite
# makes the latter two when it opens the database, and keeps them while a connection is open.
ENDINGS = ("", "-wal", "-shm")
LOOK_EVERY = 1.0  # seconds between two looks by stat

Identity = tuple[int, int] | None
_log = logging.getLogger(__name__)


class FileGuard(WriteGuard):
    """The guard of one connection that writes; `opened` is to be called once it is open."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._names = names(path)
        self._beside = {os.path.realpath(path).rpartition(os.sep)[2]}
        self._beside |= {one.name for one in self._names[1:]}
        self._opened: Sequence[Identity] | None = None
        self._listed: dict[str, int] = {}
        self._looked = monotonic()
        self._good: tuple[Any, ...] = ()
        self._gone: JournalGone | None = None
        self._committed_away = False
        self._saved = False
        self._newer = False

    @property
    def fault(self) -> JournalUnwritable | None:
        """Why nothing is written just now, None while all is well."""
        return super().fault or self._gone

    def opened(self, before: Identity) -> Sequence[Identity]:
        """Take the files at the path for those that are open; `before` is the database's identity.

        Raises:
            JournalGone: the database was replaced while it was being opened.
        """
        found = self._stats()
        self._opened = [_identity(one) for one in found]
        if None in self._opened or self._opened[0] != before:
            raise JournalGone(_MOVED.format(path=self._path))
        self._listed = self._listing()
        return self._opened

    def require(self) -> None:
        """Check that another connection would open the same files.

        Raises:
            JournalGone: it would not.
        """
        if self._opened is not None and not self._same(self._stats()):
            raise JournalGone(_MOVED.format(path=self._path))

    def before(self) -> None:
        """Check before a transaction: while the files are away, nothing is written into them."""
        super().before()
        if self._gone is not None or self._listing() != self._listed:
            self._judge(self._stats())

    def after(self) -> None:
        """Check after a commit: it may have gone into files that nobody will ever find."""
        super().after()
        if self._listing() != self._listed:
            self._committed_away = True
            self._judge(self._stats())
        self._good, self._newer = (), True

    def look(self, connection: DatabaseConnection) -> None:
        """Look whether the files are there, and write down how many entries were acknowledged."""
        if self._gone is None and monotonic() - self._looked < LOOK_EVERY:
            return
        self._looked = monotonic()
        found = self._stats()
        if self._gone is not None or not self._same(found):
            try:
                self._judge(found)
            except JournalGone:
                self._save_log(connection, found)
            return
        self._good = _content(found)
        if self._newer:
            self._remember(connection)

    def close(self, connection: DatabaseConnection) -> None:
        """Write down how many entries were acknowledged in the end."""
        if self._newer and self.fault is None:
            self._remember(connection)

    def check_complete(self, connection: DatabaseConnection) -> None:
        """Hold the database against the number of entries that were acknowledged.

        Raises:
            JournalGone: it has fewer.
        """
        expected = acknowledged_entries(self._path)
        found = newest_position(connection)
        if found < expected:
            raise JournalGone(missing_text(self._path, expected, found))

    def _judge(self, found: Sequence[os.stat_result | None]) -> None:
        """Raise `JournalGone` unless these are the files that were opened, as they were left."""
        if self._same(found):
            if not self._committed_away and self._good and _content(found) == self._good:
                _log.warning("%s is back as it was: loans are acknowledged again.", self._path)
                self._gone = None
                return
            self._away(_RESTART)
        else:
            self._away(_MOVED)
        assert self._gone is not None
        raise JournalGone(str(self._gone))

    def _away(self, text: str) -> None:
        reason = text.format(path=self._path)
        if self._gone is None or str(self._gone) != reason:
            _log.error("%s", reason)
            self._gone = JournalGone(reason)

    def _save_log(
        self, connection: DatabaseConnection, found: Sequence[os.stat_result | None]
    ) -> None:
        """Bring a log that was removed into the database, as long as this process has it open."""
        database, log, _ = found
        if log is not None or self._saved or self._opened is None:
            return
        if _identity(database) == self._opened[0]:
            self._saved = self._committed_away = True
            busy, frames, moved = connection.execute("PRAGMA wal_checkpoint").fetchone()
            saved = not busy and frames == moved
            _log.error(_SAVED if saved else _NOT_SAVED, self._path)

    def _remember(self, connection: DatabaseConnection) -> None:
        remember_acknowledged(self._path, newest_position(connection))
        self._newer = False

    def _listing(self) -> dict[str, int]:
        """Return the inodes of the files by name, without a stat of them.

        A stat asks for the times: where a system keeps those as exact as they are asked for
        (Linux from 6.13), every write after it changes the inode, and a commit costs 70 µs more.
        """
        try:
            with os.scandir(self._names[1].parent) as entries:
                return {one.name: one.inode() for one in entries if one.name in self._beside}
        except OSError:
            return {}

    def _same(self, found: Sequence[os.stat_result | None]) -> bool:
        return [_identity(one) for one in found] == self._opened

    def _stats(self) -> list[os.stat_result | None]:
        return [_stat(name) for name in self._names]


def names(path: Path) -> tuple[Path, ...]:
    """Return the path of the database, and those of the files that SQLite keeps beside it."""
    real = os.path.realpath(path)
    return (path, *(Path(real + ending) for ending in ENDINGS[1:]))


def identity(path: Path) -> Identity:
    """Return device and inode of what is at the path, None when nothing can be found there."""
    return _identity(_stat(path))


def check_place(path: Path) -> None:
    """Check that opening the database at the path neither begins a new one by mistake nor harms.

    SQLite empties a log whose database it does not find, and applies one to whatever database is
    beside it.

    Raises:
        JournalGone: a database was there, or the running server has other files open.
    """
    found = names(path)
    if identity(path) is None:
        log = _stat(found[1])
        if log is not None and log.st_size:
            raise JournalGone(_LOG_ALONE.format(path=path, log=found[1]))
        expected = acknowledged_entries(path)
        if expected:
            raise JournalGone(missing_text(path, expected, 0))
    server = holder(path) or {}
    opened = server.get("files")
    now = [_identity(_stat(one)) for one in found]
    if opened and [one and list(one) for one in now] != opened:
        who = f"process {server.get('pid')} on {server.get('host')}"
        raise JournalGone(_OTHER_OPEN.format(path=path, who=who))


def _stat(name: Path) -> os.stat_result | None:
    try:
        return name.stat()
    except OSError:
        return None


def _identity(found: os.stat_result | None) -> Identity:
    return None if found is None else (found.st_dev, found.st_ino)


def _content(found: Sequence[os.stat_result | None]) -> tuple[Any, ...]:
    """Return what changes with the content of the database and of its log."""
    return tuple(one and (one.st_size, one.st_mtime_ns) for one in found[:2])


_MOVED = (
    "The database {path}, or its log {path}-wal, was moved, removed or replaced while it was open: "
    "nothing is acknowledged. Put the files back as they were, then start the server again."
)
_RESTART = (
    "The files of the database {path} are back, but were changed meanwhile: "
    "nothing is acknowledged until the server is started again."
)
_LOG_ALONE = (
    "The database {path} is missing, but its log {log} is there and may hold loans: put the "
    "database back beside it. If it is lost, move the log away, keep it, and restore the last "
    "backup with `relais restore`."
)
_OTHER_OPEN = (
    "The Relais server ({who}) has another file open than the one that is at {path} now, which was "
    "moved, removed or replaced: nothing was read or written. Put the files back as they were, or "
    "stop the server first."
)
_SAVED = (
    "The log of %s was removed: what was in it has been saved into the database. "
    "Nothing more is acknowledged until the server is started again."
)
_NOT_SAVED = "The log of %s was removed, and not all of it could be saved into the database."

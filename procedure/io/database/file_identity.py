"""Identifies a SQLite database's files, and checks them before the database is opened.

Opening and closing one of these files would drop the locks that SQLite holds on it for this
process, so the files are only examined with `stat`.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from procedure.errors import JournalGone
from procedure.io.database.missing_entries import lost_text
from procedure.io.database.server_lock import holder

# The write-ahead log, and its index, which all processes share. SQLite creates both when it opens
# the database, and keeps them while any connection is open.
SUFFIXES = ("-wal", "-shm")

# The device and inode, or None for a file that does not exist.
Identity = tuple[int, int] | None
Stats = list[os.stat_result | None]


def database_files(path: Path) -> tuple[Path, ...]:
    real = os.path.realpath(path)
    return (path, *(Path(real + suffix) for suffix in SUFFIXES))


def read_stats(files: tuple[Path, ...]) -> Stats:
    """Return the status of each file, or None if it does not exist or cannot be read."""
    return [_stat(file) for file in files]


def identities(stats: Stats) -> list[Identity]:
    return [stat and (stat.st_dev, stat.st_ino) for stat in stats]


def file_identity(path: Path) -> Identity:
    """Return the device and inode of the file at the path."""
    return identities([_stat(path)])[0]


def stats_of_open_files(files: Sequence[Identity]) -> Stats:
    """Return the status of files that this process has open, whatever their current names.

    The status is None for a file that is not open, and for all files on Windows, which does not
    list open files.
    """
    by_identity = dict[Identity, os.stat_result]()
    with suppress(OSError):
        for handle in Path("/dev/fd").iterdir():
            with suppress(OSError):  # the handle that listed the folder is closed
                status = os.fstat(int(handle.name))
                by_identity[status.st_dev, status.st_ino] = status
    return [by_identity.get(file) for file in files]


def sizes_and_times(stats: Stats) -> tuple[object, ...]:
    """Return the sizes and times of the database and its log, which change with every write."""
    return tuple(stat and (stat.st_size, stat.st_mtime_ns) for stat in stats[:2])


def check_database_files(path: Path) -> None:
    """Check that opening the database at the path does not create or destroy a database by mistake.

    SQLite empties a log if its database is missing, and applies a log to whatever database is next
    to it.

    Raises:
        JournalGone: the database has disappeared, or is not the database that the server has open.
    """
    files = database_files(path)
    stats = read_stats(files)
    if stats[0] is None:
        if stats[1] is not None and stats[1].st_size:
            raise JournalGone(_LOG_WITHOUT_DATABASE.format(path=path, log=files[1]))
        if message := lost_text(path):
            raise JournalGone(message)
    server = holder(path) or {}
    opened = server.get("files")
    if opened and [identity and list(identity) for identity in identities(stats)] != opened:
        process = f"process {server.get('pid')} on {server.get('host')}"
        raise JournalGone(_OTHER_FILE_OPEN.format(path=path, process=process))


def _stat(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except OSError:
        return None


_LOG_WITHOUT_DATABASE = (
    "The database {path} is missing, but its log {log} is there and may contain loans: put the "
    "database back next to it. If it is lost, move the log to a safe place, and restore the last "
    "backup with `relais restore`."
)
_OTHER_FILE_OPEN = (
    "The file at {path} is not the one that the Relais server ({process}) has open, which "
    "was moved, removed or replaced: nothing was read or written. Restore the files, "
    "or stop the server first."
)

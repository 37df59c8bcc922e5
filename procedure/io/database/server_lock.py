"""Allows only one server per database file, using an exclusive lock on a file next to it.

The operating system releases the lock however the process ends. The lock file is never removed,
because two processes could then lock two files with the same name.
"""

import errno
import json
import os
import socket
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from weakref import WeakSet

from procedure.errors import JournalUnwritable
from procedure.io.file_lock import BINARY, try_lock

# A command that checks for a server briefly holds a shared lock, so a starting server waits a
# little.
LOCK_TIMEOUT = 1.0  # seconds
_LOCK_TAKEN = {errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK}


class ServerLock:
    """This process's lock on a database, held until `release` is called."""

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle
        _OWN.add(self)

    def write_holder(self, **more: object) -> None:
        """Write this process's details and `more` to the lock file, for other processes to read."""
        if self._handle is None:
            return
        since = datetime.now(UTC).isoformat(timespec="seconds")
        holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": since} | more
        text = json.dumps(holder).encode()
        os.lseek(self._handle, 0, os.SEEK_SET)
        os.write(self._handle, text)
        os.ftruncate(self._handle, len(text))

    def release(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


_OWN: WeakSet[ServerLock] = WeakSet()


def acquire(database: Path) -> ServerLock:
    """Lock the database for this process.

    Raises:
        JournalUnwritable: another server has the lock, the lock file cannot be written, or the
            folder does not support locks.
    """
    path = lock_file(database)
    try:
        handle = os.open(path, os.O_CREAT | os.O_RDWR | BINARY, 0o600)
    except OSError as refusal:
        raise JournalUnwritable(_NOT_MADE.format(path=path, why=refusal.strerror)) from refusal
    try:
        _lock_with_timeout(handle)
    except OSError as refusal:
        os.close(handle)
        if refusal.errno in _LOCK_TAKEN:
            raise JournalUnwritable(_taken_message(database, path)) from None
        why = refusal.strerror
        raise JournalUnwritable(_NO_LOCKS.format(path=database, why=why)) from refusal
    lock = ServerLock(handle)
    try:
        lock.write_holder()
    except OSError as refusal:
        lock.release()
        raise JournalUnwritable(_NOT_MADE.format(path=path, why=refusal.strerror)) from refusal
    return lock


def holder(database: Path) -> dict[str, object] | None:
    """Return the running server's details (empty if unreadable), or None if none is running."""
    path = lock_file(database)
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        try_lock(handle, shared=True)
    except OSError as refusal:
        return _read(path) if refusal.errno in _LOCK_TAKEN else None
    finally:
        os.close(handle)
    return None


def lock_file(database: Path) -> Path:
    """Return the lock file, which is the same for every link to the database."""
    return Path(f"{os.path.realpath(database)}.server-lock")


def _lock_with_timeout(handle: int) -> None:
    give_up = monotonic() + LOCK_TIMEOUT
    while True:
        try:
            try_lock(handle)
        except OSError as refusal:
            if refusal.errno not in _LOCK_TAKEN or monotonic() > give_up:
                raise
            sleep(0.05)
        else:
            return


def _read(path: Path) -> dict[str, object]:
    with suppress(OSError, ValueError):
        return dict(json.loads(path.read_text("utf-8")))
    return {}


def _taken_message(database: Path, path: Path) -> str:
    known = _read(path)
    pid, host, since = (known.get(key, "?") for key in ("pid", "host", "since"))
    return (
        f"Another Relais server is using the database {database}: process {pid} on {host}, "
        f"since {since}. Stop that process first, or name another database in "
        "RELAIS_DATABASE_URL: two servers on one file would lose loans."
    )


_NOT_MADE = (
    "The lock file {path} cannot be written ({why}): "
    "check its folder and permissions, or name another database in RELAIS_DATABASE_URL."
)
_NO_LOCKS = (
    "The folder of the database {path} does not support file locks ({why}), as on some network "
    "drives: put the database on a local disk. SQLite itself needs the locks too."
)


def _forget_in_child() -> None:
    # A forked child shares the lock and would keep it after the server has ended.
    for lock in list(_OWN):
        lock.release()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_forget_in_child)

"""Spool files: one process appends to each, and removes it once its entries are recorded."""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from errno import ENOENT
from pathlib import Path

from procedure.io.atomic_files import sync_folder
from procedure.io.file_lock import BINARY, try_lock
from procedure.io.spool.spool_line import Spooled, decode_lines, encode_line

DAMAGED = ".damaged"  # the suffix of a file that is kept because it has unreadable lines


class SpoolFile:
    """A file that only this process writes to, and the entries known to be on disk."""

    def __init__(self, path: Path, handle: int, content: bytes = b"") -> None:
        self.path = path
        read = list(decode_lines(content))
        self.entries = [spooled for spooled in read if spooled is not None]
        self.is_damaged = None in read
        self._handle = handle
        self._state = _state_of(os.fstat(handle))

    @property
    def is_in_place(self) -> bool:
        """Whether the open file is still at the path, with the length that was written."""
        try:
            return _state_of(self.path.stat()) == self._state
        except OSError:
            return False

    def append(self, entries: Iterable[Spooled]) -> None:
        """Append the entries and sync the file.

        Raises:
            OSError: the entries may be missing or torn on disk; nothing more may be appended.
        """
        entries = list(entries)
        left = memoryview(b"".join(map(encode_line, entries)))
        written = len(left)
        try:
            while left:  # a disk that is nearly full may accept only some of the bytes
                left = left[os.write(self._handle, left) :]
            os.fsync(self._handle)
        except OSError:
            self._state = _state_of(os.fstat(self._handle))  # the file may now end with a torn line
            raise
        self._state = (*self._state[:2], self._state[2] + written)
        if not self.is_in_place:
            raise FileNotFoundError(ENOENT, "moved, removed or replaced", str(self.path))
        self.entries += entries

    def remove(self) -> None:
        """Overwrite and remove the file, or set it aside if it has damaged lines.

        Another file at the same path, perhaps from another process, is left alone.

        Raises:
            OSError: the file still exists.
        """
        is_here = self._is_at_its_path()
        if not self.is_damaged:
            self._overwrite()
        if not is_here:
            self.close()
            return
        if sys.platform == "win32":  # Windows cannot rename or remove an open file
            self.close()
        if self.is_damaged:
            self.path.touch()  # its retention period begins now
            self.path.rename(self.path.with_name(self.path.name + DAMAGED))
        else:
            self.path.unlink(missing_ok=True)
        self.close()
        sync_folder(self.path.parent)

    def close(self) -> None:
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    def _is_at_its_path(self) -> bool:
        try:
            return _state_of(self.path.stat())[:2] == self._state[:2]
        except OSError:
            return False

    def _overwrite(self) -> None:
        with suppress(OSError):
            overwrite(self._handle)


def _state_of(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_dev, status.st_ino, status.st_size


def overwrite(handle: int) -> None:
    """Overwrite the content of an open file with zeros.

    File systems and disks that never write in place (btrfs, an SSD) may keep a copy.
    """
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, bytes(os.fstat(handle).st_size))
    os.fsync(handle)


def create_spool_file(path: Path) -> SpoolFile:
    """Create a file that only its owner can read.

    Raises:
        OSError: the file cannot be created.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | BINARY, 0o600)
    try:
        try_lock(handle)
        sync_folder(path.parent)
    except OSError:
        os.close(handle)
        path.unlink(missing_ok=True)
        raise
    return SpoolFile(path, handle)


def adopt_spool_file(path: Path) -> SpoolFile | None:
    """Open a file left by a process that has ended; return None if a running process has it locked.

    Raises:
        OSError: the file cannot be read.
    """
    handle = os.open(path, os.O_RDWR | BINARY)
    try:
        try_lock(handle)
    except BlockingIOError:
        os.close(handle)
        return None
    with open(handle, "rb", closefd=False) as file:
        return SpoolFile(path, handle, file.read())

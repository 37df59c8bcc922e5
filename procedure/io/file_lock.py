"""Locks between processes on open files; the operating system frees one when its process ends."""

from __future__ import annotations

import os
import sys

if sys.platform == "win32":
    import msvcrt

    # Windows forbids others to read what is locked: lock a byte far behind the text.
    _BYTE = 1 << 30

    def try_lock(handle: int, *, shared: bool = False) -> None:
        """Lock an open file, without waiting.

        Raises:
            OSError: another process has locked it, or the file system has no locks.
        """
        del shared  # Windows has no such lock here
        os.lseek(handle, _BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def try_lock(handle: int, *, shared: bool = False) -> None:
        """Lock an open file, without waiting.

        Raises:
            OSError: another process has locked it, or the file system has no locks.
        """
        # Not lockf: its lock is lost as soon as this process closes the file anywhere.
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)

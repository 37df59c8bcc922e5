"""Locks that processes take on open files; the system releases them when a process ends."""

import errno
import os
import sys

if sys.platform == "win32":
    import msvcrt

    BINARY = os.O_BINARY  # for os.open: Windows would otherwise change line endings
    # Other processes cannot read the locked part, so lock a byte far beyond the end of the text.
    _BYTE = 1 << 30

    def try_lock(handle: int, *, shared: bool = False) -> None:
        """Lock an open file without waiting.

        Raises:
            BlockingIOError: another process has locked it.
            OSError: the file system does not support locks.
        """
        del shared  # msvcrt has no shared locks
        os.lseek(handle, _BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as refusal:
            if refusal.errno not in {errno.EACCES, errno.EDEADLK}:
                raise
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from None
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
else:
    import fcntl

    BINARY = 0

    def try_lock(handle: int, *, shared: bool = False) -> None:
        """Lock an open file without waiting.

        Raises:
            BlockingIOError: another process has locked it.
            OSError: the file system does not support locks.
        """
        # Do not use lockf: its lock is lost as soon as any part of this process closes the file.
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)

"""Files written whole or not at all."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO


class AtomicFile:
    """A file without its name yet, in the folder where it will stand."""

    def __init__(self, written: IO[bytes]) -> None:
        self._written = written

    def commit(self, path: Path, content: bytes) -> None:
        """Put the content under this name of the folder, on the disk, replacing what was there.

        Whoever looks sees the old file or the new one, never half of it.

        Raises:
            OSError: the folder does not take it; what was there is untouched.
        """
        self._written.write(content)
        self._written.flush()
        os.fsync(self._written.fileno())
        self._written.close()
        Path(self._written.name).replace(path)
        _sync_folder(path.parent)


@contextmanager
def draft_for(path: Path) -> Generator[AtomicFile]:
    """Begin a file beside this path; one that came to nothing is gone at the end.

    Raises:
        OSError: the folder takes no file, or none of such a name.
    """
    # mkstemp gives rights to the owner alone, as befits a file that names people.
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as written:
        try:
            yield AtomicFile(written)
        finally:
            written.close()
            Path(written.name).unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Put the content under this name, on the disk, replacing what was there.

    Raises:
        OSError: the folder does not take it; what was there is untouched.
    """
    with draft_for(path) as draft:
        draft.commit(path, content)


@contextmanager
def replacing(path: Path, *, mode: int = 0o666, over: bool = True) -> Generator[Path]:
    """Give an empty file beside this path to write to; at the end it is on the disk as `path`.

    After an error or a kill, what was there is untouched; what a killed process left beside it
    goes with the next call. With `over` false, a file that holds something is not replaced.

    Raises:
        BlockingIOError: another process is writing this file.
        FileExistsError: a file that holds something is there, and `over` is false.
        OSError: the folder takes no file, or none of such a name.
    """
    path = path.resolve()
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    part = path.with_name(f".{path.name}.part")
    with ExitStack() as opened:
        handle = _open_alone(part, mode)
        opened.callback(os.close, handle)
        try:
            os.ftruncate(handle, 0)
            yield part
            os.fsync(handle)
            if _CLOSE_FIRST:
                opened.close()
            _rename(part, path, over=over)
        except BaseException:
            if _CLOSE_FIRST:
                opened.close()
            part.unlink(missing_ok=True)
            raise
    _sync_folder(path.parent)


def _rename(part: Path, path: Path, *, over: bool) -> None:
    if over or (path.exists() and path.stat().st_size == 0):
        part.replace(path)
        return
    try:
        # Unlike a rename, a link never replaces what another process put there meanwhile.
        os.link(part, path)
    except OSError as refusal:
        if refusal.errno not in _NO_LINKS or path.exists():
            raise
        part.replace(path)
    else:
        part.unlink()


def _open_alone(part: Path, mode: int) -> int:
    """Open the file, locked where the system can: two processes must not write one file."""
    while True:
        handle = os.open(part, os.O_RDWR | os.O_CREAT, mode)
        try:
            _lock(handle)
            # Whoever held it before has renamed or removed it since it was opened here.
            if _is_at(handle, part):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":

    def _lock(handle: int) -> None:
        del handle  # Windows neither renames nor removes a file that is open
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


_CLOSE_FIRST = sys.platform == "win32"
# What file systems without hard links answer.
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable, where the system can (Windows cannot open a folder)."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

"""Files that are replaced atomically."""

import errno
import os
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from procedure.io.file_lock import try_lock


class AtomicFile:
    """A temporary file in the folder of the file that it will replace."""

    def __init__(self, written: IO[bytes]) -> None:
        self._written = written

    def commit(self, path: Path, content: bytes) -> None:
        """Write the content durably to `path`, in the same folder, replacing any existing file.

        Other processes see either the old file or the complete new file.

        Raises:
            OSError: the content cannot be written; an existing file is unchanged.
        """
        self._written.write(content)
        self._written.flush()
        os.fsync(self._written.fileno())
        self._written.close()
        Path(self._written.name).replace(path)
        sync_folder(path.parent)


@contextmanager
def create_atomic_file(path: Path) -> Generator[AtomicFile]:
    """Yield a temporary file next to this path; it is removed at the end unless it was committed.

    Raises:
        OSError: no file can be created in the folder.
    """
    # NamedTemporaryFile gives access only to the owner, which matters because the file may contain
    # personal data.
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as written:
        try:
            yield AtomicFile(written)
        finally:
            written.close()
            Path(written.name).unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Write the content durably to this path, replacing any existing file.

    Raises:
        OSError: the content cannot be written; an existing file is unchanged.
    """
    with create_atomic_file(path) as draft:
        draft.commit(path, content)


@contextmanager
def replacing(path: Path, *, mode: int = 0o666, overwrite: bool = True) -> Generator[Path]:
    """Yield the path of an empty file to write to, which durably replaces `path` at the end.

    If this fails or the process is killed, an existing file is unchanged. The next call overwrites
    the partial file left by a killed process. If `overwrite` is false, an existing file is replaced
    only if it is empty.

    Raises:
        BlockingIOError: another process is writing this file.
        FileExistsError: a file that is not empty exists, and `overwrite` is false.
        OSError: the path is a folder, or no file can be created next to it.
    """
    path = path.resolve()
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    part = path.with_name(f".{path.name}.part")
    with ExitStack() as opened:
        handle = _open_locked(part, mode)
        opened.callback(os.close, handle)
        try:
            os.ftruncate(handle, 0)
            yield part
            os.fsync(handle)
            if _CLOSE_FIRST:
                opened.close()
            _rename(part, path, overwrite=overwrite)
        except BaseException:
            if _CLOSE_FIRST:
                opened.close()
            part.unlink(missing_ok=True)
            raise
    sync_folder(path.parent)


def _rename(part: Path, path: Path, *, overwrite: bool) -> None:
    if overwrite or (path.exists() and path.stat().st_size == 0):
        part.replace(path)
        return
    try:
        # Unlike a rename, a link never replaces a file that another process has just put there.
        os.link(part, path)
    except OSError as refusal:
        if refusal.errno not in _NO_LINKS or path.exists():
            raise
        part.replace(path)
    else:
        part.unlink()


def _open_locked(part: Path, mode: int) -> int:
    """Open the file and, except on Windows, lock it, so that no other process writes to it."""
    while True:
        handle = os.open(part, os.O_RDWR | os.O_CREAT, mode)
        try:
            if sys.platform != "win32":  # Windows cannot rename or remove an open file
                try_lock(handle)
            # The process that held the lock may have renamed or removed the file since we opened
            # it.
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


_CLOSE_FIRST = sys.platform == "win32"
# Errors raised by file systems without hard links.
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


def sync_folder(folder: Path) -> None:
    """Make a new name in the folder durable, except on Windows, which cannot open a folder."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

"""Files written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO


class Draft:
    """A file without its name yet, in the folder where it will stand."""

    def __init__(self, written: IO[bytes]) -> None:
        self._written = written

    def become(self, path: Path, content: bytes) -> None:
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
def draft_for(path: Path) -> Generator[Draft]:
    """Begin a file beside this path; one that came to nothing is gone at the end.

    Raises:
        OSError: the folder takes no file, or none of such a name.
    """
    # mkstemp gives rights to the owner alone, as befits a file that names people.
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as written:
        try:
            yield Draft(written)
        finally:
            written.close()
            Path(written.name).unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Put the content under this name, on the disk, replacing what was there.

    Raises:
        OSError: the folder does not take it; what was there is untouched.
    """
    with draft_for(path) as draft:
        draft.become(path, content)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable, where the system can (Windows cannot open a folder)."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

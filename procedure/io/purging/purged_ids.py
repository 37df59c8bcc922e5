"""The file beside a SQLite database that names the entries whose identifiers were deleted.

`<database>.purged` has the id of an entry a line, and only grows. A backup that is older than a
purge is purged again by it, even if a loan was not settled yet when the backup was made.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from sqlalchemy import URL

from procedure.io.database.state_file import side_file


class PurgedIds:
    """The ids in the file; PostgreSQL has no such file, and `read` returns none there."""

    def __init__(self, url: URL) -> None:
        sqlite = url.get_backend_name() == "sqlite" and url.database
        self._file = side_file(Path(url.database), ".purged") if sqlite and url.database else None

    def read(self) -> frozenset[UUID]:
        """Return every id; a line cut off by a power cut is passed over.

        Raises:
            OSError: the file cannot be read.
        """
        if self._file is None or not self._file.exists():
            return frozenset()
        return frozenset(_ids(self._file.read_text("ascii", errors="replace").split()))

    def add(self, ids: Iterable[UUID]) -> None:
        """Add ids; they are on the disk when this returns.

        Raises:
            OSError: the file cannot be written.
        """
        if self._file is None:
            return
        handle = os.open(self._file, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "a", encoding="ascii") as file:
            file.write("\n" + "".join(f"{entry}\n" for entry in ids))
            file.flush()
            os.fsync(handle)


def _ids(lines: Iterable[str]) -> Iterator[UUID]:
    for line in lines:
        with suppress(ValueError):
            yield UUID(line)

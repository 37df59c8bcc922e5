"""Notices changes to a handbook's files, and checks them once they have stopped changing."""

from pathlib import Path

from procedure.errors import Fault
from procedure.handbook.model import Handbook
from procedure.io.handbook_files import HandbookFiles, check_files, read_files


class HandbookWatch:
    """Watches a handbook's folder; call `poll` every few seconds.

    Files are checked only when two consecutive polls have read the same bytes and modification
    times. This ensures that all of them were in the folder at the same time, and that none was
    half-written. Comparing times alone is not enough, because a tool that copies a file may give
    the copy the original's time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._previous: HandbookFiles | None = None
        self._checked: HandbookFiles | None = None

    def poll(self) -> tuple[Handbook | None, tuple[Fault, ...]] | None:
        """Return the result of `check_files` if the files are new and stable, or else None."""
        files = read_files(self._folder)
        is_quiet, self._previous = files == self._previous, files
        if not is_quiet or files == self._checked:
            return None
        self._checked = files
        return check_files(files)

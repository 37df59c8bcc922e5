"""Notices changes to the files of a handbook, and checks them once writing has stopped."""

from pathlib import Path

from procedure.errors import Fault
from procedure.handbook.model import Handbook
from procedure.io.handbook_files import HandbookFiles, check_files, read_files


class HandbookWatch:
    """Reads a folder on each call of `poll`, every few seconds.

    Files are checked only when two consecutive polls read the same bytes and times. So all of them
    were in the folder together, and no file is read while another is being written. Times alone do
    not suffice, because tools that copy files restore old times.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: HandbookFiles | None = None
        self._checked: HandbookFiles | None = None

    def poll(self) -> tuple[Handbook | None, tuple[Fault, ...]] | None:
        """Read the files; return the result of `check_files` when they are new and stable.

        Return None while they equal the files checked last, or differ from the last poll.
        """
        files = read_files(self._folder)
        is_quiet, self._seen = files == self._seen, files
        if not is_quiet or files == self._checked:
            return None
        self._checked = files
        return check_files(files)

"""Notices that the files of a handbook were changed, and checks them once they are quiet."""

from pathlib import Path

from procedure.errors import Fault
from procedure.handbook.model import Handbook
from procedure.io.handbook_files import HandbookFiles, check_files, read_files


class HandbookWatch:
    """Reads a folder at each `poll`; two polls lie some seconds apart.

    What is checked are the bytes of one poll that the next one met again, in files that nobody
    wrote meanwhile: so all of them stood in the folder together, and no file is taken while another
    is being written. The bytes are compared too, since tools that copy files set their times back.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: HandbookFiles | None = None
        self._checked: HandbookFiles | None = None

    def poll(self) -> tuple[Handbook | None, tuple[Fault, ...]] | None:
        """Read the files; return what `check_files` says of them when they are new and quiet.

        None while they are those that were checked last, or differ from those of the last poll.
        """
        files = read_files(self._folder)
        is_quiet, self._seen = files == self._seen, files
        if not is_quiet or files == self._checked:
            return None
        self._checked = files
        return check_files(files)

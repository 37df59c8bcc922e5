"""A server's spool, which stores entries until they can be recorded in the database."""

import logging
import os
import re
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock

from sqlalchemy.engine import make_url

from procedure.errors import JournalError, JournalUnwritable
from procedure.io.database.pending_loan_notes import SqlNotes
from procedure.io.last_times import side_files_base
from procedure.io.spool.spool_file import (
    DAMAGED,
    SpoolFile,
    adopt_spool_file,
    create_spool_file,
    overwrite,
)
from procedure.io.spool.spool_line import Spooled
from procedure.journal import Entry, Journal

AT_ONCE = 500  # entries per transaction
ATTEMPTS = 20  # attempts to create a file while other processes create theirs

_log = logging.getLogger(__name__)


def spool_base(url: str, folder: Path | None = None) -> Path:
    """Return the path prefix of the files in a database's spool.

    The default folder is the folder of the SQLite database or, for PostgreSQL, the user's data
    folder. If several databases may share the folder, the prefix ends in a hash of the database's
    address, so that no loan gets into the wrong database.
    """
    base, parsed = Path(os.path.realpath(side_files_base(url))), make_url(url)
    if parsed.get_backend_name() == "sqlite":
        identity = str(base)
    else:
        identity = f"{parsed.host}:{parsed.port}/{parsed.database}?{sorted(parsed.query.items())}"
    own = base.with_name(f"{base.name}-{sha256(identity.encode()).hexdigest()[:8]}")
    if folder is not None:
        return folder / own.name
    return base if parsed.get_backend_name() == "sqlite" else own


def spool_files(base: Path) -> list[Path]:
    """Return the spool's files in numerical order, including those set aside as damaged."""
    # Match the whole name, because the files of "relais-2" do not belong to "relais".
    name = re.compile(rf"{re.escape(base.name)}-\d{{8,}}\.spool({re.escape(DAMAGED)})?")
    try:
        return sorted(path for path in base.parent.iterdir() if name.fullmatch(path.name))
    except OSError:  # the folder does not exist, or cannot be read
        return []


def delete_damaged(base: Path, until: datetime) -> None:
    """Overwrite and remove spool files that were set aside as damaged before `until`.

    Their undamaged lines were recorded in the journal before the files were set aside.
    """
    for path in spool_files(base):
        if path.name.endswith(DAMAGED) and path.stat().st_mtime < until.timestamp():
            with path.open("r+b") as file:
                overwrite(file.fileno())
            path.unlink()
            _log.warning("%s was deleted: it was set aside before %s.", path, until)


class Spool:
    """Stores entries on disk, in order, until they are in the journal.

    `base` is the path prefix of the files. `fault` says why entries cannot be appended; it is empty
    if they can be. An entry is acknowledged once it has been appended. The entry's id prevents it
    from being recorded twice.
    """

    def __init__(self, base: Path, journal: Journal, notes: SqlNotes) -> None:
        self.fault = ""
        self._base, self._journal, self._notes = base, journal, notes
        self._files: list[SpoolFile] = []
        # Append only to files that this process created: an adopted file may end with a torn line.
        self._open: SpoolFile | None = None
        self._queued: tuple[Spooled, ...] = ()
        self._recorded: tuple[Entry, ...] = ()
        self._is_moved = False
        self._bringing_in = Lock()
        self._writing = Lock()  # held during disk operations
        self._swapping = Lock()  # held very briefly, because pages wait for this lock
        # A single thread, so that appends keep their order and a slow disk does not delay pages.
        self._appending = ThreadPoolExecutor(1, "relais-spool")
        self._adopt()

    @property
    def count(self) -> int:
        """The number of entries that are not yet in the database."""
        return len(self._queued)

    def snapshot(self) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
        """Return the queued entries, and the recorded entries that `forget` has not dropped yet."""
        with self._swapping:
            return tuple(spooled.entry for spooled in self._queued), self._recorded

    def forget(self, recorded: Sequence[Entry]) -> None:
        """Drop recorded entries once the caller has read them from the journal."""
        with self._swapping:
            self._recorded = self._recorded[len(recorded) :]

    def submit(self, *entries: Spooled) -> Future[tuple[Entry, ...]]:
        """Append the entries; the future returns them once they are on disk.

        If this fails, the future raises `JournalUnwritable`.
        """
        return self._appending.submit(self._append, entries)

    def bring_in(self) -> bool:
        """Record the entries in the journal and remove the files; return whether all were recorded.

        Entries that are already in the journal are not recorded again. After an error, the entries
        stay in the spool.
        """
        with self._bringing_in:
            while self._files:
                batch = self._queued[:AT_ONCE]
                try:
                    self._record(batch)
                except JournalError as fault:
                    _log.debug("The spool is waiting for the database: %s", fault)
                    return False
                self._drop(batch)
        return True

    def check(self) -> None:
        """Check that the open files are still at their paths.

        While a file is not at its path, appends fail.
        """
        with self._writing:
            self._check()

    def close(self) -> None:
        """Finish the appends and close the files; a later process will record their entries."""
        self._appending.shutdown()
        for file in self._files:
            file.close()

    def _check(self) -> None:
        moved = next((file.path for file in self._files if not file.is_in_place), None)
        if moved is not None and not self._is_moved:
            self.fault = _MOVED.format(path=moved)
            _log.error("%s", self.fault)
        if moved is not None and (self._open is None or not self._open.is_in_place):
            self._write_again()
        elif moved is None and self._is_moved:
            self.fault = ""
            _log.warning("The spool %s is back: loans are stored in it again.", self._base.parent)
        self._is_moved = moved is not None

    def _write_again(self) -> None:
        """Write the queued entries to a new file, because an earlier file is not in place."""
        self._open = None
        try:
            self._write(self._queued)
        except OSError as refusal:
            _log.error(
                "The queued loans cannot be written to a new spool file: %s.", refusal.strerror
            )

    def _append(self, entries: Sequence[Spooled]) -> tuple[Entry, ...]:
        with self._writing:
            self._check()
            if self._is_moved:
                raise JournalUnwritable(self.fault)
            try:
                self._write(entries)
            except OSError as refusal:
                self.fault = (
                    f"The spool {self._base.parent} cannot be written to: {refusal.strerror}."
                )
                raise JournalUnwritable(self.fault) from refusal
            if not self._queued:
                _log.warning("Loans are stored in the spool %s from now on.", self._base.parent)
            self.fault = ""
            with self._swapping:
                self._queued += tuple(entries)
        return tuple(spooled.entry for spooled in entries)

    def _write(self, entries: Sequence[Spooled]) -> None:
        file = self._open = self._open or self._create()
        try:
            file.append(entries)
        except OSError:
            self._open = None
            if not file.entries:
                self._files.remove(file)
                with suppress(OSError):
                    file.remove()
            raise

    def _create(self) -> SpoolFile:
        for _ in range(ATTEMPTS - 1):
            # Another process may take the same number, or open the file before we lock it. The last
            # attempt is outside the loop, so that its error is raised.
            with suppress(FileExistsError, BlockingIOError):
                return self._create_next()
        return self._create_next()

    def _create_next(self) -> SpoolFile:
        number = self._next_number()
        file = create_spool_file(self._base.with_name(f"{self._base.name}-{number:08}.spool"))
        self._files.append(file)
        return file

    def _next_number(self) -> int:
        numbers = [
            int(digits)
            for file in (*spool_files(self._base), *(file.path for file in self._files))
            if (digits := file.name.removeprefix(f"{self._base.name}-")[:8]).isdecimal()
        ]
        return max(numbers, default=0) + 1

    def _adopt(self) -> None:
        for path in spool_files(self._base):
            if path.name.endswith(DAMAGED):
                continue
            try:
                file = adopt_spool_file(path)
            except FileNotFoundError:
                continue  # another process has just recorded the file's entries
            except OSError as refusal:
                _log.error("%s cannot be read (%s): check its permissions.", path, refusal.strerror)
                continue
            if file is None:
                continue
            if file.is_damaged:
                _log.error("%s has unreadable lines: it is kept with the suffix %s.", path, DAMAGED)
            self._files.append(file)
            known = {spooled.entry.id for spooled in self._queued}  # an entry may be in two files
            fresh = tuple(spooled for spooled in file.entries if spooled.entry.id not in known)
            with self._swapping:
                self._queued += fresh

    def _record(self, batch: Sequence[Spooled]) -> None:
        # Write the notes first. When the journal is read, the notes of completed loans are deleted.
        # A note written after that would never be deleted.
        written = [
            self._notes.write(spooled.entry.id, spooled.note)
            for spooled in batch
            if spooled.note is not None
        ]
        if batch:
            self._journal.append(*(spooled.entry for spooled in batch))
        for note in written:
            note.result()

    def _drop(self, batch: Sequence[Spooled]) -> None:
        with self._writing:
            with self._swapping:
                self._recorded += tuple(spooled.entry for spooled in batch)
                self._queued = self._queued[len(batch) :]
            if self._queued:
                return
            for file in self._files:
                try:
                    file.remove()
                except OSError as refusal:
                    _log.error("%s cannot be removed (%s).", file.path, refusal.strerror)
                    file.close()
            self._files, self._open = [], None
            if self._is_moved:
                self._adopt()  # another file may be in the moved file's place
            self._check()
            _log.warning("The loans in the spool have been recorded in the database.")


_MOVED = (
    "The spool file {path} was moved, removed or replaced while loans waited in it: nothing is "
    "acknowledged. Put it back unchanged, or make the database writable again."
)

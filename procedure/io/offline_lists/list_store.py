"""Stores the lists and the key for their fingerprints in a folder that only its owner can read."""

import logging
import mmap
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from procedure.errors import OfflineListError
from procedure.io.atomic_files import replacing
from procedure.io.spool.spool import spool_base
from procedure.offline_lists.browser_list import browser_list
from procedure.offline_lists.list_builder import BuiltList, ListBuilder
from procedure.offline_lists.list_layout import HEADER_SIZE, KEY_SIZE, Header, ListKind
from procedure.offline_lists.list_lookup import OfflineList, OfflineLists

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeptList:
    """The header of a stored list, and the time at which the list was imported (aware UTC)."""

    header: Header
    taken_at: datetime


class ListStore:
    """The lists in a folder, which is created with the first list.

    A new list replaces the earlier list at once, for other processes too.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = {kind: folder / f"{kind}.list" for kind in ListKind}
        self._lists = OfflineLists()
        self._versions: list[tuple[int, int] | None] = []

    def current(self) -> OfflineLists:
        """Return the current lists; a damaged list is logged and counts as missing."""
        versions = [_version(file) for file in self._files.values()]
        if versions != self._versions:
            self._lists = OfflineLists(**{kind: self._open(kind) for kind in ListKind})
            self._versions = versions
        return self._lists

    def for_browsers(self, kind: ListKind) -> bytes | None:
        """Return a list in the browsers' form (see `browser_list`), or None if there is no list."""
        try:
            return self._browser_file(kind).read_bytes()
        except FileNotFoundError:
            return None

    def builder(self, kind: ListKind) -> tuple[ListBuilder, bytes]:
        """Return a builder for a new list, and a new key for the list in the browsers' form.

        Raises:
            OSError: the installation's key cannot be read or created.
        """
        browser_key = secrets.token_bytes(KEY_SIZE)
        return ListBuilder(kind, self._made_key(), browser_key), browser_key

    def keep(self, built: BuiltList, header: Header, browser_key: bytes) -> None:
        """Replace a list durably.

        Raises:
            OSError: the new list cannot be written; the server's earlier list is unchanged.
        """
        is_complete = header.is_complete
        content = browser_list(built, header.as_of, browser_key, is_complete=is_complete)
        # Write the browsers' file first. For a moment, browsers then get a newer list than the
        # server has, but browsers are never without a list.
        _write(self._browser_file(header.kind), content)
        _write(self._files[header.kind], *built.pieces(header))

    def status(self) -> list[KeptList]:
        """Return the stored lists; damaged lists are left out."""
        return list(self._kept())

    def headers(self) -> list[Header]:
        return [kept.header for kept in self._kept()]

    def keep_faults(self, faults: Iterable[str]) -> None:
        """Replace the stored reasons with the reasons why files in the last import were refused.

        Raises:
            OSError: the reasons cannot be written.
        """
        lines = "".join(f"{fault}\n" for fault in faults)
        if lines:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(self._faults_file, lines.encode("utf-8", "replace"))
        else:
            self._faults_file.unlink(missing_ok=True)

    def faults(self) -> list[str]:
        """Return the reasons why files in the last import were refused."""
        try:
            return self._faults_file.read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []

    def forget(self, older_than: datetime | None = None) -> list[KeptList]:
        """Delete and return the lists exported before an aware time, or all lists if it is None.

        The key is deleted together with the last list. After that, copies of the list files
        elsewhere are unreadable.

        Raises:
            OSError: a list or the key cannot be deleted.
        """
        forgotten = [
            kept for kept in self._kept() if older_than is None or kept.header.as_of < older_than
        ]
        kinds = [kept.header.kind for kept in forgotten]
        for kind in kinds if older_than is not None else ListKind:
            self._browser_file(kind).unlink(missing_ok=True)
            self._files[kind].unlink(missing_ok=True)
        if older_than is None:
            self._faults_file.unlink(missing_ok=True)
        # If no list was old enough to delete, keep the key: another process may be building the
        # first list with this key.
        is_last = not any(file.exists() for file in self._files.values())
        if is_last and (forgotten or older_than is None):
            self._key_file.unlink(missing_ok=True)
        return forgotten

    def _kept(self) -> Iterator[KeptList]:
        for file in self._files.values():
            with suppress(FileNotFoundError, OfflineListError), file.open("rb") as opened:
                stat = os.fstat(opened.fileno())
                header = Header.unpack(opened.read(HEADER_SIZE), stat.st_size)
                yield KeptList(header, datetime.fromtimestamp(stat.st_mtime, UTC))

    def _open(self, kind: ListKind) -> OfflineList | None:
        file = self._files[kind]
        if not file.exists():
            return None
        try:
            with file.open("rb") as opened:
                content = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
            return OfflineList(content, self._key_file.read_bytes())
        except (OSError, ValueError, OfflineListError) as fault:
            _log.error("%s is not used: %s", file, fault)
            return None

    def _made_key(self) -> bytes:
        """Return this installation's key, creating it if there is none."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(self.folder / "CACHEDIR.TAG", _NO_BACKUP)
        with (
            suppress(FileExistsError),
            replacing(self._key_file, mode=0o600, overwrite=False) as part,
        ):
            part.write_bytes(secrets.token_bytes(KEY_SIZE))
        return self._key_file.read_bytes()

    @property
    def _key_file(self) -> Path:
        return self.folder / "key"

    @property
    def _faults_file(self) -> Path:
        return self.folder / "refused.txt"

    def _browser_file(self, kind: ListKind) -> Path:
        return self.folder / f"{kind}.browsers"


# https://bford.info/cachedir/: backup programs leave out folders with this file.
_NO_BACKUP = (
    b"Signature: 8a477f597d28d172789f06886806bc55\n# Backups must not contain lists or their key.\n"
)


def _version(file: Path) -> tuple[int, int] | None:
    """Return a value that changes when the file is replaced, or None if there is no file."""
    try:
        stat = file.stat()
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_mtime_ns


def _write(file: Path, *pieces: bytes | memoryview) -> None:
    with replacing(file, mode=0o600) as part, part.open("wb") as written:
        written.writelines(pieces)


def lists_folder(url: str) -> Path:
    """Return the folder for a database's lists; for SQLite, it is next to the database file."""
    base = spool_base(url)
    return base.with_name(f"{base.name}.lists")

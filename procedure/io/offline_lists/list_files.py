"""Opens list files according to their content, not their names.

Koha's accounts come from `borrowers.db`, a SQLite file for Koha's offline clients. A library
creates it with Koha's script misc/cronjobs/create_koc_db.pl. From its `borrowers` table, only the
columns for the card, the user name, the expiry date and the blocks are read.
"""

import io
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path
from time import monotonic
from typing import IO
from zipfile import BadZipFile, ZipFile

from procedure.circulation.imports.file_text import is_web_page
from procedure.errors import OfflineListError
from procedure.offline_lists.alma_accounts import AlmaAccounts
from procedure.offline_lists.list_layout import ListKind, account_entry
from procedure.offline_lists.list_table import CsvList
from procedure.offline_lists.listed import Column, Listed, ListReader, ReadingContext, day_of

BEGINS = b"SQLite format 3\0"
_FLAGS = ("lost", "gonenoaddress")
_LONGEST = 4096  # characters per value
_NO_FILE_OF_KOHA = "is not Koha's borrowers.db: it has no borrowers table with a cardnumber column"


class KohaBorrowers:
    """The accounts in `borrowers.db`, by card number and by user name.

    An account is blocked while it is debarred (Koha stores the last day of the block), or if its
    card is lost or its address is unknown.

    Raises:
        OfflineListError: the file is damaged, is not a `borrowers.db`, or contains a faulty date.
    """

    kind = ListKind.ACCOUNTS
    columns: Sequence[Column] = ()
    is_complete = True

    def __init__(self, file: Path, today: date) -> None:
        self._file = file
        self._today = today

    def __iter__(self) -> Iterator[Listed]:
        try:
            with closing(sqlite3.connect(f"{self._file.as_uri()}?immutable=1", uri=True)) as opened:
                opened.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1 << 20)
                yield from self._accounts(opened)
        except sqlite3.Error:
            raise OfflineListError("is damaged or incomplete: create it again") from None

    def _accounts(self, opened: sqlite3.Connection) -> Iterator[Listed]:
        opened.execute("PRAGMA trusted_schema = OFF")
        # A view with this name could be an endless query.
        is_table = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'borrowers'"
        columns = [name for _, name, *_ in opened.execute("PRAGMA table_info(borrowers)")]
        if opened.execute(is_table).fetchone() is None or "cardnumber" not in columns:
            raise OfflineListError(_NO_FILE_OF_KOHA)
        names = ("cardnumber", "userid", "dateexpiry", "debarred", *_FLAGS)
        chosen = ", ".join(name if name in columns else "NULL" for name in names)
        for row in opened.execute(f"SELECT {chosen} FROM borrowers"):  # noqa: S608 - our own names
            card, user, expires, debarred, *flags = (str(cell or "")[:_LONGEST] for cell in row)
            try:
                is_blocked = self._is_debarred(debarred) or not set(flags) <= {"", "0"}
                yield (card, user), account_entry(day_of(expires), is_blocked=is_blocked)
            except ValueError as fault:
                raise OfflineListError(f"an account {fault}") from None

    def _is_debarred(self, until: str) -> bool:
        """Return whether an account is debarred; old versions of Koha store 1 instead of a date."""
        if until in {"", "0"} or until.startswith("0000-00-00"):
            return False
        last = None if until == "1" else day_of(until)
        return last is None or last >= self._today


_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
LARGEST = 4 << 30  # bytes, uncompressed
LONGEST_TIME = 3600.0  # seconds allowed for reading a file
MOST_MEMBERS = 1000
_SAMPLE = 1 << 16
# A file that every Excel workbook contains.
_OF_WORKBOOK = "[Content_Types].xml"
_WORKBOOK = "is an Excel workbook: save the sheet as CSV, and import the CSV file"
_WEB_PAGE = "is a web page, such as a login page, not a list: export it again"


def open_list_file(path: Path, context: ReadingContext, opened: ExitStack) -> list[ListReader]:
    """Return the readers for a file: one, or one for each member of a zip file.

    Raises:
        OfflineListError: the file has an unknown format, is damaged or too large, or takes too long
            to read. The readers raise this error too.
        OSError: the file cannot be read.
    """
    if not path.is_file():
        raise OfflineListError("is not a regular file: save the export to a file first")
    file = opened.enter_context(path.open("rb"))
    begins = file.read(len(BEGINS))
    file.seek(0)
    if begins == BEGINS:
        return [KohaBorrowers(path.absolute(), context.today)]
    try:
        parts = _members(file, opened) if begins.startswith(_ZIP) else [file]
    except _DAMAGED:
        raise OfflineListError(_CANNOT_BE_READ) from None
    return [_reader(part, context) for part in parts]


# The exceptions that `zipfile` raises for a wrong checksum or offset, a missing part, a password or
# an unknown compression method.
_DAMAGED = (
    BadZipFile,
    EOFError,
    RuntimeError,
    NotImplementedError,
    zlib.error,
    OSError,
    ValueError,
)
_CANNOT_BE_READ = "is damaged, or a zip file with a password"


def _members(file: IO[bytes], opened: ExitStack) -> list[IO[bytes]]:
    packed = opened.enter_context(ZipFile(file))
    members = [member for member in packed.infolist() if not member.is_dir()]
    if not 0 < len(members) <= MOST_MEMBERS:
        raise OfflineListError(f"is a zip file containing {len(members)} files")
    if any(member.filename == _OF_WORKBOOK for member in members):
        raise OfflineListError(_WORKBOOK)
    if sum(member.file_size for member in members) > LARGEST:
        raise OfflineListError(_TOO_LARGE)
    return [opened.enter_context(packed.open(member)) for member in members]


def _reader(stream: IO[bytes], context: ReadingContext) -> ListReader:
    bounded = io.BufferedReader(_LimitedStream(stream), _SAMPLE)
    sample = bounded.peek(_SAMPLE)[:_SAMPLE]
    if not sample.strip():
        raise OfflineListError("is empty")
    if is_web_page(sample):
        raise OfflineListError(_WEB_PAGE)
    if sample.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return AlmaAccounts(bounded, context.today)
    if b"\0" in sample and not sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise OfflineListError("is neither XML nor CSV, nor a zip file of them, nor Koha's file")
    return CsvList(bounded, sample, context)


class _LimitedStream(io.RawIOBase):
    """A stream that raises an error if it is damaged, too large, or takes too long to read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._given = 0
        self._begun = monotonic()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        try:
            piece = self._stream.read(len(buffer))
        except _DAMAGED:
            raise OfflineListError(_CANNOT_BE_READ) from None
        self._given += len(piece)
        if self._given > LARGEST:
            raise OfflineListError(_TOO_LARGE)
        if monotonic() - self._begun > LONGEST_TIME:
            raise OfflineListError(_TOO_LONG)
        buffer[: len(piece)] = piece
        return len(piece)


_TOO_LONG = "takes more than an hour to read: no library's list does"
_TOO_LARGE = f"holds more than {LARGEST >> 30} GB: no library's list is that large"

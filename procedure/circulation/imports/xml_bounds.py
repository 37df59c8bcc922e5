"""How large a workbook may be inside, checked before anything of it is stored.

A workbook is packed XML: a small file may unpack to one row of a hundred million cells, or to one
text that fills the memory. So each part is run through in pieces, keeping nothing but counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import ZipFile

MEGABYTE = 1024 * 1024
# Unpacked bytes of a part, by what its name begins with; the last is for all others.
LARGEST: Mapping[str, int] = {
    "xl/worksheets/": 300 * MEGABYTE,  # a million rows take some 150 MB
    "xl/sharedStrings": 64 * MEGABYTE,
    "": 8 * MEGABYTE,
}
# A table of loans packs to a tenth; a hundredth is nothing but one thing again and again.
RATIO = 100
SMALL = MEGABYTE  # nothing within this can do harm
# Elements of a part: some 200 MB once they are read. A row of a spreadsheet has 16,384 cells.
MOST, MOST_IN_ROW = 8_000_000, 4 * 16_384
MOST_STRINGS = 2_000_000
LONGEST = 32_767  # characters of a cell, and more than any attribute has
_PIECE = 64 * 1024


def too_large(book: ZipFile) -> bool:
    """Return whether any part of a workbook holds more than a table of loans can."""
    for part in book.infolist():
        limit = next(size for name, size in LARGEST.items() if part.filename.startswith(name))
        if part.file_size > limit:
            return True
        if part.file_size > SMALL:
            if part.file_size > RATIO * max(part.compress_size, 1):
                return True
            with book.open(part) as xml:
                if not _is_bounded(xml, strings=part.filename.startswith("xl/sharedStrings")):
                    return True
    return False


class _Unbounded(Exception):
    pass


class _ParsedCounts:
    """What expat meets, counted; raises where it is too much."""

    def __init__(self, most: int) -> None:
        self._most, self._all, self._in_row, self._text = most, 0, 0, 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._all, self._in_row, self._text = self._all + 1, self._in_row + 1, 0
        if name.rpartition(":")[2] in ("row", "si"):
            self._in_row = 0
        if self._all > self._most or self._in_row > MOST_IN_ROW or len(attributes) > LONGEST:
            raise _Unbounded

    def text(self, piece: str) -> None:
        self._text += len(piece)
        if self._text > LONGEST:
            raise _Unbounded

    def declared(self, *_: Any) -> None:
        raise _Unbounded  # no spreadsheet declares entities


def _is_bounded(xml: IO[bytes], *, strings: bool) -> bool:
    counts, parser = _ParsedCounts(MOST_STRINGS if strings else MOST), ParserCreate()
    parser.StartElementHandler = counts.start
    parser.CharacterDataHandler = counts.text
    parser.StartDoctypeDeclHandler = counts.declared
    try:
        while piece := xml.read(_PIECE):
            parser.Parse(piece)
        parser.Parse(b"", True)
    except _Unbounded:
        return False
    except ExpatError:
        return True  # no XML: the reader itself says so
    return True

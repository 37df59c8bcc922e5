"""Reads CSV tables of accounts or items."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import TextIOWrapper
from typing import IO

from procedure.circulation.imports.bare_code import bare
from procedure.circulation.imports.column_names import spelt
from procedure.circulation.imports.tables import refuse_rounded
from procedure.errors import OfflineListError
from procedure.offline_lists.list_layout import ListKind, account_entry
from procedure.offline_lists.listed import (
    INACTIVE,
    Column,
    Listed,
    ReadingContext,
    day_of,
    is_active,
    item_entry,
)

_BARCODE = ("barcode", "item barcode", "item", "code barres", "strichcode")
# The names of the columns as returned by `spelt`.
ACCOUNT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "identifier": (
        "identifier",
        "identifier value",
        "user identifier",
        "user id",
        "userid",
        "user",
        "primary identifier",
        "primary id",
        "user primary identifier",
        "cardnumber",
        "card number",
        "card",
        "patron",
        "patron barcode",
        "user barcode",
        "carte",
        "lecteur",
        "identifiant",
        "identifiant principal",
        "ausweisnummer",
        "benutzer",
    ),
    "expires": (
        "expiry date",
        "expiration date",
        "expires",
        "dateexpiry",
        "date d expiration",
        "patron expiry date",
        "user expiry date",
        "ablaufdatum",
    ),
    "blocked": (
        "blocked",
        "is blocked",
        "block",
        "blocks",
        "user block",
        "user blocks",
        "bloqué",
        "gesperrt",
        "sperre",
        "sperren",
    ),
    # A block's description counts unless its status says that the block is inactive.
    "block_description": (
        "block description",
        "block type",
        "block reason",
        "user block description",
        "user block type",
        "sperrgrund",
        "motif de blocage",
    ),
    "block_status": ("block status", "user block status", "statut du blocage", "sperrstatus"),
    "status": ("status", "user status", "account status", "statut"),
    "barcode": _BARCODE,
}
ITEM_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "barcode": _BARCODE,
    "not_for_loan": ("not for loan", "notforloan", "exclu du prêt", "nicht ausleihbar"),
    "requested": ("requested", "is requested", "demandé", "vorgemerkt"),
    "policy": ("policy", "item policy", "loan policy"),
    "days": ("days", "loan days", "jours", "tage"),
}
# The columns that tell a table of items from a table of accounts.
_OF_ITEMS = ("not_for_loan", "requested", "policy")
_OF_ACCOUNTS = ("identifier", "expires", "blocked", "block_description", "block_status")
_ONLY_FIRST = ("expires", "policy", "days")
# In a yes/no column, these values mean no, and all others mean yes: Koha exports numbers, and Alma
# the names of blocks.
NO = frozenset({"", "0", "n", "no", "non", "nein", "f", "false", "none", "-"})
LONGEST_LINE = 1 << 16
_DELIMITERS = ",;\t"


class ListTable:
    """The columns of a table, found by the names in its header row.

    A table may have several columns of identifiers, blocks or statuses. Of other columns with the
    same meaning, only the first is read. `columns` has all headings, in their order.

    Raises:
        OfflineListError: there is no column for identifiers or barcodes.
    """

    def __init__(self, heading: Sequence[str], context: ReadingContext) -> None:
        words = [spelt(cell) for cell in heading]
        is_items = _names_any(words, ITEM_COLUMNS, _OF_ITEMS)
        is_accounts = not is_items and _names_any(words, ACCOUNT_COLUMNS, _OF_ACCOUNTS)
        self.kind = ListKind.ACCOUNTS if is_accounts else ListKind.ITEMS
        self._context = context
        self._places = _places(words, ACCOUNT_COLUMNS if is_accounts else ITEM_COLUMNS)
        self._codes = [*self._places.get("identifier", ()), *self._places["barcode"]]
        if not self._codes:
            raise OfflineListError(_NO_COLUMN)
        meanings = {place: name for name, places in self._places.items() for place in places}
        self.columns: Sequence[Column] = [
            (cell.strip(), meanings.get(place, "").replace("_", " "))
            for place, cell in enumerate(heading)
        ]

    def listed(self, cells: Sequence[str]) -> Listed:
        """Return the identifiers in a row, and the entry that the list stores for them.

        Raises:
            ValueError: a cell cannot be read; the message does not quote any identifier.
        """
        codes = [bare(cells[place]) for place in self._codes]
        if self.kind is ListKind.ACCOUNTS:
            for code in codes:
                refuse_rounded(item="", patron=code)
            return codes, account_entry(
                day_of(self._cell(cells, "expires")), is_blocked=self._is_blocked(cells)
            )
        for code in codes:
            refuse_rounded(item=code, patron="")
        days = self._cell(cells, "days")
        if days and not (days.isascii() and days.isdecimal() and len(days) < 6):
            raise ValueError("has days that are not a whole number")
        policy = self._context.days(self._cell(cells, "policy"))
        return codes, item_entry(
            lends=not self._is_set(cells, "not_for_loan"),
            is_requested=self._is_set(cells, "requested"),
            days=int(days) if days else policy,
        )

    def _is_blocked(self, cells: Sequence[str]) -> bool:
        if self._is_set(cells, "blocked") or not all(map(is_active, self._cells(cells, "status"))):
            return True
        states = [state.casefold() for state in self._cells(cells, "block_status")]
        if any(state in INACTIVE for state in states):
            return False
        return self._is_set(cells, "block_status") or self._is_set(cells, "block_description")

    def _is_set(self, cells: Sequence[str], column: str) -> bool:
        return any(cell.casefold() not in NO for cell in self._cells(cells, column))

    def _cell(self, cells: Sequence[str], column: str) -> str:
        return next(iter(self._cells(cells, column)), "")

    def _cells(self, cells: Sequence[str], column: str) -> list[str]:
        return [bare(cells[place]) for place in self._places[column]]


def _places(
    heading: Sequence[str], known: Mapping[str, Sequence[str]]
) -> Mapping[str, Sequence[int]]:
    """Return the places of each known column in the heading."""
    places = {
        column: [place for place, name in enumerate(heading) if name in names]
        for column, names in known.items()
    }
    return {column: at[:1] if column in _ONLY_FIRST else at for column, at in places.items()}


def _names_any(
    heading: Sequence[str], known: Mapping[str, Sequence[str]], columns: Sequence[str]
) -> bool:
    return any(name in heading for column in columns for name in known[column])


_NO_COLUMN = (
    "has no column for identifiers: the first line must name the columns; for accounts, identifier "
    "(one or more), expiry date and blocked; for items, barcode, not for loan, requested, policy "
    "and days"
)


class CsvList:
    """A CSV file of accounts or items, with any common delimiter and encoding.

    Raises:
        OfflineListError: there is no column for identifiers or barcodes, a line cannot be read, or
            the file is cut off.
    """

    is_complete = True

    def __init__(self, stream: IO[bytes], sample: bytes, context: ReadingContext) -> None:
        text = TextIOWrapper(stream, _encoding(sample), errors="replace", newline="")
        self._lines = _bounded_lines(text)
        first = next((line for line in self._lines if line.strip()), "")
        self._delimiter = max(_DELIMITERS, key=first.count)
        (heading,) = csv.reader([first], delimiter=self._delimiter)
        self._width = len(heading)
        self._table = ListTable(heading, context)
        self.kind = self._table.kind
        self.columns = self._table.columns

    def __iter__(self) -> Iterator[Listed]:
        rows = csv.reader(self._lines, delimiter=self._delimiter, strict=True)
        try:
            for cells in rows:
                if any(cells):
                    yield self._table.listed(self._whole(cells))
        except (csv.Error, ValueError) as fault:
            raise OfflineListError(str(fault), line=rows.line_num + 1) from None

    def _whole(self, cells: Sequence[str]) -> Sequence[str]:
        if len(cells) < self._width:
            raise ValueError(f"has {len(cells)} of {self._width} columns: is the file cut short?")
        return cells


def _encoding(sample: bytes) -> str:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        sample[: sample.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _bounded_lines(text: TextIOWrapper) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise OfflineListError(f"has a line of more than {LONGEST_LINE} characters")
        yield line

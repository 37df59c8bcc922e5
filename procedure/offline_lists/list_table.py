"""Reads CSV tables of accounts or items."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from io import TextIOWrapper
from typing import IO

from procedure.circulation.imports.tables import refuse_rounded
from procedure.errors import OfflineListError
from procedure.offline_lists.list_layout import ListKind, account_entry
from procedure.offline_lists.listed import (
    Listed,
    ReadingContext,
    day_of,
    item_entry,
)

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
        "date d'expiration",
        "patron expiry date",
        "user expiry date",
        "ablaufdatum",
    ),
    "blocked": ("blocked", "is blocked", "block", "blocks", "user block", "bloqué", "gesperrt"),
    "status": ("status", "user status", "account status", "statut"),
}
ITEM_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "barcode": ("barcode", "item barcode", "item", "code-barres", "code barres", "strichcode"),
    "not_for_loan": ("not for loan", "notforloan", "exclu du prêt", "nicht ausleihbar"),
    "requested": ("requested", "is requested", "demandé", "vorgemerkt"),
    "policy": ("policy", "item policy", "loan policy"),
    "days": ("days", "loan days", "jours", "tage"),
}
# The columns that tell a table of items from a table of accounts.
_OF_ITEMS = ("not_for_loan", "requested", "policy")
_OF_ACCOUNTS = ("identifier", "expires", "blocked")
# In a yes/no column, these values mean no, and all others mean yes: Koha exports numbers, and Alma
# the names of blocks.
NO = frozenset({"", "0", "n", "no", "non", "nein", "f", "false", "none", "-"})
LONGEST_LINE = 1 << 16
_DELIMITERS = ",;\t"


class ListTable:
    """The columns of a table, found by the names in its header row.

    A table of accounts may have several columns of identifiers.

    Raises:
        OfflineListError: there is no column for identifiers or barcodes.
    """

    def __init__(self, heading: Sequence[str], context: ReadingContext) -> None:
        spelt = [re.sub(r"[\s_]+", " ", cell).strip().lower() for cell in heading]
        is_items = _names_any(spelt, ITEM_COLUMNS, _OF_ITEMS)
        is_accounts = not is_items and _names_any(spelt, ACCOUNT_COLUMNS, _OF_ACCOUNTS)
        self.kind = ListKind.ACCOUNTS if is_accounts else ListKind.ITEMS
        self._columns = ACCOUNT_COLUMNS if is_accounts else ITEM_COLUMNS
        self._context = context
        named = self._columns["identifier"] if is_accounts else ()
        barcodes = ITEM_COLUMNS["barcode"]
        self._codes = [at for at, name in enumerate(spelt) if name in named or name in barcodes]
        if not self._codes:
            raise OfflineListError(_NO_COLUMN)
        self._places = {
            column: spelt.index(name)
            for column, names in self._columns.items()
            for name in names
            if name in spelt
        }

    def listed(self, cells: Sequence[str]) -> Listed:
        """Return the identifiers in a row, and the entry that the list stores for them.

        Raises:
            ValueError: a cell cannot be read; the message does not quote any identifier.
        """
        codes = [cells[place] for place in self._codes]
        if self.kind is ListKind.ACCOUNTS:
            for code in codes:
                refuse_rounded(item="", patron=code)
            blocked = self._is_set(cells, "blocked") or self._cell(cells, "status") in _INACTIVE
            expires = day_of(self._cell(cells, "expires"))
            return codes, account_entry(expires, is_blocked=blocked)
        refuse_rounded(item=codes[0], patron="")
        days = self._cell(cells, "days")
        if days and not (days.isascii() and days.isdecimal() and len(days) < 6):
            raise ValueError("has days that are not a whole number")
        policy = self._context.days(self._cell(cells, "policy"))
        return codes, item_entry(
            lends=not self._is_set(cells, "not_for_loan"),
            is_requested=self._is_set(cells, "requested"),
            days=int(days) if days else policy,
        )

    def _is_set(self, cells: Sequence[str], column: str) -> bool:
        return self._cell(cells, column).lower() not in NO

    def _cell(self, cells: Sequence[str], column: str) -> str:
        place = self._places.get(column)
        return "" if place is None else cells[place].strip()


def _names_any(
    heading: Sequence[str], known: Mapping[str, Sequence[str]], columns: Sequence[str]
) -> bool:
    return any(name in heading for column in columns for name in known[column])


_INACTIVE = frozenset({"INACTIVE", "Inactive", "inactive"})
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

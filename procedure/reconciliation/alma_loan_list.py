"""A list of loans taken from Alma (Analytics, or any export) or Koha (a report), CSV or XLSX."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from procedure.circulation.imports.file_text import CUT, as_utf8
from procedure.circulation.imports.local_times import parsed
from procedure.circulation.imports.row import UnreadableLine
from procedure.circulation.imports.tables import columns, csv_cells, refuse_rounded
from procedure.circulation.imports.xlsx import workbook_cells
from procedure.local_time import instants
from procedure.reconciliation.alma_records import LoanFacts

REQUIRED = ("item", "user")
NAMES: Mapping[str, tuple[str, ...]] = {
    "item": ("item", "barcode", "item barcode", "code-barres", "strichcode"),
    "user": (
        *("user", "user id", "primary identifier", "primary id", "patron", "borrower id"),
        *("user primary identifier", "identifiant principal", "lecteur", "cardnumber"),
    ),
    "lent_at": (
        *("loan date", "loaned at", "lent at", "date de prêt", "loan date and time", "issuedate"),
    ),
    "due": ("due date", "due", "date d'échéance", "échéance", "fälligkeitsdatum", "date due"),
}  # fmt: skip


def read_loan_list(content: bytes) -> tuple[list[LoanFacts], list[UnreadableLine]]:
    """Read the loans, and the lines that are none; a date without a time of day counts as missing.

    Of two lines for one item, the later one comes later. A list that is cut off, or has a code that
    a spreadsheet has rounded, gives no loans: those not read would be taken for missing in Alma.
    """
    workbook = content.startswith(b"PK\x03\x04")
    content = as_utf8(content)
    sheet, bad = workbook_cells(content) if workbook else csv_cells(content)
    filled = (row for row in sheet if any(cell.strip() for cell in row[1]))
    number, heading = next(filled, (1, ()))
    places = columns(heading, NAMES)
    missing = [name for name in REQUIRED if name not in places]
    if not sheet and bad:
        return [], bad
    if missing:
        return [], [*bad, UnreadableLine(number, _wrong_heading(missing))]
    loans: list[LoanFacts] = []
    lost = [bad_line for bad_line in bad if bad_line.reason == CUT]
    for line, cells in filled:
        fields = {name: _cell(cells, place) for name, place in places.items()}
        try:
            refuse_rounded(item=fields["item"], patron=fields["user"])
        except ValueError as fault:
            lost.append(UnreadableLine(line, str(fault)))
            continue
        loan = _loan(fields)
        if loan is None:
            bad.append(UnreadableLine(line, "names no item or no user"))
        else:
            loans.append(loan)
    return ([], sorted(lost, key=lambda bad_line: bad_line.line)) if lost else (loans, bad)


def _wrong_heading(missing: Sequence[str]) -> str:
    return (
        f"names no column for {', '.join(missing)}; the first line must name the columns "
        "item and user, and may name loan date and due date"
    )


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _loan(fields: Mapping[str, str]) -> LoanFacts | None:
    if not fields["item"] or not fields["user"]:
        return None
    lent_at, due = (_instant(fields.get(name, "")) for name in ("lent_at", "due"))
    return LoanFacts(fields["item"], fields["user"], lent_at, due)


def _instant(text: str) -> datetime | None:
    try:
        shown = parsed(text)
    except ValueError:
        return None
    if shown.tzinfo is not None:
        return shown.astimezone(UTC)
    return next(iter(instants(shown)), None)

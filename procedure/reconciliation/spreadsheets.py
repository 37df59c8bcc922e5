"""Results of the reconciliation as CSV or XLSX.

The results include the short loans to extend. Alma never sets a due date in the past. If a loan is
already due when it is uploaded, Alma sets the time of the upload as the due date, and the loan is
overdue at once. Before the upload, such loans are forecast from the item's policy. After the
upload, the verification finds them.
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any, cast

from procedure.local_time import local
from procedure.pandas_types import Frame
from procedure.reconciliation.carts import cart_counts
from procedure.reconciliation.reconciled_loan import (
    DUE_SHIFTED,
    ReconciledLoan,
    ReconciliationState,
    Stage,
)
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from procedure.reconciliation.sign_off import current_rows, without_earlier
from procedure.reconciliation.stage_counts import count_stages

# The states of rows that need no extension: Alma does not have the loan, or staff settled it.
_OUT = (ReconciliationState.VOID, ReconciliationState.SETTLED_BY_HAND, ReconciliationState.REFUSED)


@dataclass(frozen=True, slots=True)
class Extension:
    """A loan to extend.

    `due` is the due date under the terms of the item's policy, or None if the terms are unknown.
    `in_alma` is the due date in Alma, or None before the verification.
    """

    row: ReconciledLoan
    policy: str
    due: datetime | None
    in_alma: datetime | None


def extensions(
    reconciliation: ReconciliationLog, terms: Mapping[str, timedelta], *, now: datetime
) -> list[Extension]:
    """Return the loans to extend; `terms` maps item policies to the length of short loans.

    A row that has not been uploaded yet counts as uploaded at `now` (aware).
    """
    listed = (_extension(reconciliation, row, terms, now) for row in reconciliation.rows())
    return [extension for extension in listed if extension is not None]


def _extension(
    reconciliation: ReconciliationLog,
    row: ReconciledLoan,
    terms: Mapping[str, timedelta],
    now: datetime,
) -> Extension | None:
    if row.state in _OUT:
        return None
    answer = reconciliation.items.get(row.corrected.item)
    policy = "" if answer is None or answer.item is None else answer.item.policy
    term = terms.get(policy)
    due = None if term is None else row.loan.at + term
    proof = row.history.since_sent(row.history.proof)
    if row.state is ReconciliationState.CONFIRMED:
        stands = row.reason == DUE_SHIFTED
    else:
        stands = due is not None and due <= (row.uploaded or now)
    return Extension(row, policy, due, None if proof is None else proof.due) if stands else None


# Spreadsheets interpret cells with these prefixes as formulas.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Characters that are not allowed in XML 1.0.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Cell = str | int | datetime | date | None


@dataclass(frozen=True, slots=True)
class Table:
    """A header and rows of cells; times are aware and shown in the library's time zone."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def as_csv(tables: Mapping[str, Table]) -> bytes:
    """Write tables below one another, separated by an empty line, in UTF-8 with BOM and CRLF."""
    page = StringIO()
    writer = csv.writer(page)
    for number, table in enumerate(tables.values()):
        if number:
            writer.writerow([])
        writer.writerow(table.head)
        writer.writerows([harmless(_text(cell)) for cell in row] for row in table.rows)
    # Spreadsheets need the byte order mark to recognise UTF-8.
    return page.getvalue().encode("utf-8-sig")


def as_xlsx(tables: Mapping[str, Table]) -> bytes:
    """Write a workbook with a sheet for each table."""
    # `openpyxl` is slow to import, and most files are CSV.
    from openpyxl import Workbook  # noqa: PLC0415

    book: Any = cast("Any", Workbook)(write_only=True)
    for name, table in tables.items():
        sheet = book.create_sheet(name)
        for row in (table.head, *table.rows):
            sheet.append(list(_cells(sheet, row)))
    page = BytesIO()
    book.save(page)
    return page.getvalue()


def harmless(cell: str) -> str:
    """Put an apostrophe before a string that a spreadsheet would interpret as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _cells(sheet: Any, row: Iterable[Cell]) -> Iterable[Any]:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    for value in row:
        content = value if isinstance(value, int) else _NO_XML.sub("\ufffd", _text(value))
        cell = cast("Any", WriteOnlyCell)(sheet, content)
        if not isinstance(value, int):
            # In text cells, barcodes keep leading zeros, and "=" does not start a formula.
            cell.data_type, cell.number_format = "s", "@"
        yield cell


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return f"{local(cell):%Y-%m-%d %H:%M}"
        case _:
            return str(cell)


_CARTS = ("desk", "returns", "accounted", "by_api", "by_hand", "lent_again", "left")
_EXTEND = ("desk", "item", "lent", "due", "policy", "state", "due_in_alma")


def summary_tables(reconciliation: ReconciliationLog) -> dict[str, Table]:
    """Return tables of the current rows (by desk, day, state and stage), carts and signatures."""
    table = reconciliation.table()
    signed = [
        (entry.operator, entry.at, counts.total(), "yes" if stands else "no")
        for entry, counts, stands in without_earlier(reconciliation.signed, table)
    ]
    carts = [
        (row.desk, row.all, row.accounted, row.by_api, row.by_hand, row.lent_again, row.left)
        for row in cart_counts(reconciliation)
    ]
    return {
        "loans": _loans_by_day(current_rows(table, reconciliation.signed)),
        **({"carts": Table(_CARTS, carts)} if carts else {}),
        "signed": Table(("signed_by", "signed_at", "rows", "stands"), signed),
    }


def _loans_by_day(table: Frame) -> Table:
    """Count the rows of a loan table per desk and day, with the totals in the last row.

    The columns are the states, the total including voided rows, and the stages.
    """
    days = table.groupby(["desk", "day"], observed=True)
    rows = [_counted(desk, day.date(), loans) for (desk, day), loans in days]
    head = ("desk", "day", *ReconciliationState, "all", *Stage)
    return Table(head, [*rows, _counted("total", None, table)])


def _counted(desk: str, day: date | None, table: Frame) -> tuple[Cell, ...]:
    states, stages = table.state.value_counts(), count_stages(table)
    by_state = (int(states.get(state.value, 0)) for state in ReconciliationState)
    return (desk, day, *by_state, len(table), *astuple(stages))


def extension_tables(listed: Iterable[Extension]) -> dict[str, Table]:
    """Return a table of the loans to extend, without their patrons."""
    return {"extensions": Table(_EXTEND, [_extension_cells(extension) for extension in listed])}


def _extension_cells(listed: Extension) -> tuple[Cell, ...]:
    loan = listed.row.corrected
    return (
        loan.desk,
        loan.item,
        loan.at,
        listed.due,
        listed.policy,
        listed.row.state.value,
        listed.in_alma,
    )

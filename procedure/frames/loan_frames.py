"""Loans as frames: rows of the loan log, rows of the reconciliation, and a summary."""

import csv
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from hashlib import blake2s
from io import StringIO
from operator import attrgetter
from typing import Any
from uuid import UUID

import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas ships its own types

from procedure.circulation.loan_row import LoanRow, LoanState
from procedure.frames.column_building import (
    INSTANT,
    Dtype,
    Dtypes,
    category,
    from_columns,
    records,
)
from procedure.local_time import library_zone, local
from procedure.pandas_types import Frame, Values
from procedure.reconciliation.loan_table import COLUMNS as OF_TABLE
from procedure.reconciliation.reconciled_loan import SettledBy
from procedure.reconciliation.spreadsheets import harmless

LoanColumn = tuple[Dtype, Callable[[Any], object]]
# The dtype of each loan column, and the function that gets its value from a row of the loan log.
_OF_LOG: Mapping[str, LoanColumn] = {
    "id": ("str", lambda row: str(row.loan.id)),
    "at": (INSTANT, attrgetter("loan.at")),
    "desk": ("str", attrgetter("loan.desk")),
    "patron": ("str", attrgetter("loan.patron")),
    "item": ("str", attrgetter("loan.item")),
    "state": (category(*LoanState), attrgetter("state")),
    "late": ("bool", attrgetter("loan.late")),
    "warning": ("str", attrgetter("loan.warning")),
    "list_warnings": (
        "str",
        lambda row: " ".join(advice.reason for advice in row.loan.told) or None,
    ),
    "workstation": ("str", attrgetter("loan.workstation")),
    "sequence": ("int64", attrgetter("loan.sequence")),
    "recorded_at": (INSTANT, attrgetter("recorded_at")),
    "exported_at": (INSTANT, lambda row: row.export and row.export.at),
    "export": ("str", lambda row: row.export and row.export.name),
    "voided_at": (INSTANT, lambda row: row.void and row.void.at),
    "export_id": ("str", lambda row: row.export and str(row.export.id)),
    "repeats": ("str", lambda row: row.repeats and str(row.repeats)),
    "operator": ("str", attrgetter("loan.operator")),
    "void_reason": ("str", lambda row: row.void and row.void.reason),
}
# The columns that the reconciliation's loan table lacks; they come from each loan's history.
_OF_HISTORY: Mapping[str, LoanColumn] = {
    "due": (INSTANT, attrgetter("history.due")),
    "export": ("str", lambda row: row.history.export and row.history.export[1].name),
}
LOANS: Dtypes = {name: dtype for name, (dtype, _) in _OF_LOG.items()}
RECONCILED: Dtypes = {
    name: {**_OF_LOG, **OF_TABLE, **_OF_HISTORY}[name][0]
    for name in (
        "id",
        "at",
        "recorded_at",
        "desk",
        "patron",
        "item",
        "workstation",
        "operator",
        "late",
        "warning",
        "list_warnings",
        "state",
        "reason",
        "stage",
        "due",
        "export",
        "uploaded",
    )
} | {"second_scans": "int64", "settled_at": INSTANT, "settled_by": category(*SettledBy)}
LOAN_SUMMARY: Dtypes = {
    "desk": "str",
    "day": "datetime64[us]",
    "loans": "int64",
    "voids": "int64",
    "patrons": "int64",
    "items": "int64",
    "first": INSTANT,
    "last": INSTANT,
    "exported": "bool",
}


def loans(
    rows: Iterable[LoanRow],
    *,
    identifiers: bool = False,
    key: bytes | None = None,
    columns: Iterable[str] = tuple(LOANS),
) -> pd.DataFrame:
    """Return a frame with one row per loan, in the order given.

    `columns` holds the names of the columns in `LOANS` to include.

    - `at`: when the item was lent; `recorded_at` is when the loan was written to the journal.
    - `export`: the name of the offline file that contains the loan; `export_id` is its id.
    - `repeats`: for a second scan, the id of the loan that it repeats.
    - `list_warnings`: the keys of the list warnings that the desk showed, separated by spaces.
    - `patron`: the identifier if `identifiers` is true, or else a pseudonym made with `key` (see
      `pseudonyms`).
    - `operator`, `void_reason`: free text, given only if `identifiers` is true.
    """
    rows = list(rows)
    values = {name: list(map(_OF_LOG[name][1], rows)) for name in columns}
    if not identifiers:
        values |= {name: [None] * len(rows) for name in _FREE_WORDS if name in values}
        if "patron" in values:
            values["patron"] = pseudonyms(values["patron"], key=key)
    return from_columns({name: LOANS[name] for name in values}, values)


def reconciled(table: Frame, repeated: Mapping[UUID, int]) -> pd.DataFrame:
    """Return the rows of the reconciliation's loan table, with the columns in `RECONCILED`.

    `repeated` maps the id of each loan that was scanned again to the number of second scans.

    - `patron`, `item`: the corrected values.
    - `due`: the due date in Alma, if known.
    - `late`: whether the loan was entered after it was made, for example from paper.
    - `export`: the name of the latest file that contains the loan.
    - `settled_at`, `settled_by`: when and how the loan was first settled.
    """
    rows = list(table.row)
    settled = [row.settled or (None, None) for row in rows]
    of_row = {
        "second_scans": [repeated.get(row.loan.id, 0) for row in rows],
        "settled_at": [at for at, _ in settled],
        "settled_by": [by for _, by in settled],
    }

    def values(name: str) -> Values:
        if name in of_row:
            return of_row[name]
        if name in table:
            return table[name].tolist()
        if name in _OF_HISTORY:
            return list(map(_OF_HISTORY[name][1], rows))
        return [_OF_LOG[name][1](row.log) for row in rows]

    return from_columns(RECONCILED, {name: values(name) for name in RECONCILED})


def summarized(rows: Iterable[LoanRow]) -> pd.DataFrame:
    return loan_summary(loans(rows, identifiers=True, columns=_COUNTED))


def loan_summary(loans: Frame) -> pd.DataFrame:
    """Summarise a frame from `loans`, with one row for each local day and desk.

    The rows are in order of day and desk, and have the columns in `LOAN_SUMMARY`.

    - `loans`: the number of valid loans.
    - `voids`: the number of voided loans. A second scan is counted only if it was voided.
    - `patrons`, `items`: the numbers of different patrons and items in the valid loans.
    - `first`, `last`: the times of the first and last valid loans, or NaT if there are none.
    - `day`: the local date, as midnight without a time zone.
    - `exported`: whether there are valid loans and all of them are in a file for Alma.
    """
    counted = loans[loans["state"] != LoanState.REPEATED.value]
    stands = counted["state"].isin([LoanState.RECORDED.value, LoanState.EXPORTED.value])
    wall = counted["at"].dt.tz_convert(library_zone().key).dt.tz_localize(None)
    table: Frame = pd.DataFrame(
        {
            "day": wall.dt.normalize(),
            "desk": counted["desk"],
            "stands": stands,
            "waits": counted["state"] == LoanState.RECORDED.value,
            "patron": counted["patron"].where(stands),
            "item": counted["item"].where(stands),
            "at": counted["at"].where(stands),
        }
    )
    sums = table.groupby(["day", "desk"], as_index=False).agg(
        loans=("stands", "sum"),
        rows=("stands", "size"),
        patrons=("patron", "nunique"),
        items=("item", "nunique"),
        first=("at", "min"),
        last=("at", "max"),
        waiting=("waits", "sum"),
    )
    voids, exported = sums["rows"] - sums["loans"], (sums["loans"] > 0) & (sums["waiting"] == 0)
    return sums.assign(voids=voids, exported=exported)[list(LOAN_SUMMARY)].astype(LOAN_SUMMARY)


def loan_summary_csv(summary: pd.DataFrame) -> str:
    """Return the summary as CSV with a header and local times, for a spreadsheet.

    Cells that a spreadsheet would read as formulas are made harmless.
    """
    page = StringIO()
    writer = csv.writer(page)
    writer.writerow(LOAN_SUMMARY)
    writer.writerows([harmless(_cell(value)) for value in row.values()] for row in records(summary))
    return page.getvalue()


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime(tzinfo=None):
            return f"{value:%Y-%m-%d}"
        case datetime():
            return local(value).isoformat(timespec="seconds")
        case _:
            return str(value)


def pseudonyms(identifiers: Iterable[str], *, key: bytes | None = None) -> list[str]:
    """Replace each identifier with 16 hexadecimal digits that reveal nothing about it.

    With the same key (at most 32 bytes), equal identifiers get equal pseudonyms. If `key` is None,
    a new key is made for this call and then forgotten. The pseudonyms then cannot be reversed, and
    cannot be matched with the pseudonyms of another call.
    """
    key = secrets.token_bytes(32) if key is None else key
    return [
        blake2s(identifier.encode(), key=key, digest_size=8).hexdigest()
        for identifier in identifiers
    ]


_FREE_WORDS = ("operator", "void_reason")
_COUNTED = ("at", "desk", "patron", "item", "state")

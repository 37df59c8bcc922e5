"""How loans look in a shell: as lines to read, or as JSON, one object a line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from dashboard.commands.instants import shown, stamp
from procedure.lending import Lending
from procedure.loan_log import LoanRow
from procedure.offline_file import Unwritable
from procedure.summary import DeskDay
from procedure.wall_clock import local

_WARNINGS: Mapping[str, str] = {
    "repeated": "Counted once: the same scan was taken at {earlier}.",
    "on_cart": "Recorded, but this item lies on a cart: it is not yet returned in Alma.",
    "renewal": "Recorded as a renewal: the same user borrowed this item at {earlier}.",
    "other_patron": "Recorded, but another user borrowed this item at {earlier}: check the cards.",
}
_DOUBTS: Mapping[str, str] = {
    "item_too_long": "the item barcode is too long for Alma's offline file",
    "item_not_ascii": "the item barcode is not plain ASCII",
    "patron_too_long": "the user identifier is too long for Alma's offline file",
    "patron_not_ascii": "the user identifier is not plain ASCII",
}
COLUMNS = "{:<16}  {:<8}  {:<16}  {:<18}  {:<8}  {}"
SUMMARY = "{:<10}  {:<8}  {:>6}  {:>5}  {:>7}  {:>6}  {:<5}  {:<5}  {}"


def doubt_sentence(reason: str) -> str:
    """Return what a key of `procedure.circulation.doubt` means."""
    return _DOUBTS.get(reason, reason.replace("_", " "))


def warning_sentence(lending: Lending) -> str | None:
    """Return what to tell the person about a loan just scanned, None when all is well."""
    if lending.warning is None:
        return None
    if lending.warning in _DOUBTS:
        return f"Recorded, but {_DOUBTS[lending.warning]}: the export will leave it out."
    earlier = lending.earlier
    when = "?" if earlier is None else f"{local(earlier.loan.at):%H:%M:%S}"
    return _WARNINGS[lending.warning].format(earlier=when)


def unwritable_line(one: Unwritable) -> str:
    """Return the line that names a loan left out of a file; no identifier stands in it."""
    return f"loan {one.loan.id}, row {one.row}: {doubt_sentence(one.reason)}"


def row_object(row: LoanRow) -> dict[str, Any]:
    """Return a row for JSON: instants in UTC, `local` as the wall clock showed it."""
    loan = row.loan
    return {
        "id": str(loan.id),
        "at": stamp(loan.at),
        "local": _wall(local(loan.at)),
        "desk": loan.desk,
        "patron": loan.patron,
        "item": loan.item,
        "state": row.state.value,
        "late": loan.late,
        "warning": loan.warning,
        "workstation": loan.workstation,
        "operator": loan.operator,
        "export": None if row.export is None else str(row.export.id),
        "reason": None if row.void is None else row.void.reason,
        "repeats": None if row.repeats is None else str(row.repeats),
    }


def row_line(row: LoanRow) -> str:
    """Return a row as a line under `COLUMNS`."""
    loan = row.loan
    marks = "void after export: undo it in Alma" if row.void_after_export else ""
    state = row.state.value
    return COLUMNS.format(shown(loan.at), loan.desk, loan.patron, loan.item, state, marks).rstrip()


def summary_object(one: DeskDay) -> dict[str, Any]:
    """Return a desk's day for JSON; `first` and `last` are local, with their offset."""
    return {
        **asdict(one),
        "day": one.day.isoformat(),
        "first": _wall(one.first),
        "last": _wall(one.last),
    }


def summary_heading() -> str:
    """Return the heading over `summary_line`."""
    names = ("day", "desk", "loans", "voids", "patrons", "items", "first", "last", "exported")
    return SUMMARY.format(*names)


def summary_line(one: DeskDay) -> str:
    """Return a desk's day as a line under `SUMMARY`."""
    first, last = ("-" if at is None else f"{at:%H:%M}" for at in (one.first, one.last))
    exported = "yes" if one.exported else "no"
    return SUMMARY.format(
        one.day.isoformat(),
        *(one.desk, one.loans, one.voids, one.patrons, one.items, first, last, exported),
    )


def json_line(value: Mapping[str, Any]) -> str:
    """Return one object on one line, its letters as they are."""
    return json.dumps(value, ensure_ascii=False)


def _wall(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")

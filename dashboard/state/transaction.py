"""What a page sends, read field by field: a loan or a void, and nothing believed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from dashboard.rights import Person
from procedure.cards import scan_doubt
from procedure.circulation import Loan, Void
from procedure.errors import TransactionRefused

# A transaction older than this comes from a clock that was never set, not from a patient page.
OLDEST = timedelta(days=31)
LONGEST = 1000  # characters in any field
SAME = timedelta(seconds=1)  # two instants this close are one to whoever reads the log


def read_transaction(message: object, *, now: datetime, person: Person) -> Loan | Void:
    """Read one transaction of a page, as `dashboard/static/outbox.js` makes it.

    `at` is the workstation's time corrected by what the page knows of its clock, `made_at` that
    time itself, `skew_s` the correction in seconds or null.

    Raises:
        TransactionRefused: `malformed`, when a field is missing or of another kind.
    """
    try:
        fields: Mapping[str, Any] = _mapping(message)
        return _READERS[fields["kind"]](fields, now, person)
    except (KeyError, TypeError, ValueError, OverflowError):
        # The fault's own words may quote what was scanned.
        raise TransactionRefused("malformed", "The transaction cannot be read: reload.") from None


def _loan(fields: Mapping[str, Any], now: datetime, person: Person) -> Loan:
    at, made_at = _instants(fields, now)
    patron, item = _text(fields, "patron"), _text(fields, "item")
    return Loan(
        id=UUID(_text(fields, "id")),
        at=at,
        desk=_text(fields, "desk"),
        patron=patron,
        item=item,
        workstation=_workstation(fields, person),
        operator=person.name,
        sequence=_number(fields, "sequence"),
        warning=scan_doubt(patron, item),
        made_at=made_at,
        skew_s=_skew(fields),
    )


def _void(fields: Mapping[str, Any], now: datetime, person: Person) -> Void:
    return Void(
        id=UUID(_text(fields, "id")),
        at=_instants(fields, now)[0],
        loan=UUID(_text(fields, "loan")),
        reason=_text(fields, "reason"),
        workstation=_workstation(fields, person),
        operator=person.name,
    )


_READERS: Mapping[str, Callable[[Mapping[str, Any], datetime, Person], Loan | Void]] = {
    "loan": _loan,
    "void": _void,
}


def _instants(fields: Mapping[str, Any], now: datetime) -> tuple[datetime, datetime | None]:
    """Return when it was made, and what the workstation's clock said if that is another instant.

    Nothing is made in the future, and nothing waits longer than `OLDEST`.
    """
    made_at = _instant(fields, "made_at" if "made_at" in fields else "at")
    at = min(max(_instant(fields, "at"), now - OLDEST), now)
    return at, made_at if abs(made_at - at) >= SAME else None


def _instant(fields: Mapping[str, Any], key: str) -> datetime:
    found = datetime.fromisoformat(_text(fields, key))
    if found.tzinfo is None:
        raise ValueError(key)
    return found.astimezone(UTC)


def _skew(fields: Mapping[str, Any]) -> float | None:
    value = fields.get("skew_s")
    if value is None:
        return None
    if type(value) not in {int, float} or not math.isfinite(value):
        raise TypeError("skew_s")
    return round(float(value), 3)


def _workstation(fields: Mapping[str, Any], person: Person) -> str:
    named = fields.get("workstation")
    given = named if isinstance(named, str) and named.isprintable() else ""
    return person.workstation or given.strip()[:80]


def _mapping(message: object) -> Mapping[str, Any]:
    if not isinstance(message, Mapping):
        raise TypeError("no object")
    return message


def _text(fields: Mapping[str, Any], key: str) -> str:
    value = fields[key]
    if not isinstance(value, str):
        raise TypeError(key)
    if len(value) > LONGEST:
        raise ValueError(key)
    return value


def _number(fields: Mapping[str, Any], key: str) -> int:
    value = fields[key]
    if type(value) is not int or not 0 <= value < 2**53:
        raise TypeError(key)
    return value

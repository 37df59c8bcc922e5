"""What a scan box sends, read field by field: a loan or a void, and nothing believed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from dashboard.rights import Person
from dashboard.state.page_clock import PageClock
from procedure.cards import scan_doubt
from procedure.circulation import Loan, Void
from procedure.errors import TransactionRefused


def read_transaction(
    message: Mapping[str, Any], *, now: datetime, clock: PageClock, person: Person
) -> Loan | Void:
    """Read one transaction; `clock` gives the instant for the page's own times in it.

    Raises:
        TransactionRefused: `malformed`, when a field is missing or of another kind.
    """
    try:
        at = clock.instant(float(message["made"]), float(message["sent"]), now)
        return _READERS[message["kind"]](message, at, person)
    except (KeyError, TypeError, ValueError, OverflowError):
        # The fault's own words may quote what was scanned.
        raise TransactionRefused("malformed", "The transaction cannot be read: reload.") from None


def _loan(message: Mapping[str, Any], at: datetime, person: Person) -> Loan:
    patron, item = _text(message, "patron"), _text(message, "item")
    return Loan(
        id=UUID(_text(message, "id")),
        at=at,
        desk=_text(message, "desk"),
        patron=patron,
        item=item,
        workstation=_workstation(message, person),
        operator=person.name,
        sequence=_number(message, "sequence"),
        warning=scan_doubt(patron, item),
    )


def _void(message: Mapping[str, Any], at: datetime, person: Person) -> Void:
    return Void(
        id=UUID(_text(message, "id")),
        at=at,
        loan=UUID(_text(message, "loan")),
        reason=_text(message, "reason"),
        workstation=_workstation(message, person),
        operator=person.name,
    )


_READERS: Mapping[str, Callable[[Mapping[str, Any], datetime, Person], Loan | Void]] = {
    "loan": _loan,
    "void": _void,
}


def _workstation(message: Mapping[str, Any], person: Person) -> str:
    named = message.get("workstation")
    given = named if isinstance(named, str) and named.isprintable() else ""
    return person.workstation or given.strip()[:80]


def _text(message: Mapping[str, Any], key: str) -> str:
    value = message[key]
    if not isinstance(value, str):
        raise TypeError(key)
    return value


def _number(message: Mapping[str, Any], key: str) -> int:
    value = message[key]
    if type(value) is not int or not 0 <= value < 2**53:
        raise TypeError(key)
    return value

"""A message of a page, parsed and checked field by field.

| kind | what it says, beside `id`, `at`, `made_at`, `skew_s`, `sequence`, `desk`, `workstation` |
|---|---|
| `loan` | `patron`, `item`; `overridden`: the person saw the warning and says it is right; |
| | `late`: entered from paper, `at` is the hour written there |
| `void` | `loan`: the id of the loan, the return or the waiting loan; `reason`; |
| | `patron`: who had the card of a completion, which may have been another's |
| `return` | `item` on a `cart`, whose name may be empty |
| `waiting` | `item`, and a `note` on who has it, until the card is there; where a completion |
| | with the wrong card was taken back: that `loan`, and whose card as `patron` |
| `complete` | `waiting`: the id of what waited; `patron` |
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from dashboard.core.rights import User
from procedure.circulation.transactions import Loan, PendingLoan, Return, Void
from procedure.errors import TransactionRefused
from procedure.local_time import local

# A transaction older than this comes from a clock that was never set, not from a patient page.
OLDEST = timedelta(days=31)
LONGEST = 1000  # characters in any field
SAME = timedelta(seconds=1)  # instants this close are the same to whoever reads the log
LONGEST_CART = 40
LONGEST_ID = 36


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """A loan that is to wait, with the note on who has the item; the note is shown in no log.

    `undone` is the loan that had completed it with a wrong card, and whose card that was.
    """

    waiting: PendingLoan
    note: str = field(repr=False)
    undone: tuple[UUID, str] | None = field(default=None, repr=False)

    @property
    def id(self) -> UUID:
        """The id of the message."""
        return self.waiting.id


@dataclass(frozen=True, slots=True)
class Completion:
    """A waiting loan whose user is known now; `id` is that of the message."""

    id: UUID
    waiting: UUID
    patron: str
    operator: str | None = None
    overridden: bool = False


@dataclass(frozen=True, slots=True)
class CompletionVoid:
    """The void of a completion; a loan that was completed for another patron stays."""

    void: Void
    patron: str = field(repr=False)

    @property
    def id(self) -> UUID:
        """The id of the message."""
        return self.void.id


Asked = Loan | Void | Return | WaitingRequest | Completion | CompletionVoid


def read_transaction(message: object, *, now: datetime, person: User) -> Asked:
    """Read one transaction of a page, as `dashboard/assets/outbox.js` makes it.

    `at` is the workstation's time corrected by what the page knows of its clock, `made_at` that
    time itself, `skew_s` the correction in seconds or null.

    Raises:
        TransactionRefused: `malformed`, when a field is missing or of another kind.
    """
    try:
        fields: Mapping[str, Any] = _mapping(message)
        return _READERS[fields["kind"]](fields, now, person)
    except (KeyError, TypeError, ValueError, OverflowError):
        # The message of the fault may quote what was scanned.
        raise TransactionRefused("malformed", "The transaction cannot be read: reload.") from None


def _loan(fields: Mapping[str, Any], now: datetime, person: User) -> Loan:
    scanned = _scanned(fields, now, person)
    flags = {key: _flag(fields, key) for key in ("overridden", "late")}
    return Loan(patron=_text(fields, "patron"), **flags, **scanned)


def _return(fields: Mapping[str, Any], now: datetime, person: User) -> Return:
    cart = _text(fields, "cart").strip()
    if len(cart) > LONGEST_CART or not cart.isprintable():
        raise ValueError("cart")
    return Return(cart=cart, **_scanned(fields, now, person))


def _waiting(fields: Mapping[str, Any], now: datetime, person: User) -> WaitingRequest:
    waiting = PendingLoan(**_scanned(fields, now, person))
    noted = WaitingRequest(waiting, _text(fields, "note"))
    if "loan" not in fields:
        return noted
    return replace(noted, undone=(_uuid(fields, "loan"), _text(fields, "patron")))


def _complete(fields: Mapping[str, Any], _: datetime, person: User) -> Completion:
    return Completion(
        id=_uuid(fields, "id"),
        waiting=_uuid(fields, "waiting"),
        patron=_text(fields, "patron"),
        operator=person.name,
        overridden=_flag(fields, "overridden"),
    )


def _scanned(fields: Mapping[str, Any], now: datetime, person: User) -> dict[str, Any]:
    """Return what every scan of an item says, by the names of its entry's fields."""
    at, made_at = _instants(fields, now)
    return {
        "id": _uuid(fields, "id"),
        "at": at,
        "desk": _text(fields, "desk"),
        "item": _text(fields, "item"),
        "workstation": _workstation(fields, person),
        "operator": person.name,
        "sequence": _number(fields, "sequence"),
        "made_at": made_at,
        "skew_s": _skew(fields),
    }


def _void(fields: Mapping[str, Any], now: datetime, person: User) -> Void | CompletionVoid:
    void = Void(
        id=_uuid(fields, "id"),
        at=_instants(fields, now)[0],
        loan=_uuid(fields, "loan"),
        reason=_text(fields, "reason"),
        workstation=_workstation(fields, person),
        operator=person.name,
    )
    return CompletionVoid(void, _text(fields, "patron")) if "patron" in fields else void


_READERS: Mapping[str, Callable[[Mapping[str, Any], datetime, User], Asked]] = {
    "loan": _loan,
    "void": _void,
    "return": _return,
    "waiting": _waiting,
    "complete": _complete,
}


def _instants(fields: Mapping[str, Any], now: datetime) -> tuple[datetime, datetime | None]:
    """Return when it was made, and what the workstation's clock showed if that is another instant.

    Nothing is made in the future, and nothing waits longer than `OLDEST`.
    """
    made_at = _instant(fields, "made_at" if "made_at" in fields else "at")
    at = min(max(_instant(fields, "at"), now - OLDEST), now)
    return at, made_at if abs(made_at - at) >= SAME else None


def _instant(fields: Mapping[str, Any], key: str) -> datetime:
    instant = datetime.fromisoformat(_text(fields, key))
    if instant.tzinfo is None:
        raise ValueError(key)
    local(instant)  # at the edge of the calendar it could not be shown: OverflowError
    return instant.astimezone(UTC)


def _skew(fields: Mapping[str, Any]) -> float | None:
    value = fields.get("skew_s")
    if value is None:
        return None
    if type(value) not in {int, float} or not math.isfinite(value):
        raise TypeError("skew_s")
    return round(float(value), 3)


def _workstation(fields: Mapping[str, Any], person: User) -> str:
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


def _uuid(fields: Mapping[str, Any], key: str) -> UUID:
    text = _text(fields, key)
    if len(text) > LONGEST_ID:
        raise ValueError(key)  # no longer form of a UUID is answered by its id
    return UUID(text)


def _flag(fields: Mapping[str, Any], key: str) -> bool:
    value = fields.get(key, False)
    if type(value) is not bool:
        raise TypeError(key)
    return value


def _number(fields: Mapping[str, Any], key: str) -> int:
    value = fields[key]
    if type(value) is not int or not 0 <= value < 2**53:
        raise TypeError(key)
    return value

"""Parses and validates the messages from a page.

| kind | fields besides `id`, `at`, `made_at`, `skew_s`, `sequence`, `desk`, `workstation` |
|---|---|
| `loan` | `patron`, `item`; `overridden`: somebody confirmed the loan despite the warning; |
| | `late`: entered from paper, with `at` as the time noted there; |
| | `told`: the warnings from the browser's lists, see `ListAdvice` |
| `void` | `loan`: the id of the loan, the return or the pending loan; `reason`; |
| | to void a completion, also `patron`, whose card was used |
| `return` | `item` on a `cart`, whose name may be empty |
| `waiting` | `item`; `note`: who has the item until the card is scanned; |
| | after the void of a completion with the wrong card, also `loan`: the id of the voided loan, |
| | and `patron`: the owner of the wrong card |
| `complete` | `waiting`: the id of the pending loan; `patron`; `overridden` as for a loan |

Two kinds lack some of the fields in the header of the table: a `void` has no `skew_s`, `sequence`
or `desk`, and a `complete` has only `id` and `workstation`.
"""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from dashboard.core.visitor import Visitor
from procedure.circulation.list_advice import read_advice
from procedure.circulation.transaction_checks import trimmed
from procedure.circulation.transactions import Loan, PendingLoan, Return, Void
from procedure.errors import TransactionRefused
from procedure.local_time import local

# If a transaction is older than this, the workstation's clock is assumed to be wrong.
OLDEST = timedelta(days=31)
SAME = timedelta(seconds=1)  # instants closer than this look the same in the log
LONGEST_ID = 36

Text = Annotated[str, Meta(max_length=1000)]
Instant = Annotated[datetime, Meta(tz=True)]


@dataclass(frozen=True, slots=True)
class PendingRequest:
    """A new pending loan, with a note on who has the item.

    The note never appears in a log. If a completion with the wrong card was voided, `undone` holds
    the id of the voided loan and the code of the wrong card.
    """

    loan: PendingLoan
    note: str = field(repr=False)
    undone: tuple[UUID, str] | None = field(default=None, repr=False)

    @property
    def id(self) -> UUID:
        return self.loan.id


@dataclass(frozen=True, slots=True)
class Completion:
    """The completion of a pending loan; `id` is the id of the message."""

    id: UUID
    pending: UUID
    patron: str
    workstation: str = ""
    operator: str | None = None
    overridden: bool = False


@dataclass(frozen=True, slots=True)
class CompletionVoid:
    """The void of a completion; it is valid only if the completion was made for `patron`."""

    void: Void
    patron: str = field(repr=False)

    @property
    def id(self) -> UUID:
        return self.void.id


DeskTransaction = Loan | Void | Return | PendingRequest | Completion | CompletionVoid


def read_transaction(message: object, *, now: datetime, person: Visitor) -> DeskTransaction:
    """Parse a transaction made by `dashboard/assets/outbox.js`.

    In the message, `made_at` is the time by the workstation's clock, and `at` is the same time with
    the page's correction. `skew_s` is the correction in seconds, or null if it was unknown.

    Raises:
        TransactionRefused: `malformed`, if a field is missing or invalid.
    """
    try:
        return msgspec.convert(message, _MESSAGES).read(now, person)
    except (msgspec.ValidationError, ValueError, OverflowError):
        # The error's message may quote a scan.
        raise TransactionRefused(
            "malformed", "The transaction cannot be read: reload the page."
        ) from None


class _Message(Struct, kw_only=True, tag_field="kind"):
    """The fields common to all messages except a completion."""

    id: UUID
    at: Instant
    made_at: Instant | UnsetType = UNSET
    workstation: Any = ""

    def instants(self, now: datetime) -> tuple[datetime, datetime | None]:
        """Return the time of the transaction, and the workstation's own time if it differs.

        The time of the transaction is limited to the period from `now - OLDEST` to `now`.
        """
        made_at = _utc(self.at if self.made_at is UNSET else self.made_at)
        at = min(max(_utc(self.at), now - OLDEST), now)
        return at, made_at if abs(made_at - at) >= SAME else None

    def place(self, person: Visitor) -> str:
        return _place(self.workstation, person)


class _Scan(_Message, kw_only=True):
    desk: Text
    item: Text
    sequence: Annotated[int, Meta(ge=0, lt=2**53)]
    skew_s: float | None = None

    def scanned(self, now: datetime, person: Visitor) -> dict[str, Any]:
        at, made_at = self.instants(now)
        if self.skew_s is not None and not math.isfinite(self.skew_s):
            raise ValueError("skew_s")
        return {
            "id": self.id,
            "at": at,
            "desk": self.desk,
            "item": trimmed(self.item),
            "workstation": self.place(person),
            "operator": person.name,
            "sequence": self.sequence,
            "made_at": made_at,
            "skew_s": None if self.skew_s is None else round(self.skew_s, 3),
        }


class _Loan(_Scan, kw_only=True, tag="loan"):
    patron: Text
    overridden: bool = False
    late: bool = False
    told: Any = ()

    def read(self, now: datetime, person: Visitor) -> Loan:
        flags = {"overridden": self.overridden, "late": self.late}
        advice = read_advice(self.told)
        return Loan(patron=trimmed(self.patron), told=advice, **flags, **self.scanned(now, person))


class _Return(_Scan, kw_only=True, tag="return"):
    cart: Text

    def read(self, now: datetime, person: Visitor) -> Return:
        cart = self.cart.strip()
        if len(cart) > 40 or not cart.isprintable():
            raise ValueError("cart")
        return Return(cart=cart, **self.scanned(now, person))


class _Pending(_Scan, kw_only=True, tag="waiting"):
    note: Text
    loan: UUID | UnsetType = UNSET
    patron: Text = ""

    def read(self, now: datetime, person: Visitor) -> PendingRequest:
        undone = None if self.loan is UNSET else (self.loan, self.patron)
        return PendingRequest(PendingLoan(**self.scanned(now, person)), self.note, undone)


class _Void(_Message, kw_only=True, tag="void"):
    loan: UUID
    reason: Text
    patron: Text | UnsetType = UNSET

    def read(self, now: datetime, person: Visitor) -> Void | CompletionVoid:
        at, place = self.instants(now)[0], self.place(person)
        void = Void(
            id=self.id,
            at=at,
            loan=self.loan,
            reason=self.reason,
            workstation=place,
            operator=person.name,
        )
        return void if self.patron is UNSET else CompletionVoid(void, self.patron)


class _Complete(Struct, tag_field="kind", tag="complete"):
    id: UUID
    waiting: UUID
    patron: Text
    overridden: bool = False
    workstation: Any = ""

    def read(self, _: datetime, person: Visitor) -> Completion:
        return Completion(
            self.id,
            self.waiting,
            self.patron,
            workstation=_place(self.workstation, person),
            operator=person.name,
            overridden=self.overridden,
        )


_MESSAGES = _Loan | _Return | _Pending | _Void | _Complete


def _place(named: object, person: Visitor) -> str:
    """Return the workstation's enrolled name or, without an enrolment, the name in the message."""
    given = named if isinstance(named, str) and named.isprintable() else ""
    return person.workstation or given.strip()[:80]


def _utc(instant: datetime) -> datetime:
    local(instant)  # raises OverflowError close to `datetime.min` or `datetime.max`
    return instant.astimezone(UTC)

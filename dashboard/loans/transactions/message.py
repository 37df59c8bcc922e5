"""A message of a page, parsed and checked field by field.

| kind | what it says, beside `id`, `at`, `made_at`, `skew_s`, `sequence`, `desk`, `workstation` |
|---|---|
| `loan` | `patron`, `item`; `overridden`: the person saw the warning and says it is right; |
| | `late`: entered from paper, `at` is the hour written there; |
| | `told`: what the lists in the browser say of it, see `ListAdvice` |
| `void` | `loan`: the id of the loan, the return or the waiting loan; `reason`; |
| | `patron`: who had the card of a completion, which may have been another's |
| `return` | `item` on a `cart`, whose name may be empty |
| `waiting` | `item`, and a `note` on who has it, until the card is there; where a completion |
| | with the wrong card was taken back: that `loan`, and whose card as `patron` |
| `complete` | `waiting`: the id of what waited; `patron` |
"""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from dashboard.core.users import User
from procedure.circulation.list_advice import read_advice
from procedure.circulation.transaction_checks import trimmed
from procedure.circulation.transactions import Loan, PendingLoan, Return, Void
from procedure.errors import TransactionRefused
from procedure.local_time import local

# A transaction older than this comes from a clock that was never set, not from a patient page.
OLDEST = timedelta(days=31)
SAME = timedelta(seconds=1)  # instants this close are the same to a reader of the log
LONGEST_ID = 36

Text = Annotated[str, Meta(max_length=1000)]
Instant = Annotated[datetime, Meta(tz=True)]


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
        return self.waiting.id


@dataclass(frozen=True, slots=True)
class Completion:
    """A waiting loan whose user is known now; `id` is that of the message.

    `workstation` and `operator` are where it is completed, and by whom.
    """

    id: UUID
    waiting: UUID
    patron: str
    workstation: str = ""
    operator: str | None = None
    overridden: bool = False


@dataclass(frozen=True, slots=True)
class CompletionVoid:
    """The void of a completion; a loan that was completed for another patron stays."""

    void: Void
    patron: str = field(repr=False)

    @property
    def id(self) -> UUID:
        return self.void.id


DeskTransaction = Loan | Void | Return | WaitingRequest | Completion | CompletionVoid


def read_transaction(message: object, *, now: datetime, person: User) -> DeskTransaction:
    """Read one transaction of a page, as `dashboard/assets/outbox.js` makes it.

    `at` is the workstation's time corrected by what the page knows of its clock, `made_at` that
    time itself, `skew_s` the correction in seconds or null.

    Raises:
        TransactionRefused: `malformed`, when a field is missing or of another kind.
    """
    try:
        return msgspec.convert(message, _MESSAGES).read(now, person)
    except (msgspec.ValidationError, ValueError, OverflowError):
        # The message of the fault may quote what was scanned.
        raise TransactionRefused("malformed", "The transaction cannot be read: reload.") from None


class _Message(Struct, kw_only=True, tag_field="kind"):
    """What every message says, but that of a completion: when it was made, and where."""

    id: UUID
    at: Instant
    made_at: Instant | UnsetType = UNSET
    workstation: Any = ""

    def instants(self, now: datetime) -> tuple[datetime, datetime | None]:
        """Return when it was made, and what the workstation's clock showed if that is another.

        Nothing is made in the future, and nothing waits longer than `OLDEST`.
        """
        made_at = _utc(self.at if self.made_at is UNSET else self.made_at)
        at = min(max(_utc(self.at), now - OLDEST), now)
        return at, made_at if abs(made_at - at) >= SAME else None

    def place(self, person: User) -> str:
        return _place(self.workstation, person)


class _Scan(_Message, kw_only=True):
    """The scan of an item."""

    desk: Text
    item: Text
    sequence: Annotated[int, Meta(ge=0, lt=2**53)]
    skew_s: float | None = None

    def scanned(self, now: datetime, person: User) -> dict[str, Any]:
        """Return what every scan of an item says, by the names of its entry's fields."""
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

    def read(self, now: datetime, person: User) -> Loan:
        flags = {"overridden": self.overridden, "late": self.late}
        told = read_advice(self.told)
        return Loan(patron=trimmed(self.patron), told=told, **flags, **self.scanned(now, person))


class _Return(_Scan, kw_only=True, tag="return"):
    cart: Text

    def read(self, now: datetime, person: User) -> Return:
        cart = self.cart.strip()
        if len(cart) > 40 or not cart.isprintable():
            raise ValueError("cart")
        return Return(cart=cart, **self.scanned(now, person))


class _Waiting(_Scan, kw_only=True, tag="waiting"):
    note: Text
    loan: UUID | UnsetType = UNSET
    patron: Text = ""

    def read(self, now: datetime, person: User) -> WaitingRequest:
        undone = None if self.loan is UNSET else (self.loan, self.patron)
        return WaitingRequest(PendingLoan(**self.scanned(now, person)), self.note, undone)


class _Void(_Message, kw_only=True, tag="void"):
    loan: UUID
    reason: Text
    patron: Text | UnsetType = UNSET

    def read(self, now: datetime, person: User) -> Void | CompletionVoid:
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

    def read(self, _: datetime, person: User) -> Completion:
        return Completion(
            self.id,
            self.waiting,
            self.patron,
            workstation=_place(self.workstation, person),
            operator=person.name,
            overridden=self.overridden,
        )


_MESSAGES = _Loan | _Return | _Waiting | _Void | _Complete


def _place(named: object, person: User) -> str:
    """Return the name of a workstation: that of its enrolment, or as it names itself."""
    given = named if isinstance(named, str) and named.isprintable() else ""
    return person.workstation or given.strip()[:80]


def _utc(instant: datetime) -> datetime:
    local(instant)  # at the edge of the calendar it could not be shown: OverflowError
    return instant.astimezone(UTC)

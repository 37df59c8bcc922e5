"""What a list of accounts or items says about a scan at its time, and what a desk does about it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from procedure.local_time import local

MOST = 2  # reasons of one loan: of its card and of its item


class Reason(StrEnum):
    """What a list says about an identifier; all but `KNOWN` are doubts.

    An account is expired on each day after its day of expiry. An item that is requested waits for
    somebody else. An item for a short loan is lent for `ListAdvice.days`.
    """

    KNOWN = "known"
    CARD_BLOCKED = "card_blocked"
    CARD_EXPIRED = "card_expired"
    CARD_UNKNOWN = "card_unknown"
    ITEM_NOT_FOR_LOAN = "item_not_for_loan"
    ITEM_REQUESTED = "item_requested"
    ITEM_SHORT_LOAN = "item_short_loan"
    ITEM_UNKNOWN = "item_unknown"


@dataclass(frozen=True, slots=True)
class ListAdvice:
    """What a list says, and when it was exported (`as_of`, aware UTC).

    `days` is the length of a short loan, None for every other reason.
    """

    reason: Reason
    as_of: datetime
    days: int | None = None


class _Shown(msgspec.Struct):
    reason: Reason
    as_of: Annotated[datetime, msgspec.Meta(tz=True)]
    days: int | None = None


def read_advice(given: object) -> tuple[ListAdvice, ...]:
    """Return what a browser's lists said of a loan, from JSON's values.

    Of what cannot be read nothing is returned: a loan is recorded whatever is said with it.
    """
    try:
        shown = msgspec.convert(given, list[_Shown])[:MOST]
        for listed in shown:
            local(listed.as_of)  # at the edge of the calendar it could not be shown: OverflowError
        return tuple(
            ListAdvice(listed.reason, listed.as_of.astimezone(UTC), listed.days) for listed in shown
        )
    except (msgspec.ValidationError, ValueError, OverflowError):
        return ()


class ListAct(StrEnum):
    """What a desk does about a reason: nothing, show it, or have a person decide."""

    NOTHING = "nothing"
    TELL = "tell"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class ListRules:
    """What a desk does about each reason, and how long a list counts and is kept.

    A list says nothing any more `lists_stale` hours after its export, and is deleted after
    `lists_kept` days. Readers of other libraries of a network are on no list of this one, so
    unknown cards are usually passed over.
    """

    card_blocked: ListAct = ListAct.ASK
    card_expired: ListAct = ListAct.ASK
    card_unknown: ListAct = ListAct.NOTHING
    item_not_for_loan: ListAct = ListAct.ASK
    item_requested: ListAct = ListAct.TELL
    item_short_loan: ListAct = ListAct.TELL
    item_unknown: ListAct = ListAct.TELL
    lists_stale: int = 72
    lists_kept: int = 14

    def act(self, reason: Reason) -> ListAct:
        """Return what is done about a reason."""
        return ListAct.NOTHING if reason is Reason.KNOWN else getattr(self, reason)

    def silent_from(self, as_of: datetime) -> datetime:
        """Return the instant from which a list of `as_of` says nothing any more."""
        return as_of + timedelta(hours=self.lists_stale)

    def shown(self, advice: Iterable[ListAdvice | None], at: datetime) -> Iterator[ListAdvice]:
        """Yield what of the advice a desk shows at an instant (aware)."""
        for said in advice:
            if said is None or at >= self.silent_from(said.as_of):
                continue
            if self.act(said.reason) is not ListAct.NOTHING:
                yield said

    def for_page(self) -> dict[str, object]:
        """Return the same for `browser_lists.js`, as JSON takes it; times are in milliseconds."""
        acts = {reason.value: self.act(reason).value for reason in Reason}
        stale, kept = timedelta(hours=self.lists_stale), timedelta(days=self.lists_kept)
        millisecond = timedelta(milliseconds=1)
        return {"acts": acts, "stale_ms": stale // millisecond, "kept_ms": kept // millisecond}


USUAL = ListRules()

"""Warnings that the lists of accounts and items raise about a scan, and how a desk handles them.

Codes are looked up by `procedure.offline_lists.list_lookup` on the server, and by
`dashboard/assets/browser_lists.js` at a desk without a connection to the server.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from procedure.local_time import local

MOST = 2  # reasons per loan: one for its card and one for its item


class Reason(StrEnum):
    """The result of looking up an identifier in a list; all values except `KNOWN` are doubts.

    An account is expired from the day after its expiry date. A requested item is reserved for
    somebody else. A short-loan item is lent for `ListAdvice.days`.
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
    """The result of a lookup, and the time when the list was exported (`as_of`, aware UTC).

    `days` is the length of a short loan, or None for other reasons.
    """

    reason: Reason
    as_of: datetime
    days: int | None = None


class _SentAdvice(msgspec.Struct):
    reason: Reason
    as_of: Annotated[datetime, msgspec.Meta(tz=True)]
    days: int | None = None


def read_advice(given: object) -> tuple[ListAdvice, ...]:
    """Parse the advice (JSON values) that a browser sent with a loan.

    If any of it is invalid, all of it is dropped, so that the loan is recorded in any case.
    """
    try:
        sent = msgspec.convert(given, list[_SentAdvice])[:MOST]
        for listed in sent:
            local(listed.as_of)  # raises OverflowError at the calendar's limits
        return tuple(
            ListAdvice(listed.reason, listed.as_of.astimezone(UTC), listed.days) for listed in sent
        )
    except (msgspec.ValidationError, ValueError, OverflowError):
        return ()


class ListAct(StrEnum):
    """How a desk handles a reason: ignore it, show it, or let staff decide."""

    NOTHING = "nothing"
    TELL = "tell"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class ListRules:
    """How a desk handles each reason, and how long a list is used and kept.

    A list is used for `lists_stale` hours after its export, and deleted after `lists_kept` days.
    Patrons of other libraries in the network are not on this library's lists, so unknown cards are
    usually ignored.
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
        return ListAct.NOTHING if reason is Reason.KNOWN else getattr(self, reason)

    def silent_from(self, as_of: datetime) -> datetime:
        """Return the time at which a list exported at `as_of` becomes too old to use."""
        return as_of + timedelta(hours=self.lists_stale)

    def list_warnings(
        self, advice: Iterable[ListAdvice | None], at: datetime
    ) -> Iterator[ListAdvice]:
        """Yield the advice to show at the instant `at` (aware)."""
        for list_advice in advice:
            if list_advice is None or at >= self.silent_from(list_advice.as_of):
                continue
            if self.act(list_advice.reason) is not ListAct.NOTHING:
                yield list_advice

    def for_page(self) -> dict[str, object]:
        """Return the rules for `browser_lists.js` as JSON values, with durations in ms."""
        acts = {reason.value: self.act(reason).value for reason in Reason}
        stale, kept = timedelta(hours=self.lists_stale), timedelta(days=self.lists_kept)
        millisecond = timedelta(milliseconds=1)
        return {"acts": acts, "stale_ms": stale // millisecond, "kept_ms": kept // millisecond}


USUAL = ListRules()

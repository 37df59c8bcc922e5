"""What a list of accounts or items says about a card or an item at the time of its scan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
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
        for one in shown:
            local(one.as_of)  # at the edge of the calendar it could not be shown: OverflowError
        return tuple(ListAdvice(one.reason, one.as_of.astimezone(UTC), one.days) for one in shown)
    except (msgspec.ValidationError, ValueError, OverflowError):
        return ()

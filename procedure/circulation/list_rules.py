"""What a desk does about what the lists of accounts and items say of a loan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from procedure.circulation.list_advice import ListAdvice, Reason


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

    def for_page(self) -> dict[str, Any]:
        """Return the same for `browser_lists.js`, as JSON takes it; `stale_ms` are milliseconds."""
        acts = {reason.value: self.act(reason).value for reason in Reason}
        return {"acts": acts, "stale_ms": self.lists_stale * 3_600_000}


USUAL = ListRules()

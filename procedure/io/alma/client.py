"""Alma's REST API, as far as the way back needs it: items, users, loans.

Written from the public pages of each call and from what public clients had to learn; what nobody
has published (the shape of an item's requests, that the network zone's own key finds accounts and
copies of other institutions) is inferred and asked for only where it helps.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

import httpx

from procedure.circulation.transactions import Loan
from procedure.errors import AlmaKeyRefused, AlmaUnavailable
from procedure.io.alma.http import AlmaHttp, RateLimiter, Reply, Sleep
from procedure.io.alma.responses import (
    item_facts,
    loan_facts,
    loans_of,
    user_facts,
    waiting_for,
)
from procedure.reconciliation.alma_records import ItemFacts, ItemSeen, LoanFacts, UserSeen

_BASE = "/almaws/v1"
PAGE = 100


@dataclass(frozen=True, repr=False)
class Keys:
    """The keys of the API; an empty one is not there. They are never shown."""

    read: str = ""
    write: str = ""
    network: str = ""

    def __repr__(self) -> str:
        """Return which there are, not what they are."""
        there = [name for name in ("read", "write", "network") if getattr(self, name)]
        return f"Keys({', '.join(there)})"


@dataclass(frozen=True)
class AlmaApi:
    """Calls on one institution; they raise what `AlmaHttp.get` and `AlmaHttp.post_once` raise."""

    line: AlmaHttp
    keys: Keys
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def item(self, barcode: str) -> ItemSeen:
        """Ask about a barcode: the item, who has it, and whom it waits for."""
        reply = await self._item(barcode, self.keys.read)
        found = item_facts(reply.body)
        if found is not None:
            found = await self._whereabouts(replace(found, barcode=found.barcode or barcode))
            return ItemSeen(self.new_id(), self.now(), barcode, found)
        elsewhere = None
        if self.keys.network:
            there = await self._item(barcode, self.keys.network)
            elsewhere = item_facts(there.body) is not None
        code = _told(reply)
        return ItemSeen(self.new_id(), self.now(), barcode, None, code, elsewhere)

    async def user(self, identifier: str) -> UserSeen:
        """Ask about an identifier of any type: the account that it belongs to."""
        path = f"{_BASE}/users/{quote(identifier, safe='')}"
        reply = await self.line.get(path, self.keys.read)
        found = user_facts(reply.body)
        if found is not None:
            return UserSeen(self.new_id(), self.now(), identifier, found)
        elsewhere = None
        if self.keys.network:
            there = await self.line.get(path, self.keys.network)
            elsewhere = user_facts(there.body) is not None
        code = _told(reply)
        return UserSeen(self.new_id(), self.now(), identifier, None, code, elsewhere)

    async def loans(self, identifier: str, *, over: bool = False) -> list[LoanFacts] | None:
        """Return the active loans of a user, or those that are over; None when there is no user.

        Loans that are over are told only while they are not anonymised.
        """
        path = f"{_BASE}/users/{quote(identifier, safe='')}/loans"
        found: list[LoanFacts] = []
        while True:
            query = {"limit": str(PAGE), "offset": str(len(found)), "order_by": "id"}
            query["loan_status"] = "Complete" if over else "Active"
            reply = await self.line.get(path, self.keys.read, query)
            if reply.code and _told(reply):
                return None
            page, total = loans_of(reply.body)
            found += page
            if not page or len(found) >= total:
                return found

    async def lend(self, loan: Loan, *, library: str) -> tuple[LoanFacts | None, str]:
        """Lend an item now, at the loan's desk: Alma dates it now, whatever was recorded.

        Returns the loan that was made, or None with Alma's code. It is sent once: see
        `AlmaHttp.post_once`.
        """
        if not self.keys.write:
            raise AlmaKeyRefused("There is no key for writing: set RELAIS_ALMA_WRITE_KEY.")
        path = f"{_BASE}/users/{quote(loan.patron, safe='')}/loans"
        body = {"circ_desk": {"value": loan.desk}, "library": {"value": library}}
        query = {"item_barcode": loan.item}
        reply = await self.line.post_once(path, self.keys.write, query, body)
        return (None, reply.code) if reply.code else (loan_facts(reply.body), "")

    async def scan_in(self, item: ItemFacts, *, desk: str, library: str) -> str:
        """Return an item at a desk; returns Alma's code, empty when it was returned."""
        if not self.keys.write:
            raise AlmaKeyRefused("There is no key for writing: set RELAIS_ALMA_WRITE_KEY.")
        query = {"op": "scan", "library": library, "circ_desk": desk}
        reply = await self.line.post_once(_copy(item), self.keys.write, query, None)
        return reply.code

    async def _item(self, barcode: str, key: str) -> Reply:
        return await self.line.get(f"{_BASE}/items", key, {"item_barcode": barcode})

    async def _whereabouts(self, item: ItemFacts) -> ItemFacts:
        """Add who has the item, or whom it waits for; asked only where its process tells so."""
        if item.process == "LOAN":
            reply = await self.line.get(_copy(item) + "/loans", self.keys.read)
            loans, _ = loans_of(reply.body)
            return replace(item, loan=loans[0] if loans else None)
        if item.process == "HOLDSHELF":
            reply = await self.line.get(_copy(item) + "/requests", self.keys.read)
            return replace(item, waits_for=waiting_for(reply.body))
        return item


def _copy(item: ItemFacts) -> str:
    return f"{_BASE}/bibs/{item.mms_id}/holdings/{item.holding_id}/items/{item.pid}"


# Only these say that there is none; any other answer says nothing about it.
_NONE = ("401689", "401690", "401861", "401890")


def _told(reply: Reply) -> str:
    if reply.code not in _NONE:
        code = f" ({reply.code})" if reply.code else ""
        raise AlmaUnavailable(f"Alma gave an answer that tells nothing{code}.")
    return reply.code


@asynccontextmanager
async def open_alma(
    address: str,
    keys: Keys,
    *,
    rate: float,
    margin: int,
    now: Callable[[], datetime],
    new_id: Callable[[], UUID],
    sleep: Sleep | None = None,
) -> AsyncGenerator[AlmaApi]:
    """Give the API of one institution; `address` is Alma's gateway, without a path."""
    pace = RateLimiter(rate) if sleep is None else RateLimiter(rate, sleep)
    async with httpx.AsyncClient(timeout=30, follow_redirects=False) as client:
        line = AlmaHttp(address.rstrip("/"), client, pace, margin)
        yield AlmaApi(line, keys, now, new_id)

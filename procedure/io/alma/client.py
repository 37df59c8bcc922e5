"""The part of Alma's REST API that reconciliation needs: items, users and loans.

Sources: the public documentation of each call, and public clients. Two points are undocumented and
inferred: the structure of Alma's response about the requests for an item, and that the network
zone's key finds patrons and items of other institutions. A wrong guess would affect only details of
a look-up's result.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

import httpx

from procedure.circulation.transactions import Loan
from procedure.errors import AlmaKeyRefused, AlmaUnavailable
from procedure.io.alma.alma_http import AlmaHttp, RateLimiter, Reply, Sleep
from procedure.io.alma.responses import held_for, item_facts, loan_facts, loans_of, patron_facts
from procedure.reconciliation.alma_records import ItemFacts, ItemSeen, LoanFacts, PatronSeen

_BASE = "/almaws/v1"
PAGE = 100


@dataclass(frozen=True, repr=False)
class Keys:
    """API keys; a missing key is empty. The `repr` does not show them."""

    read: str = ""
    write: str = ""
    network: str = ""

    def __repr__(self) -> str:
        names = [name for name in ("read", "write", "network") if getattr(self, name)]
        return f"Keys({', '.join(names)})"


@dataclass(frozen=True)
class AlmaApi:
    """Calls to one institution's API; they raise the same errors as `AlmaHttp`."""

    http: AlmaHttp
    keys: Keys
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def item(self, barcode: str) -> ItemSeen:
        """Look up an item by barcode, with its loan or its hold-shelf requests."""
        reply = await self._item(barcode, self.keys.read)
        item = item_facts(reply.body)
        if item is not None:
            item = await self._with_loan_or_request(replace(item, barcode=item.barcode or barcode))
            return ItemSeen(self.new_id(), self.now(), barcode, item)
        elsewhere = None
        if self.keys.network:
            there = await self._item(barcode, self.keys.network)
            elsewhere = item_facts(there.body) is not None
        return ItemSeen(self.new_id(), self.now(), barcode, None, _not_found_code(reply), elsewhere)

    async def user(self, identifier: str) -> PatronSeen:
        """Look up a patron by an identifier of any type."""
        path = f"{_BASE}/users/{quote(identifier, safe='')}"
        reply = await self.http.get(path, self.keys.read)
        user = patron_facts(reply.body)
        if user is not None:
            return PatronSeen(self.new_id(), self.now(), identifier, user)
        elsewhere = None
        if self.keys.network:
            there = await self.http.get(path, self.keys.network)
            elsewhere = patron_facts(there.body) is not None
        return PatronSeen(
            self.new_id(), self.now(), identifier, None, _not_found_code(reply), elsewhere
        )

    async def loans(self, identifier: str, *, completed: bool = False) -> list[LoanFacts] | None:
        """Return a patron's active or completed loans, or None if Alma has no such patron.

        Alma returns completed loans only until they are anonymised.
        """
        path = f"{_BASE}/users/{quote(identifier, safe='')}/loans"
        loans: list[LoanFacts] = []
        while True:
            query = {"limit": str(PAGE), "offset": str(len(loans)), "order_by": "id"}
            query["loan_status"] = "Complete" if completed else "Active"
            reply = await self.http.get(path, self.keys.read, query)
            if reply.code and _not_found_code(reply):
                return None
            page, total = loans_of(reply.body)
            loans += page
            if not page or len(loans) >= total:
                return loans

    async def lend(self, loan: Loan, *, library: str) -> tuple[LoanFacts | None, str]:
        """Create a loan at its desk; Alma dates it with the current time.

        Return the loan and an empty string, or None and Alma's error code. The request is sent
        once: see `AlmaHttp.post_once`.
        """
        self._check_write_key()
        path = f"{_BASE}/users/{quote(loan.patron, safe='')}/loans"
        body = {"circ_desk": {"value": loan.desk}, "library": {"value": library}}
        query = {"item_barcode": loan.item}
        reply = await self.http.post_once(path, self.keys.write, query, body)
        return (None, reply.code) if reply.code else (loan_facts(reply.body), "")

    async def scan_in(self, item: ItemFacts, *, desk: str, library: str) -> str:
        """Check in an item at a desk; return Alma's error code, empty on success."""
        self._check_write_key()
        query = {"op": "scan", "library": library, "circ_desk": desk}
        reply = await self.http.post_once(_item_path(item), self.keys.write, query, None)
        return reply.code

    def _check_write_key(self) -> None:
        if not self.keys.write:
            raise AlmaKeyRefused("There is no key for writing: set RELAIS_ALMA_WRITE_KEY.")

    async def _item(self, barcode: str, key: str) -> Reply:
        return await self.http.get(f"{_BASE}/items", key, {"item_barcode": barcode})

    async def _with_loan_or_request(self, item: ItemFacts) -> ItemFacts:
        """Add the item's loan or its hold-shelf requests, depending on its process type."""
        if item.process == "LOAN":
            reply = await self.http.get(_item_path(item) + "/loans", self.keys.read)
            loans, _ = loans_of(reply.body)
            return replace(item, loan=loans[0] if loans else None)
        if item.process == "HOLDSHELF":
            reply = await self.http.get(_item_path(item) + "/requests", self.keys.read)
            return replace(item, waits_for=held_for(reply.body))
        return item


def _item_path(item: ItemFacts) -> str:
    return f"{_BASE}/bibs/{item.mms_id}/holdings/{item.holding_id}/items/{item.pid}"


# Only these codes mean that the item or user does not exist. Any other error leaves the question
# open.
_NOT_FOUND = ("401689", "401690", "401861", "401890")


def _not_found_code(reply: Reply) -> str:
    if reply.code not in _NOT_FOUND:
        code = f" ({reply.code})" if reply.code else ""
        raise AlmaUnavailable(f"Alma's answer cannot be used{code}.")
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
    """Yield one institution's API; `address` is Alma's gateway, without a path."""
    limiter = RateLimiter(rate) if sleep is None else RateLimiter(rate, sleep)
    async with httpx.AsyncClient(timeout=30, follow_redirects=False) as client:
        http = AlmaHttp(address.rstrip("/"), client, limiter, margin)
        yield AlmaApi(http, keys, now, new_id)

"""Fees and requests in the stand-in for Alma: calls that only other clients make."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from procedure.simulation.alma.calls import BASE, ApiAnswer, ApiCall, Calls, user_of
from procedure.simulation.alma.refusals import ApiRefusal
from procedure.simulation.alma.shapes import stamp
from procedure.simulation.alma.world import Item, World


@dataclass(slots=True)
class Fee:
    """A fee of a user. `status` is `ACTIVE`, `INDISPUTE` or `CLOSED`; amounts are in francs."""

    fee_id: str
    user: str
    kind: str
    amount: float
    created: datetime
    owner: str = ""
    comment: str = ""
    status: str = "ACTIVE"
    balance: float | None = None

    @property
    def left(self) -> float:
        """The amount still to be paid."""
        return self.amount if self.balance is None else self.balance

    @property
    def is_active(self) -> bool:
        """Whether it is to be paid and not disputed."""
        return self.status == "ACTIVE"


@dataclass(slots=True)
class Request:
    """A user's request for a title, or for one copy of it where `item` holds its pid."""

    request_id: str
    user: str
    kind: str
    mms_id: str
    item: str
    created: datetime
    pickup_library: str = ""
    comment: str = ""
    is_active: bool = True


def fee_body(fee: Fee) -> dict[str, Any]:
    """Return a fee [D: rest_fee.xsd]."""
    return {
        "id": fee.fee_id,
        "type": {"value": fee.kind},
        "status": {"value": fee.status},
        "user_primary_id": {"value": fee.user},
        "balance": fee.left,
        "original_amount": fee.amount,
        "creation_time": stamp(fee.created),
        "comment": fee.comment,
        "owner": {"value": fee.owner},
    }


def fees_body(fees: list[Fee]) -> dict[str, Any]:
    """Return a user's fees, with their sum."""
    total = round(sum(fee.left for fee in fees), 2)
    body: dict[str, Any] = {
        "total_record_count": len(fees),
        "total_sum": total,
        "currency": "CHF",
    }
    if fees:
        body["fee"] = [fee_body(fee) for fee in fees]
    return body


def request_body(world: World, request: Request) -> dict[str, Any]:
    """Return a request [D: rest_user_request.xsd]."""
    item = world.by_pid.get(request.item)
    return {
        "request_id": request.request_id,
        "request_type": request.kind,
        "user_primary_id": request.user,
        "mms_id": request.mms_id,
        "item_id": request.item or None,
        "barcode": None if item is None else item.barcode,
        "pickup_location_library": request.pickup_library,
        "request_status": "NOT_STARTED" if request.is_active else "HISTORY",
        "request_date": f"{request.created:%Y-%m-%d}Z",
        "comment": request.comment,
    }


_USER = BASE + r"/users/([^/]+)"


def _fees(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    user = user_of(world, call, parts[0])
    # [D] Only active fees, unless another status is call for.
    status = call.query.get("status", "ACTIVE").upper()
    mine = [fee for fee in world.fees.values() if fee.user == user.primary_id]
    return ApiAnswer(fees_body([entry for entry in mine if entry.status == status]), "fees")


def _create_fee(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    user, kind = user_of(world, call, parts[0]), call.coded("type")
    if not kind:
        raise ApiRefusal("401652")
    fee = Fee(
        fee_id=world.new_id(),
        user=user.primary_id,
        kind=kind,
        amount=amount_of(call.coded("original_amount")),
        created=call.now,
        owner=call.coded("owner"),
        comment=call.coded("comment"),
    )
    world.fees[fee.fee_id] = fee
    return ApiAnswer(fee_body(fee), "fee", effect=f"fee {fee.fee_id}")


def _fee(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    return ApiAnswer(fee_body(_fee_of(world, call, parts)), "fee")


def _fee_of(world: World, call: ApiCall, parts: Sequence[str]) -> Fee:
    user, fee = user_of(world, call, parts[0]), world.fees.get(parts[1])
    if fee is None or fee.user != user.primary_id:
        raise ApiRefusal("401652")  # [I] the code for an unknown fee is not published
    return fee


def _operate(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    fee, op = _fee_of(world, call, parts), call.op("pay", "waive", "dispute", "restore")
    if op in ("pay", "waive"):
        # [D] Paying needs a method, waiving a reason.
        if not call.query.get("method" if op == "pay" else "reason"):
            raise ApiRefusal("401652")
        _settle(fee, amount_of(call.query.get("amount", "")))
    else:
        fee.status = "INDISPUTE" if op == "dispute" else "ACTIVE"
    return ApiAnswer(fee_body(fee), "fee", effect=f"{op} fee {fee.fee_id}")


def amount_of(text: str) -> float:
    """Return a positive amount of money.

    Raises:
        ApiRefusal: 401652, it is none.
    """
    if not re.fullmatch(r"[0-9]{1,9}([.][0-9]+)?", text) or not float(text):
        raise ApiRefusal("401652")
    return round(float(text), 2)


def _settle(fee: Fee, amount: float) -> None:
    if amount > fee.left:
        raise ApiRefusal("401652")
    fee.balance = round(fee.left - amount, 2)
    if not fee.balance:
        fee.status = "CLOSED"


def _pay_all(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    user, op = user_of(world, call, parts[0]), call.op("pay")
    mine = [fee for fee in world.fees.values() if fee.user == user.primary_id and fee.is_active]
    total = sum(entry.left for entry in mine)
    given = call.query.get("amount", "")
    left = total if given.upper() == "ALL" else amount_of(given)
    if not call.query.get("method") or left > total:
        raise ApiRefusal("401652")
    for fee in mine:  # the oldest first
        paid = min(left, fee.left)
        left = round(left - paid, 2)
        if paid:
            _settle(fee, paid)
    return ApiAnswer(
        fees_body([entry for entry in mine if entry.is_active]), "fees", effect=f"{op} fees"
    )


def _requests(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    user = user_of(world, call, parts[0])
    kind = call.query.get("request_type", "")
    mine = [
        request
        for request in world.requests.values()
        if request.user == user.primary_id
        and (not kind or request.kind == kind.upper())
        and (call.query.get("status", "active").lower() == "active") == request.is_active
    ]
    body: dict[str, Any] = {"total_record_count": len(mine)}
    if page := call.page(mine):
        body["user_request"] = [request_body(world, entry) for entry in page]
    return ApiAnswer(body, "user_requests")


def _request(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    return ApiAnswer(request_body(world, _request_of(world, call, parts)), "user_request")


def _request_of(world: World, call: ApiCall, parts: Sequence[str]) -> Request:
    request = world.requests.get(parts[1])
    # [C: almapiwrapper] ALL means any user.
    whose = None if parts[0] == "ALL" else user_of(world, call, parts[0]).primary_id
    if request is None or whose not in (None, request.user):
        raise ApiRefusal("401694", parts[1])
    return request


def _create_request(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    user, item = user_of(world, call, parts[0], "401890"), _wanted(world, call)
    kind = call.coded("request_type").upper()
    if not kind:
        raise ApiRefusal("401652")
    mine = [
        request
        for request in world.requests.values()
        if request.user == user.primary_id and request.is_active
    ]
    again = call.query.get("allow_same_request", "").lower() != "true"
    if again and any(entry.mms_id == item.mms_id for entry in mine):
        raise ApiRefusal("401136")
    by_item = any(call.query.get(name) for name in ("item_pid", "item_id"))
    request = Request(
        request_id=world.new_id(),
        user=user.primary_id,
        kind=kind,
        mms_id=item.mms_id,
        item=item.pid if by_item else "",
        created=call.now,
        pickup_library=call.coded("pickup_location_library"),
        comment=call.coded("comment"),
    )
    world.requests[request.request_id] = request
    body = request_body(world, request)
    return ApiAnswer(body, "user_request", effect=f"request {item.mms_id}")


def _wanted(world: World, call: ApiCall) -> Item:
    """Return the requested item, or any of the title (`item_pid` [D]; `item_id` [C: almapy]).

    Raises:
        ApiRefusal: there is none.
    """
    pid = call.query.get("item_pid") or call.query.get("item_id")
    if pid:
        item = world.by_pid.get(pid)
        if item is None:
            raise ApiRefusal("401129")
        return item
    mms_id = call.query.get("mms_id", "")
    item = next((item for item in world.items.values() if item.mms_id == mms_id), None)
    if item is None:
        raise ApiRefusal("402203", mms_id)
    return item


def _update_request(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    request = _request_of(world, call, parts)
    request.pickup_library = call.coded("pickup_location_library") or request.pickup_library
    request.comment = call.coded("comment")
    body = request_body(world, request)
    return ApiAnswer(body, "user_request", effect=f"change request {request.request_id}")


def _cancel_request(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    request = _request_of(world, call, parts)
    if not call.query.get("reason") or not request.is_active:
        raise ApiRefusal("401652")
    request.is_active = False
    return ApiAnswer({}, status=204, effect=f"cancel request {request.request_id}")


CALLS: Calls = (
    ("GET", re.compile(_USER + "/fees"), _fees),
    ("POST", re.compile(_USER + "/fees"), _create_fee),
    ("POST", re.compile(_USER + "/fees/all"), _pay_all),
    ("GET", re.compile(_USER + "/fees/([^/]+)"), _fee),
    ("POST", re.compile(_USER + "/fees/([^/]+)"), _operate),
    ("GET", re.compile(_USER + "/requests"), _requests),
    ("POST", re.compile(_USER + "/requests"), _create_request),
    ("GET", re.compile(_USER + "/requests/([^/]+)"), _request),
    ("PUT", re.compile(_USER + "/requests/([^/]+)"), _update_request),
    ("DELETE", re.compile(_USER + "/requests/([^/]+)"), _cancel_request),
)

"""Answers Alma's API calls from a `World`, without HTTP, following Alma's lending rules."""

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import unquote, urlencode

from procedure.simulation.alma.calls import BASE, ApiAnswer, ApiCall, Calls, user_of
from procedure.simulation.alma.refusals import ApiRefusal
from procedure.simulation.alma.shapes import item_body, item_path, loan_body, loans_body, user_body
from procedure.simulation.alma.world import AlmaLoan, AlmaUser, Desk, Item, World

ORDERS = ("loan_date", "due_date", "item", "loan_id")


def answer(world: World, call: ApiCall, calls: Calls) -> ApiAnswer:
    """Return the answer to a request, from the first of `calls` that matches it.

    Raises:
        ApiRefusal: the call is refused, or no call matches the request (INVALID_REQUEST).
    """
    for method, pattern, handler in calls:
        match = pattern.fullmatch(call.path)
        if match and method == call.method:
            return handler(world, call, [unquote(part) for part in match.groups()])
    raise ApiRefusal("INVALID_REQUEST")


def _item_by_barcode(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    del parts
    barcode = call.query.get("item_barcode", "")
    if not barcode or barcode != barcode.strip():
        raise ApiRefusal("401690", barcode)
    # [I] The network zone's key finds copies at every institution.
    items = world.network_items if call.zone == "network" else world.items
    item = items.get(barcode)
    if item is None:
        raise ApiRefusal("401689", barcode)
    # [C] The answer is a redirect to the item, not the item itself. [I] The redirect keeps the key
    # and the format from the query.
    kept = {name: call.query[name] for name in ("apikey", "format") if name in call.query}
    query = f"?{urlencode(kept)}" if kept else ""
    return ApiAnswer({}, location=call.base + item_path(item) + query)


def _item(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    if call.zone == "network":
        items = [item for item in world.network_items.values() if item.pid == parts[2]]
        if items:
            return ApiAnswer(item_body(items[0], call.base), "item")
    return ApiAnswer(item_body(copy_of(world, parts), call.base), "item")


def copy_of(world: World, parts: Sequence[str]) -> Item:
    """Return the item that a path names.

    Raises:
        ApiRefusal: 402203, there is no such item.
    """
    item = world.by_pid.get(parts[2])
    if item is None or (item.mms_id, item.holding_id) != tuple(parts[:2]):
        raise ApiRefusal("402203", parts[0])
    return item


def _scan(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    item, op = copy_of(world, parts), call.op("scan")
    desk = world.desks.get(call.query.get("circ_desk", ""))
    destination = scan_in(world, item, desk, call.now)
    body = {**item_body(item, call.base), "additional_info": destination}
    return ApiAnswer(body, "item", effect=f"{op} {item.barcode}")


def _item_loans(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    del call
    active = world.active(copy_of(world, parts))
    loans = [] if active is None else [active]
    return ApiAnswer(loans_body(world, loans, len(loans)), "item_loans")


def _item_requests(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    # [I] This follows the public schema. Only a request for an item on the hold shelf is reported.
    del call
    item = copy_of(world, parts)
    if not item.waits_for:
        return ApiAnswer({"total_record_count": 0}, "user_requests")
    request = {"user_primary_id": item.waits_for, "request_status": "ON_HOLD_SHELF"}
    return ApiAnswer({"user_request": [request], "total_record_count": 1}, "user_requests")


def _user(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    return ApiAnswer(user_body(user_of(world, call, parts[0])), "user")


def _user_loans(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    user = user_of(world, call, parts[0])
    active = call.query.get("loan_status", "Active").lower() != "complete"
    loans = world.loans_of(user, active=active)
    order = call.query.get("order_by", "due_date")
    loans.sort(key=lambda loan: getattr(loan, order if order in ORDERS else "loan_id"))
    if call.query.get("direction", "ASC").upper() == "DESC":
        loans.reverse()
    return ApiAnswer(loans_body(world, call.page(loans), len(loans)), "item_loans")


def _lend_user(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    user = user_of(world, call, parts[0], "401890")
    pid = call.query.get("item_pid")
    barcode = call.query.get("item_barcode", "")
    item = world.by_pid.get(pid) if pid else world.items.get(barcode)
    if item is None:
        raise ApiRefusal("401689" if barcode else "401672", barcode)
    return lend(world, call, user, item)


def lend(world: World, call: ApiCall, user: AlmaUser, item: Item) -> ApiAnswer:
    """Lend an item at the desk named in the body."""
    library, code = call.coded("library"), call.coded("circ_desk")
    desk = world.desks.get(code, Desk(code, ""))
    loan = lend_now(world, user, item, desk=desk, library=library, now=call.now)
    return ApiAnswer(loan_body(world, loan), "item_loan", effect=f"lend {item.barcode}")


def lend_now(
    world: World, user: AlmaUser, item: Item, *, desk: Desk, library: str, now: datetime
) -> AlmaLoan:
    """Lend an item, and return the loan, which starts at `now` [D].

    Raises:
        ApiRefusal: a rule forbids the loan; `code` is the code of the first such rule.
    """
    if not item.lendable:
        raise ApiRefusal("401651")
    if desk.library != library or not desk.lends(item):
        raise ApiRefusal("401153")
    _check_user(world, user, now)
    active = world.active(item)
    if active is not None and active.user == user.primary_id:
        raise ApiRefusal("400042")
    # [I] A copy that is on loan to another user, or on the hold shelf for another user, is not
    # loanable.
    if active is not None or item.waits_for not in ("", user.primary_id):
        raise ApiRefusal("401651")
    return world.add_loan(user, item, desk, now, now + world.term(item))


def _check_user(world: World, user: AlmaUser, now: datetime) -> None:
    if user.blocks:
        raise ApiRefusal("401163")
    if user.expires is not None and user.expires <= now:
        raise ApiRefusal("401168")
    if user.limit is not None and len(world.loans_of(user)) >= user.limit:
        raise ApiRefusal("401161")


def scan_in(world: World, item: Item, desk: Desk | None, now: datetime) -> str:
    """Scan an item in and return where it goes next, as in Alma's `additional_info`.

    Raises:
        ApiRefusal: 40166415, the desk is unknown [C]; 402504, the item was not on loan [C].
    """
    if desk is None:
        raise ApiRefusal("40166415")
    returned = world.end_loan(item, now)
    if item.library != desk.library:
        item.process = "TRANSIT"
    if returned is None:
        raise ApiRefusal("402504")
    place = "Reshelve to" if item.process == "" else "In transit to"
    return f"Item's destination is: {place} {item.library}."


COPY = BASE + r"/bibs/([^/]+)/holdings/([^/]+)/items/([^/]+)"
USER = BASE + r"/users/([^/]+)"
CALLS: Calls = (
    ("GET", re.compile(BASE + "/items"), _item_by_barcode),
    ("GET", re.compile(COPY), _item),
    ("POST", re.compile(COPY), _scan),
    ("GET", re.compile(COPY + "/loans"), _item_loans),
    ("GET", re.compile(COPY + "/requests"), _item_requests),
    ("GET", re.compile(USER), _user),
    ("GET", re.compile(USER + "/loans"), _user_loans),
    ("POST", re.compile(USER + "/loans"), _lend_user),
)

"""What the stand-in answers other clients about loans: one by its id, extended, renewed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from procedure.simulation.alma.api import COPY, USER, copy_of, lend
from procedure.simulation.alma.calls import BASE, ApiAnswer, ApiCall, Calls, user_of
from procedure.simulation.alma.refusals import ApiRefusal
from procedure.simulation.alma.shapes import loan_body
from procedure.simulation.alma.world import AlmaLoan, World


def _test(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    del world, call, parts
    return ApiAnswer({"status": "OK"}, "test")


def _lend_item(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    user = user_of(world, call, call.query.get("user_id", ""), "401890")
    return lend(world, call, user, copy_of(world, parts))


def _loan(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    return ApiAnswer(loan_body(world, _loan_of(world, call, parts)), "item_loan")


def _loan_of(world: World, call: ApiCall, parts: Sequence[str]) -> AlmaLoan:
    user = user_of(world, call, parts[0])
    loan = world.loans.get(parts[1])
    if loan is None or loan.user != user.primary_id:
        raise ApiRefusal("401823", parts[1])
    return loan


def _extend(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    loan = extend(_loan_of(world, call, parts), due_of(call), call.now)
    return ApiAnswer(loan_body(world, loan), "item_loan", effect=f"extend {loan.item}")


def _renew(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    loan, op = _loan_of(world, call, parts), call.op("renew")
    renew(world, loan, call.now)
    return ApiAnswer(loan_body(world, loan), "item_loan", effect=f"{op} {loan.item}")


def due_of(call: ApiCall) -> datetime:
    """Return the due date of the body: an instant, or a date, which means its end [I].

    Raises:
        ApiRefusal: 401652, it is neither.
    """
    text = call.coded("due_date")
    try:
        if day := re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})Z?", text):
            return datetime.combine(date.fromisoformat(day[1]), time(23, 59), UTC)
        due = datetime.fromisoformat(text)
    except ValueError:
        raise ApiRefusal("401652") from None
    return due if due.tzinfo else due.replace(tzinfo=UTC)


def extend(loan: AlmaLoan, due: datetime, now: datetime) -> AlmaLoan:
    """Change a due date.

    Raises:
        ApiRefusal: 401681, the date is in the past [D].
    """
    if due <= now:
        raise ApiRefusal("401681")
    loan.due_date = due
    return loan


def renew(world: World, loan: AlmaLoan, now: datetime) -> AlmaLoan:
    """Renew a loan for another term from now.

    Raises:
        ApiRefusal: 401822, it is over.
    """
    if loan.returned is not None:
        raise ApiRefusal("401822")
    loan.due_date = now + world.term(world.items[loan.item])
    loan.renewed = now
    return loan


_LOAN = re.compile(USER + "/loans/([^/]+)")
CALLS: Calls = (
    ("GET", re.compile(BASE + "/conf/test"), _test),
    ("POST", re.compile(COPY + "/loans"), _lend_item),
    ("GET", _LOAN, _loan),
    ("PUT", _LOAN, _extend),
    ("POST", _LOAN, _renew),
)

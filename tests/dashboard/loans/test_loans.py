"""Lending from a page, tested through its state alone."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.visitor import SignedInBy, visitor_of
from dashboard.loans.loans import LendingState
from procedure.access.roles import Role
from procedure.circulation.transactions import Loan, PendingLoan, Void
from tests.support.clock import Clock

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def numbered(first: int = 1) -> Callable[[], UUID]:
    numbers: Iterator[int] = iter(range(first, first + 10_000))
    return lambda: UUID(int=next(numbers))


def loan(number: int, item: str, **more: Any) -> Loan:
    given = {"desk": "MAIL", "patron": "SLSP204518377", "workstation": "poste-1"} | more
    return Loan(id=UUID(int=number), at=NOON, item=item, sequence=number, **given)


@pytest.fixture
def lending(context: AppContext, clock: Clock) -> LendingState:
    session = Session(desk="MAIL", page="loans", workstation="poste-1")
    clock.new_id = numbered(1000)
    return LendingState(context=context, session=session)


def entries(lending: LendingState) -> list[object]:
    kinds = ("loan", "void")
    return [entry.entry for entry in lending.context.store.journal.since(kinds=kinds)]


def test_restore_makes_a_new_loan_with_the_old_time(lending: LendingState) -> None:
    lending.context.store.journal.append(loan(1, "A1111"))
    lending.void(UUID(int=1), "mauvais lecteur")
    lending.listing.look()
    lending.restore(lending.listing.rows[0])
    first, void, anew = entries(lending)
    assert isinstance(first, Loan)
    assert isinstance(void, Void)
    assert (void.loan, void.reason) == (first.id, "mauvais lecteur")
    assert anew == replace(first, id=UUID(int=1001), workstation="poste-1", late=True, sequence=0)


def test_staff_see_todays_loans_of_their_desk(context: AppContext) -> None:
    yesterday = replace(loan(1, "A1111"), at=NOON - timedelta(days=1))
    waits = [
        PendingLoan(id=UUID(int=9 + n), at=NOON, desk=desk, item="W", workstation="pc")
        for n, desk in enumerate(("MAIL", "CMU"))
    ]
    context.store.journal.append(yesterday, loan(2, "B2111"), loan(3, "C3111", desk="CMU"), *waits)
    staff = visitor_of(Role.STAFF, "anne", SignedInBy.LOGIN)
    lending = LendingState(
        context=context, session=Session(desk="MAIL", page="loans", visitor=staff)
    )

    def shown() -> tuple[list[str], list[str]]:
        lending.listing.look()
        waiting = [row.loan.desk for row in lending.pending_loans.pending]
        return [row.loan.item for row in lending.listing.rows], waiting

    assert shown() == (["B2111"], ["MAIL"])
    lending.listing.param.update(desk="CMU", day="", state="")
    assert shown() == (["B2111"], ["MAIL"])
    assert len(lending.listing.days) == 1
    lending.choose_desk("CMU")
    assert shown() == (["C3111"], ["CMU"])
    lending.choose_desk("")
    assert shown() == ([], [])


def test_choose_desk_ignores_an_unknown_desk(lending: LendingState) -> None:
    lending.choose_desk("NOWHERE")
    assert (lending.desk, lending.session.desk) == ("", "")
    lending.choose_desk("CMU")
    assert (lending.desk, lending.session.desk) == ("CMU", "CMU")

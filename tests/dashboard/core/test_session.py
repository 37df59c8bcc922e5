"""A session starts with whatever is valid in the request and its cookies."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import PLACES, Session, session_from
from dashboard.core.visitor import READ_ONLY, SignedInBy, Visitor, visitor_of
from dashboard.loans.loans import LendingState
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from procedure.access.roles import Role
from procedure.circulation.transactions import Loan
from procedure.personal_data.access_entries import IdentifiersSeen
from procedure.records.acts import acts


@pytest.mark.parametrize(
    ("cookies", "narrow", "scheme"),
    [
        ({}, False, "light"),
        ({"relais_narrow": "1", "relais_scheme": "dark"}, True, "dark"),
        ({"relais_narrow": "yes", "relais_scheme": "grey"}, False, "light"),
    ],
)
def test_session_from_remembers_the_look(
    cookies: dict[str, str],
    narrow: bool,
    scheme: str,
) -> None:
    session = session_from({}, cookies, language="fr", query="")
    assert (session.narrow, session.scheme) == (narrow, scheme)


@pytest.mark.parametrize("name", [None, "L. Martin"])
def test_session_has_the_name_of_the_signed_in_person(name: str | None) -> None:
    cookies = {"user": "somebody", "relais_workstation": "pc-1"}
    session = session_from({}, cookies, language="fr", query="", visitor=Visitor(name=name))
    assert session.person == Visitor(name=name, workstation="pc-1")


@pytest.mark.parametrize(
    ("role", "places"),
    [
        (Role.STAFF, ["guide", "loans", "history"]),
        (Role.COORDINATOR, ["guide", "loans", "reconciliation", "history", "coordination"]),
        (Role.ANALYST, ["guide", "history"]),
    ],
)
def test_may_open_allows_only_the_places_of_a_role(role: Role, places: list[str]) -> None:
    session = Session(visitor=visitor_of(role, "anne", SignedInBy.LOGIN))
    assert [place for place in PLACES if session.may_open(place)] == places


def test_session_from_a_typed_name_is_not_signed_in() -> None:
    session = session_from({}, {"relais_signer": "L.%20M."}, language="fr", query="")
    assert (session.signer, session.person.name) == ("L. M.", None)


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("reconciliation", "reconciliation"),
        ("back", "reconciliation"),
        ("loans", "loans"),
        ("coordination", "coordination"),
        ("elsewhere", "guide"),
    ],
)
def test_session_from_place_or_alias(asked: str, place: str) -> None:
    session = session_from({"page": [asked.encode()]}, {}, language="fr", query="")
    assert session.page == place


ANNE = visitor_of(Role.STAFF, "anne", SignedInBy.ACCOUNT)
MARC = visitor_of(Role.COORDINATOR, "marc", SignedInBy.ACCOUNT)


def lend(context: AppContext) -> None:
    context.store.journal.append(
        Loan(
            id=UUID(int=1),
            at=context.clock.now(),
            desk="MAIL",
            patron="MARKED-READ_ONLY",
            item="item",
        )
    )


def session(visitor: Visitor, workstation: str = "pc-1") -> Session:
    return Session(visitor=visitor, workstation=workstation, desk="MAIL")


def noted(context: AppContext) -> list[tuple[datetime, str, str, str]]:
    recorded = context.store.journal.since(kinds=(IdentifiersSeen.KIND,))
    assert "MARKED" not in str(recorded)
    return [(act.at, act.person, act.workstation, act.about) for act in acts(recorded)]


def test_viewing_loans_is_noted_once_per_person_and_hour(context: AppContext, clock: Any) -> None:
    first = clock.at
    empty = LendingState(context=context, session=session(ANNE))
    assert noted(context) == []
    lend(context)
    empty.updates.refresh()
    for window in ("pc-1", "pc-2"):
        LendingState(context=context, session=session(ANNE, window))
    LendingState(context=context, session=session(MARC))
    LendingState(context=context, session=session(Visitor(), "pc-3"))
    LendingState(context=context, session=session(Visitor(), "pc-4"))
    LendingState(context=context, session=session(MARC), is_open=False)
    LendingState(context=context, session=session(READ_ONLY))
    once = [
        (first, "anne", "pc-1", "loans"),
        (first, "marc", "pc-1", "loans"),
        (first, "", "pc-3", "loans"),
        (first, "", "pc-4", "loans"),
    ]
    assert noted(context) == once
    clock.pass_by(hours=1)
    empty.updates.param.update(now=clock.at, minute=empty.updates.minute + timedelta(hours=1))
    assert noted(context) == [*once, (first + timedelta(hours=1), "anne", "pc-1", "loans")]


def test_viewing_the_reconciliation_is_noted_separately(context: AppContext, clock: Any) -> None:
    lend(context)
    ledger = ReconciliationLedger(context)
    for _ in range(2):
        ReconciliationProgress(ledger=ledger, session=session(MARC))
    assert noted(context) == [(clock.at, "marc", "pc-1", "reconciliation")]

"""A session begins with what the request and its cookies say, as far as they can be believed."""

import pytest

from dashboard.core.session import PLACES, Session, session_from
from dashboard.core.users import SignedInBy, User, user_of
from procedure.access.roles import Role


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
def test_session_has_the_name_of_the_signed_in_user(name: str | None) -> None:
    cookies = {"user": "somebody", "relais_workstation": "pc-1"}
    session = session_from({}, cookies, language="fr", query="", user=User(name=name))
    assert session.person == User(name=name, workstation="pc-1")


@pytest.mark.parametrize(
    ("role", "places"),
    [
        (Role.STAFF, ["guide", "loans", "history"]),
        (Role.COORDINATOR, ["guide", "loans", "reconciliation", "history"]),
        (Role.ANALYST, ["guide", "history"]),
    ],
)
def test_may_open_the_places_of_a_role(role: Role, places: list[str]) -> None:
    session = Session(user=user_of(role, "anne", SignedInBy.LOGIN))
    assert [place for place in PLACES if session.may_open(place)] == places


def test_session_from_typed_name_is_no_login() -> None:
    session = session_from({}, {"relais_signer": "L.%20M."}, language="fr", query="")
    assert (session.signer, session.person.name) == ("L. M.", None)


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("reconciliation", "reconciliation"),
        ("back", "reconciliation"),
        ("loans", "loans"),
        ("elsewhere", "guide"),
    ],
)
def test_session_from_place_or_alias(asked: str, place: str) -> None:
    session = session_from({"page": [asked.encode()]}, {}, language="fr", query="")
    assert session.page == place

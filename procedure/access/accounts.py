"""Local accounts, for signing in even if all other services are down.

A sign-in is stored on the server, so that it can be ended early. The browser holds a random token,
and the server stores only the token's digest. Sign-ins through the institution's login are stored
in the same way.
"""

from dataclasses import dataclass, field
from datetime import datetime

from procedure.access.roles import Role
from procedure.errors import AccountRefused

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Account:
    """A local account; `since` is the time at which it was created (aware UTC)."""

    name: str
    role: Role
    password_hash: str = field(repr=False)
    since: datetime


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person who is signed in, their current role, and the expiry of the sign-in (aware UTC)."""

    name: str
    role: Role
    until: datetime


@dataclass(frozen=True, slots=True)
class ExternalSignIn:
    """A person signed in through the institution's login; `until` is the expiry (aware UTC).

    `claims` holds the values of the claim that determines the person's roles.
    """

    name: str
    claims: tuple[str, ...]
    until: datetime


@dataclass(frozen=True, slots=True)
class EnrolledWorkstation:
    """A workstation that may record loans without a sign-in.

    `since` is when it was enrolled (aware UTC), and `by` the person who enrolled it.
    """

    name: str
    desk: str
    by: str
    since: datetime


def known_already(name: str) -> AccountRefused:
    return AccountRefused(
        f"The account {name!r} already exists: relais user role {name} ROLE changes its role, "
        f"and relais user password {name} changes its password."
    )


def unknown(name: str) -> AccountRefused:
    return AccountRefused(f"There is no account {name!r}: relais user list shows all accounts.")

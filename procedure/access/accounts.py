"""Local accounts: a way to sign in that depends on no other service.

An account has a name, a role and the hash of a password. A sign-in is stored with its expiry, so
that it can be ended early. The browser holds a random token; the server holds only the token's
digest. A sign-in through the institution's login is stored the same way.
"""

from dataclasses import dataclass, field
from datetime import datetime

from procedure.access.roles import Role
from procedure.errors import AccountRefused

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may sign in here; `since` is the time the account was created (aware UTC)."""

    name: str
    role: Role
    password_hash: str = field(repr=False)
    since: datetime


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person who is signed in, their current role, and the end of the sign-in (aware UTC)."""

    name: str
    role: Role
    until: datetime


@dataclass(frozen=True, slots=True)
class ExternalSignIn:
    """A person signed in through the institution's login, and the end of the sign-in (aware UTC).

    `claims` are the values of the claim that may determine a role.
    """

    name: str
    claims: tuple[str, ...]
    until: datetime


@dataclass(frozen=True, slots=True)
class EnrolledWorkstation:
    """A workstation that lends without signing in, when it was enrolled, and by whom."""

    name: str
    desk: str
    by: str
    since: datetime


def known_already(name: str) -> AccountRefused:
    """Return the error for adding an account whose name is taken."""
    return AccountRefused(
        f"There is an account {name!r}: relais user role {name} ROLE changes its role, "
        f"relais user password {name} its password."
    )


def unknown(name: str) -> AccountRefused:
    """Return the error for changing an account that does not exist."""
    return AccountRefused(f"There is no account {name!r}: relais user list shows them.")

"""Local accounts: a way to sign in that depends on no other service.

An account has a name, a role and the hash of a password. A sign-in is stored with the instant at
which it is over, so that it can be ended before: a browser has a random token for it, the server
its digest alone. A sign-in by the login of the institution is stored the same way.
"""

from dataclasses import dataclass, field
from datetime import datetime

from procedure.access.roles import Role
from procedure.errors import AccountRefused

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in here; `since` is when the account was made (aware UTC)."""

    name: str
    role: Role
    password_hash: str = field(repr=False)
    since: datetime


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who is signed in, with the role of now, and until when (aware UTC)."""

    name: str
    role: Role
    until: datetime


@dataclass(frozen=True, slots=True)
class ExternalSignIn:
    """Who is signed in by the login of the institution, and until when (aware UTC).

    `claims` are the values of the claim that may give a role.
    """

    name: str
    claims: tuple[str, ...]
    until: datetime


@dataclass(frozen=True, slots=True)
class EnrolledWorkstation:
    """A workstation that lends without anybody's sign-in, since when, and who enrolled it."""

    name: str
    desk: str
    by: str
    since: datetime


def known_already(name: str) -> AccountRefused:
    """Return the refusal of a second account of a name."""
    return AccountRefused(
        f"There is an account {name!r}: relais user role {name} ROLE changes its role, "
        f"relais user password {name} its password."
    )


def unknown(name: str) -> AccountRefused:
    """Return the refusal of what is asked for an account that is not there."""
    return AccountRefused(f"There is no account {name!r}: relais user list shows them.")

"""The visitor viewing a page or making a request, and their permissions.

Every route, every action on a page and every message from a desk must call `Visitor.require`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from dashboard.core.errors import NotAllowed, ReadOnly
from procedure.access.roles import PERMISSIONS_OF, Permission, Role
from procedure.errors import JournalError

if TYPE_CHECKING:
    from procedure.io.sql_accounts import SqlAccounts

__all__ = [
    "NOBODY",
    "READ_ONLY",
    "UNRESTRICTED",
    "Permission",
    "SignedInBy",
    "Visitor",
    "is_signed_in",
    "visitor_of",
]


class SignedInBy(StrEnum):
    """How the server identified a visitor."""

    MACHINE = "machine"  # a browser on the server's own machine, without a sign-in
    OPEN = "open"  # the server was started with --open, so nobody signs in
    NOBODY = "nobody"  # not identified
    LOGIN = "login"  # the login that Panel was started with, such as OpenID Connect
    ACCOUNT = "account"  # a local account
    WORKSTATION = "workstation"  # an enrolled workstation, without a person's name


@dataclass(frozen=True, slots=True)
class Visitor:
    """The visitor making a request, with their verified name, if any, and permissions.

    - `workstation`: the name of an enrolled workstation, or "".
    - `until`: the expiry of the sign-in (aware UTC), or None.
    - `sign_in`: the digest that identifies the sign-in, or the workstation's token, in the
      database; "" if there is none. It allows a sign-in to be ended, or a token revoked, early.
    """

    workstation: str = ""
    name: str | None = None
    acts: frozenset[Permission] = frozenset(Permission)
    role: Role | None = None
    by: SignedInBy = SignedInBy.MACHINE
    until: datetime | None = None
    sign_in: str = field(default="", repr=False)

    def require(self, act: Permission) -> None:
        """Check that the visitor has a permission.

        Raises:
            NotAllowed: the visitor lacks the permission, which the message names.
            ReadOnly: the visitor may only read.
        """
        if act in self.acts:
            return
        if self.acts and self.acts <= READ_ONLY.acts:
            raise ReadOnly(f"{act.value}: this view is read-only; use the dashboard")
        raise NotAllowed(f"{act.value}: not allowed here; ask a coordinator")

    def may(self, act: Permission) -> bool:
        """Return whether the visitor has a permission."""
        return act in self.acts


def visitor_of(role: Role, name: str, by: SignedInBy, **more: datetime | str | None) -> Visitor:
    """Return a visitor with a role's permissions; `more` sets other fields."""
    return Visitor(name=name, acts=PERMISSIONS_OF[role], role=role, by=by, **more)  # type: ignore[arg-type]


def is_signed_in(visitor: Visitor, accounts: SqlAccounts, now: datetime) -> bool:
    """Return whether a visitor's sign-in is still valid; `now` is aware.

    If the role of an account has changed, its sign-ins are no longer valid. If the accounts cannot
    be read, no sign-in is valid.
    """
    if visitor.until is not None and visitor.until <= now:
        return False
    if not visitor.sign_in:
        return True
    try:
        if visitor.by is SignedInBy.WORKSTATION:
            return accounts.workstation(visitor.sign_in) is not None
        if visitor.by is SignedInBy.LOGIN:
            return accounts.external(visitor.sign_in, now) is not None
        found = accounts.signed_in(visitor.sign_in, now)
    except JournalError:
        return False
    return found is not None and found.role is visitor.role


READ_ONLY = Visitor(
    acts=frozenset({Permission.READ, Permission.SEE_LOANS, Permission.READ_DOSSIER})
)
NOBODY = Visitor(acts=frozenset(), by=SignedInBy.NOBODY)
# For browsers on the server's machine, and for the server itself.
UNRESTRICTED = Visitor()

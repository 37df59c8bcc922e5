"""Local accounts: a way to sign in that depends on no other service.

An account has a name, a role and the hash of a password. A sign-in is stored with the instant at
which it is over, so that it can be ended before: a browser has a random token for it, the server
its digest alone. A sign-in by the login of the institution is stored the same way.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

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


class Accounts(Protocol):
    """The accounts of one installation; each change is on the disk when the method returns."""

    def add(self, account: Account) -> None:
        """Add an account.

        Raises:
            AccountRefused: there is one of this name.
        """
        ...

    def change(self, name: str, *, role: Role | None = None, password_hash: str = "") -> None:
        """Change the role or the password; a new password ends every sign-in.

        Raises:
            AccountRefused: there is no account of this name.
        """
        ...

    def remove(self, name: str) -> None:
        """Remove an account, and end its sign-ins.

        Raises:
            AccountRefused: there is no account of this name.
        """
        ...

    def find(self, name: str) -> Account | None:
        """Return the account of a name, None without."""
        ...

    def all(self) -> tuple[Account, ...]:
        """Return every account, by name."""
        ...

    def begin(self, digest: str, name: str, until: datetime, *, now: datetime) -> None:
        """Store a sign-in of an account; those that are over are deleted."""
        ...

    def begin_external(self, digest: str, sign_in: ExternalSignIn, *, now: datetime) -> None:
        """Store a sign-in by the login of the institution; those that are over are deleted."""
        ...

    def end(self, digest: str) -> None:
        """End a sign-in of either kind."""
        ...

    def signed_in(self, digest: str, now: datetime) -> SignIn | None:
        """Return the sign-in of an account, None when it is over or was ended."""
        ...

    def external(self, digest: str, now: datetime) -> ExternalSignIn | None:
        """Return a sign-in by the login of the institution, None when it is over or was ended."""
        ...

    def enrol(self, digest: str, workstation: EnrolledWorkstation) -> None:
        """Enrol a workstation by the digest of its token; an earlier token of its name ends."""
        ...

    def revoke(self, name: str) -> None:
        """End the token of a workstation."""
        ...

    def workstation(self, digest: str) -> EnrolledWorkstation | None:
        """Return the workstation of a token's digest, None when it was revoked."""
        ...

    def workstations(self) -> tuple[EnrolledWorkstation, ...]:
        """Return every enrolled workstation, by name."""
        ...


class MemoryAccounts:
    """Accounts for tests and demonstrations, until the program ends."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}
        self._sign_ins: dict[str, tuple[str, datetime]] = {}
        self._external: dict[str, ExternalSignIn] = {}
        self._workstations: dict[str, EnrolledWorkstation] = {}

    def add(self, account: Account) -> None:
        if account.name in self._accounts:
            raise known_already(account.name)
        self._accounts[account.name] = account

    def change(self, name: str, *, role: Role | None = None, password_hash: str = "") -> None:
        account = self._known(name)
        if password_hash:
            self._end_all(name)
        self._accounts[name] = replace(
            account,
            role=role or account.role,
            password_hash=password_hash or account.password_hash,
        )

    def remove(self, name: str) -> None:
        self._known(name)
        self._end_all(name)
        del self._accounts[name]

    def find(self, name: str) -> Account | None:
        return self._accounts.get(name)

    def all(self) -> tuple[Account, ...]:
        return tuple(self._accounts[name] for name in sorted(self._accounts))

    def begin(self, digest: str, name: str, until: datetime, *, now: datetime) -> None:
        self._sign_ins = {key: kept for key, kept in self._sign_ins.items() if kept[1] > now}
        self._sign_ins[digest] = (name, until)

    def begin_external(self, digest: str, sign_in: ExternalSignIn, *, now: datetime) -> None:
        self._external = {key: kept for key, kept in self._external.items() if kept.until > now}
        self._external[digest] = sign_in

    def end(self, digest: str) -> None:
        self._sign_ins.pop(digest, None)
        self._external.pop(digest, None)

    def signed_in(self, digest: str, now: datetime) -> SignIn | None:
        name, until = self._sign_ins.get(digest, ("", now))
        account = self._accounts.get(name)
        return SignIn(name, account.role, until) if account and now < until else None

    def external(self, digest: str, now: datetime) -> ExternalSignIn | None:
        sign_in = self._external.get(digest)
        return sign_in if sign_in and now < sign_in.until else None

    def enrol(self, digest: str, workstation: EnrolledWorkstation) -> None:
        self.revoke(workstation.name)
        self._workstations[digest] = workstation

    def revoke(self, name: str) -> None:
        known = self._workstations.items()
        self._workstations = {digest: desk for digest, desk in known if desk.name != name}

    def workstation(self, digest: str) -> EnrolledWorkstation | None:
        return self._workstations.get(digest)

    def workstations(self) -> tuple[EnrolledWorkstation, ...]:
        return tuple(sorted(self._workstations.values(), key=lambda workstation: workstation.name))

    def _known(self, name: str) -> Account:
        if name not in self._accounts:
            raise unknown(name)
        return self._accounts[name]

    def _end_all(self, name: str) -> None:
        self._sign_ins = {key: kept for key, kept in self._sign_ins.items() if kept[0] != name}


def known_already(name: str) -> AccountRefused:
    """Return the refusal of a second account of a name."""
    return AccountRefused(
        f"There is an account {name!r}: relais user role {name} ROLE changes its role, "
        f"relais user password {name} its password."
    )


def unknown(name: str) -> AccountRefused:
    """Return the refusal of what is asked for an account that is not there."""
    return AccountRefused(f"There is no account {name!r}: relais user list shows them.")

"""The accounts as they were last read: people sign in while the database does not answer.

What was read a minute ago at most is kept in the process. A sign-in that cannot be stored lasts
until the process ends; one that is ended is over at once, and in the database as soon as it
answers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from procedure.access.accounts import (
    Account,
    EnrolledWorkstation,
    ExternalSignIn,
    MemoryAccounts,
    SignIn,
)
from procedure.access.roles import Role
from procedure.errors import JournalError
from procedure.io.sql_accounts import SqlAccounts

COPIED_EVERY = timedelta(minutes=1)
# After a failure the copy counts for so long: each attempt may wait for a connection.
PAUSE = timedelta(seconds=5)

_log = logging.getLogger(__name__)

T = TypeVar("T")


class RememberedAccounts:
    """The accounts of a server's process; see `procedure.access.accounts.Accounts`."""

    def __init__(self, stored: SqlAccounts, now: Callable[[], datetime]) -> None:
        self._stored, self._now = stored, now
        self._copy = MemoryAccounts()
        self._copied_at: datetime | None = None
        self._failed_at: datetime | None = None
        self._unsaved: dict[str, tuple[Account, datetime]] = {}
        self._unsaved_external: dict[str, ExternalSignIn] = {}
        self._ended: set[str] = set()
        self._copy_again()

    def add(self, account: Account) -> None:
        """Add an account; see `Accounts.add`."""
        self._stored.add(account)
        self._copy_again()

    def change(self, name: str, *, role: Role | None = None, password_hash: str = "") -> None:
        """Change an account; see `Accounts.change`."""
        self._stored.change(name, role=role, password_hash=password_hash)
        self._copy_again()

    def remove(self, name: str) -> None:
        """Remove an account; see `Accounts.remove`."""
        self._stored.remove(name)
        self._copy_again()

    def find(self, name: str) -> Account | None:
        """Return the account of a name, None without."""
        return self._read(lambda accounts: accounts.find(name))

    def all(self) -> tuple[Account, ...]:
        """Return every account, by name."""
        return self._read(lambda accounts: accounts.all())

    def begin(self, digest: str, name: str, until: datetime, *, now: datetime) -> None:
        """Store a sign-in, or keep it in the process; see `Accounts.begin`."""
        try:
            self._stored.begin(digest, name, until, now=now)
        except JournalError as fault:
            _log.error("A sign-in is kept until the server ends: %s", fault)
            if account := self.find(name):
                kept = {key: unsaved for key, unsaved in self._unsaved.items() if unsaved[1] > now}
                self._unsaved = kept | {digest: (account, until)}
        else:
            self._copy_again()

    def begin_external(self, digest: str, sign_in: ExternalSignIn, *, now: datetime) -> None:
        """Store a sign-in, or keep it in the process; see `Accounts.begin_external`."""
        try:
            self._stored.begin_external(digest, sign_in, now=now)
        except JournalError as fault:
            _log.error("A sign-in is kept until the server ends: %s", fault)
            others = self._unsaved_external.items()
            kept = {key: other for key, other in others if other.until > now}
            self._unsaved_external = kept | {digest: sign_in}
        else:
            self._copy_again()

    def end(self, digest: str) -> None:
        """End a sign-in of either kind, at once; see `Accounts.end`."""
        self._unsaved.pop(digest, None)
        self._unsaved_external.pop(digest, None)
        try:
            self._stored.end(digest)
        except JournalError as fault:
            _log.error("The end of a sign-in will be stored later: %s", fault)
            self._ended.add(digest)
        else:
            self._copy_again()

    def signed_in(self, digest: str, now: datetime) -> SignIn | None:
        """Return a sign-in; see `Accounts.signed_in`."""
        if digest in self._ended:
            return None
        if digest not in self._unsaved:
            return self._read(lambda accounts: accounts.signed_in(digest, now))
        account, until = self._unsaved[digest]
        found = self.find(account.name)
        if found is None or found.password_hash != account.password_hash or until <= now:
            return None
        return SignIn(found.name, found.role, until)

    def external(self, digest: str, now: datetime) -> ExternalSignIn | None:
        """Return a sign-in; see `Accounts.external`."""
        if digest in self._ended:
            return None
        if digest not in self._unsaved_external:
            return self._read(lambda accounts: accounts.external(digest, now))
        found = self._unsaved_external[digest]
        return found if found.until > now else None

    def enrol(self, digest: str, workstation: EnrolledWorkstation) -> None:
        """Enrol a workstation; see `Accounts.enrol`."""
        self._stored.enrol(digest, workstation)
        self._copy_again()

    def revoke(self, name: str) -> None:
        """End the token of a workstation."""
        self._stored.revoke(name)
        self._copy_again()

    def workstation(self, digest: str) -> EnrolledWorkstation | None:
        """Return the workstation of a token's digest; see `Accounts.workstation`."""
        return self._read(lambda accounts: accounts.workstation(digest))

    def workstations(self) -> tuple[EnrolledWorkstation, ...]:
        """Return every enrolled workstation, by name."""
        return self._read(lambda accounts: accounts.workstations())

    def _read(self, read: Callable[[SqlAccounts | MemoryAccounts], T]) -> T:
        """Return what is stored, or what was last read of it while nothing can be read."""
        now = self._now()
        if self._failed_at is not None and abs(now - self._failed_at) < PAUSE:
            return read(self._copy)
        try:
            if self._copied_at is None or abs(now - self._copied_at) >= COPIED_EVERY:
                self._copy_stored(now)
            found = read(self._stored)
        except JournalError as fault:
            if self._failed_at is None:
                _log.error("The accounts as last read count until they can be read: %s", fault)
            self._failed_at = now
            return read(self._copy)
        self._failed_at = None
        return found

    def _copy_stored(self, now: datetime) -> None:
        for digest in tuple(self._ended):
            self._stored.end(digest)
            self._ended.discard(digest)
        self._copy, self._copied_at = self._stored.copy(now), now

    def _copy_again(self) -> None:
        self._copied_at = None
        self.all()

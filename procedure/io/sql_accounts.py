"""The local accounts, their sign-ins and the enrolled workstations, beside the journal."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update

from procedure.access.accounts import (
    Account,
    EnrolledWorkstation,
    ExternalSignIn,
    MemoryAccounts,
    SignIn,
    known_already,
    unknown,
)
from procedure.access.roles import Role
from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.group_commit import Writer
from procedure.io.database.schema import ACCOUNT, EXTERNAL_SIGN_IN, SIGN_IN, WORKSTATION


class SqlAccounts:
    """The accounts of one installation; see `procedure.access.accounts.Accounts`."""

    def __init__(self, backend: Backend, writer: Writer) -> None:
        self._backend, self._writer = backend, writer
        named = ACCOUNT.c.name == bindparam("account")
        compose = backend.compose
        self._add = backend.insert_new(ACCOUNT, "name", "role", "password_hash", "since")
        self._remove = compose(delete(ACCOUNT).where(named))
        self._role = compose(update(ACCOUNT).where(named).values(role=bindparam("new")))
        self._password = compose(
            update(ACCOUNT).where(named).values(password_hash=bindparam("new"))
        )
        self._begin = backend.insert_new(SIGN_IN, "digest", "account", "until")
        self._enrol = backend.insert_new(WORKSTATION, "digest", "name", "desk", "by", "since")
        gone = WORKSTATION.c.name == bindparam("workstation")
        self._revoke = compose(delete(WORKSTATION).where(gone))
        self._end = compose(delete(SIGN_IN).where(SIGN_IN.c.digest == bindparam("gone")))
        self._end_all = compose(delete(SIGN_IN).where(SIGN_IN.c.account == bindparam("account")))
        self._end_old = compose(delete(SIGN_IN).where(SIGN_IN.c.until <= bindparam("now")))
        external = EXTERNAL_SIGN_IN
        self._begin_external = backend.insert_new(external, "digest", "name", "claims", "until")
        self._end_external = compose(delete(external).where(external.c.digest == bindparam("gone")))
        self._end_old_external = compose(
            delete(external).where(external.c.until <= bindparam("now"))
        )

    def add(self, account: Account) -> None:
        """Add an account; see `Accounts.add`."""
        row = {
            "name": account.name,
            "role": str(account.role),
            "password_hash": account.password_hash,
            "since": _text(account.since),
        }
        if not self._write(lambda connection: connection.execute(self._add, row).rowcount):
            raise known_already(account.name)

    def change(self, name: str, *, role: Role | None = None, password_hash: str = "") -> None:
        """Change an account; see `Accounts.change`."""

        def work(connection: DatabaseConnection) -> int:
            changed = 0
            if role:
                values = {"account": name, "new": str(role)}
                changed += connection.execute(self._role, values).rowcount
            if password_hash:
                connection.execute(self._end_all, {"account": name})
                values = {"account": name, "new": password_hash}
                changed += connection.execute(self._password, values).rowcount
            return changed

        if not self._write(work):
            raise unknown(name)

    def remove(self, name: str) -> None:
        """Remove an account; see `Accounts.remove`."""

        def work(connection: DatabaseConnection) -> int:
            connection.execute(self._end_all, {"account": name})
            return connection.execute(self._remove, {"account": name}).rowcount

        if not self._write(work):
            raise unknown(name)

    def find(self, name: str) -> Account | None:
        """Return the account of a name, None without."""
        with self._backend.reading() as connection:
            row = connection.execute(select(ACCOUNT).where(ACCOUNT.c.name == name)).first()
        return None if row is None else _account(row)

    def all(self) -> tuple[Account, ...]:
        """Return every account, by name."""
        with self._backend.reading() as connection:
            rows = connection.execute(select(ACCOUNT).order_by(ACCOUNT.c.name)).all()
        return tuple(map(_account, rows))

    def begin(self, digest: str, name: str, until: datetime, *, now: datetime) -> None:
        """Store a sign-in; see `Accounts.begin`."""

        def work(connection: DatabaseConnection) -> int:
            connection.execute(self._end_old, {"now": _text(now)})
            row = {"digest": digest, "account": name, "until": _text(until)}
            return connection.execute(self._begin, row).rowcount

        self._write(work)

    def begin_external(self, digest: str, sign_in: ExternalSignIn, *, now: datetime) -> None:
        """Store a sign-in; see `Accounts.begin_external`."""
        row = {
            "digest": digest,
            "name": sign_in.name,
            "claims": json.dumps(sign_in.claims, ensure_ascii=False),
            "until": _text(sign_in.until),
        }

        def work(connection: DatabaseConnection) -> int:
            connection.execute(self._end_old_external, {"now": _text(now)})
            return connection.execute(self._begin_external, row).rowcount

        self._write(work)

    def end(self, digest: str) -> None:
        """End a sign-in; see `Accounts.end`."""

        def work(connection: DatabaseConnection) -> int:
            ended = (self._end, self._end_external)
            return sum(connection.execute(one, {"gone": digest}).rowcount for one in ended)

        self._write(work)

    def signed_in(self, digest: str, now: datetime) -> SignIn | None:
        """Return a sign-in; see `Accounts.signed_in`."""
        known = (
            select(ACCOUNT.c.name, ACCOUNT.c.role, SIGN_IN.c.until)
            .join(SIGN_IN, SIGN_IN.c.account == ACCOUNT.c.name)
            .where(SIGN_IN.c.digest == digest, SIGN_IN.c.until > _text(now))
        )
        with self._backend.reading() as connection:
            row = connection.execute(known).first()
        return None if row is None else SignIn(row.name, Role(row.role), _instant(row.until))

    def external(self, digest: str, now: datetime) -> ExternalSignIn | None:
        """Return a sign-in; see `Accounts.external`."""
        known = select(EXTERNAL_SIGN_IN).where(
            EXTERNAL_SIGN_IN.c.digest == digest, EXTERNAL_SIGN_IN.c.until > _text(now)
        )
        with self._backend.reading() as connection:
            row = connection.execute(known).first()
        return None if row is None else _external(row)

    def enrol(self, digest: str, workstation: EnrolledWorkstation) -> None:
        """Enrol a workstation; see `Accounts.enrol`."""
        row = {
            "digest": digest,
            "name": workstation.name,
            "desk": workstation.desk,
            "by": workstation.by,
            "since": _text(workstation.since),
        }

        def work(connection: DatabaseConnection) -> int:
            connection.execute(self._revoke, {"workstation": workstation.name})
            return connection.execute(self._enrol, row).rowcount

        self._write(work)

    def revoke(self, name: str) -> None:
        """End the token of a workstation."""
        values = {"workstation": name}
        self._write(lambda connection: connection.execute(self._revoke, values).rowcount)

    def workstation(self, digest: str) -> EnrolledWorkstation | None:
        """Return the workstation of a token's digest; see `Accounts.workstation`."""
        known = select(WORKSTATION).where(WORKSTATION.c.digest == digest)
        with self._backend.reading() as connection:
            row = connection.execute(known).first()
        return None if row is None else _workstation(row)

    def workstations(self) -> tuple[EnrolledWorkstation, ...]:
        """Return every enrolled workstation, by name."""
        with self._backend.reading() as connection:
            rows = connection.execute(select(WORKSTATION).order_by(WORKSTATION.c.name)).all()
        return tuple(map(_workstation, rows))

    def copy(self, now: datetime) -> MemoryAccounts:
        """Return the accounts, what is signed in now, and the workstations, in memory."""
        with self._backend.reading() as connection:
            accounts = connection.execute(select(ACCOUNT)).all()
            sign_ins = connection.execute(select(SIGN_IN)).all()
            externals = connection.execute(select(EXTERNAL_SIGN_IN)).all()
            workstations = connection.execute(select(WORKSTATION)).all()
        copy = MemoryAccounts()
        for row in accounts:
            copy.add(_account(row))
        for row in sign_ins:
            copy.begin(row.digest, row.account, _instant(row.until), now=now)
        for row in externals:
            copy.begin_external(row.digest, _external(row), now=now)
        for row in workstations:
            copy.enrol(row.digest, _workstation(row))
        return copy

    def _write(self, work: Callable[[DatabaseConnection], int]) -> int:
        return self._writer.submit(work).result()


def _account(row: Row[Any]) -> Account:
    return Account(row.name, Role(row.role), row.password_hash, _instant(row.since))


def _external(row: Row[Any]) -> ExternalSignIn:
    return ExternalSignIn(row.name, tuple(json.loads(row.claims)), _instant(row.until))


def _workstation(row: Row[Any]) -> EnrolledWorkstation:
    return EnrolledWorkstation(row.name, row.desk, row.by, _instant(row.since))


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)

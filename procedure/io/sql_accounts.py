"""Local accounts, sign-ins and enrolled workstations, stored in the journal's database."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from operator import attrgetter

from sqlalchemy import Row, Table, delete, select, update
from sqlalchemy.sql.expression import UpdateBase

from procedure.access.accounts import (
    Account,
    EnrolledWorkstation,
    ExternalSignIn,
    SignIn,
    known_already,
    unknown,
)
from procedure.access.roles import Role
from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.database_writer import Writer
from procedure.io.database.schema import ACCOUNT, EXTERNAL_SIGN_IN, SIGN_IN, WORKSTATION
from procedure.io.database.sql_journal import instant_text


class SqlAccounts:
    """An installation's accounts; each method returns once its change is on disk."""

    def __init__(self, backend: Backend, writer: Writer) -> None:
        self._backend, self._writer = backend, writer

    def add(self, account: Account) -> None:
        """Add an account.

        Raises:
            AccountRefused: an account with this name exists.
        """
        row = asdict(account) | {"role": str(account.role), "since": instant_text(account.since)}
        if not self._write(self._insert_new(ACCOUNT, row)):
            raise known_already(account.name)

    def change(self, name: str, *, role: Role | None = None, password_hash: str = "") -> None:
        """Change the role or the password; a new password ends the account's sign-ins.

        Raises:
            AccountRefused: there is no account with this name.
        """
        changed = update(ACCOUNT).where(ACCOUNT.c.name == name)
        statements: list[UpdateBase] = [changed.values(role=str(role))] if role else []
        if password_hash:
            statements += [_end_all(name), changed.values(password_hash=password_hash)]
        if not self._write(*statements):
            raise unknown(name)

    def remove(self, name: str) -> None:
        """Remove an account and end its sign-ins.

        Raises:
            AccountRefused: there is no account with this name.
        """
        if not self._write(_end_all(name), delete(ACCOUNT).where(ACCOUNT.c.name == name)):
            raise unknown(name)

    def find(self, name: str) -> Account | None:
        return next(map(_account, self._rows(ACCOUNT, name=name)), None)

    def all(self) -> tuple[Account, ...]:
        return tuple(sorted(map(_account, self._rows(ACCOUNT)), key=attrgetter("name")))

    def begin(self, digest: str, name: str, until: datetime, *, now: datetime) -> None:
        """Store an account's sign-in, and delete expired sign-ins."""
        row = {"digest": digest, "account": name, "until": instant_text(until)}
        self._write(_end_old(SIGN_IN, now), self._insert_new(SIGN_IN, row))

    def begin_external(self, digest: str, sign_in: ExternalSignIn, *, now: datetime) -> None:
        """Store a sign-in through the institution's login, and delete expired sign-ins."""
        row = {
            "digest": digest,
            "name": sign_in.name,
            "claims": json.dumps(sign_in.claims, ensure_ascii=False),
            "until": instant_text(sign_in.until),
        }
        self._write(_end_old(EXTERNAL_SIGN_IN, now), self._insert_new(EXTERNAL_SIGN_IN, row))

    def end(self, digest: str) -> None:
        """End a sign-in of either kind."""
        self._write(*end_statements(digest))

    def signed_in(self, digest: str, now: datetime) -> SignIn | None:
        """Return the local sign-in with this token digest, or None if there is no valid one."""
        for row in self._rows(SIGN_IN, digest=digest):
            account, until = self.find(row.account), datetime.fromisoformat(row.until)
            if account is not None and now < until:
                return SignIn(account.name, account.role, until)
        return None

    def external(self, digest: str, now: datetime) -> ExternalSignIn | None:
        """Like `signed_in`, but for a sign-in through the institution's login."""
        known = next(map(_external, self._rows(EXTERNAL_SIGN_IN, digest=digest)), None)
        return known if known is not None and now < known.until else None

    def enrol(self, digest: str, workstation: EnrolledWorkstation) -> None:
        """Enrol a workstation by its token's digest, revoking any earlier token for its name."""
        row = asdict(workstation) | {"digest": digest, "since": instant_text(workstation.since)}
        self._write(_revoke(workstation.name), self._insert_new(WORKSTATION, row))

    def revoke(self, name: str) -> None:
        self._write(_revoke(name))

    def workstation(self, digest: str) -> EnrolledWorkstation | None:
        """Return the workstation with this token digest, or None if it is unknown or revoked."""
        return next(map(_workstation, self._rows(WORKSTATION, digest=digest)), None)

    def workstations(self) -> tuple[EnrolledWorkstation, ...]:
        return tuple(sorted(map(_workstation, self._rows(WORKSTATION)), key=attrgetter("name")))

    def _rows(self, table: Table, **where: str) -> Sequence[Row[object]]:
        with self._backend.reading() as connection:
            return connection.execute(select(table).filter_by(**where)).all()

    def _insert_new(self, table: Table, row: Mapping[str, object]) -> UpdateBase:
        return self._backend.insert(table).values(row).on_conflict_do_nothing()

    def _write(self, *statements: UpdateBase) -> int:
        """Execute statements in one transaction; return the row count of the last statement."""

        def work(connection: DatabaseConnection) -> int:
            concerned = [self._backend.execute(connection, each).rowcount for each in statements]
            return concerned[-1] if concerned else 0

        return self._writer.submit(work).result()


def end_statements(digest: str) -> list[UpdateBase]:
    """Return the statements that end a sign-in of either kind."""
    return [delete(table).where(table.c.digest == digest) for table in (SIGN_IN, EXTERNAL_SIGN_IN)]


def _end_all(name: str) -> UpdateBase:
    return delete(SIGN_IN).where(SIGN_IN.c.account == name)


def _end_old(table: Table, now: datetime) -> UpdateBase:
    return delete(table).where(table.c.until <= instant_text(now))


def _revoke(name: str) -> UpdateBase:
    return delete(WORKSTATION).where(WORKSTATION.c.name == name)


def _account(row: Row[object]) -> Account:
    return Account(row.name, Role(row.role), row.password_hash, datetime.fromisoformat(row.since))


def _external(row: Row[object]) -> ExternalSignIn:
    return ExternalSignIn(
        row.name, tuple(json.loads(row.claims)), datetime.fromisoformat(row.until)
    )


def _workstation(row: Row[object]) -> EnrolledWorkstation:
    return EnrolledWorkstation(row.name, row.desk, row.by, datetime.fromisoformat(row.since))

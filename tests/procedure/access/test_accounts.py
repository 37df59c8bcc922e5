"""Local accounts, sign-ins of any kind, and enrolled workstations."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from procedure.access.accounts import (
    Account,
    EnrolledWorkstation,
    ExternalSignIn,
    SignIn,
)
from procedure.access.roles import Role
from procedure.errors import AccountRefused
from procedure.io.database.database import open_database
from procedure.io.sql_accounts import SqlAccounts
from tests.support.postgres import DATABASES

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANNE = Account("anne", Role.STAFF, "hash-1", NOW)
BEA = Account("bea", Role.COORDINATOR, "hash-2", NOW)


@pytest.fixture(params=DATABASES)
def accounts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlAccounts]:
    sqlite = f"sqlite:///{tmp_path / 'relais.sqlite3'}"
    url = sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_database(url, now=lambda: NOW) as database:
        yield database.accounts


def test_find_account_by_name(accounts: SqlAccounts) -> None:
    accounts.add(BEA)
    accounts.add(ANNE)
    assert accounts.all() == (ANNE, BEA)
    assert (accounts.find("anne"), accounts.find("Anne")) == (ANNE, None)


def test_add_refuses_a_taken_name(accounts: SqlAccounts) -> None:
    accounts.add(ANNE)
    with pytest.raises(AccountRefused, match="relais user role anne"):
        accounts.add(Account("anne", Role.COORDINATOR, "hash-3", NOW))
    assert accounts.all() == (ANNE,)


def test_change_and_remove_refuse_an_unknown_account(accounts: SqlAccounts) -> None:
    for act in (
        lambda: accounts.remove("zoe"),
        lambda: accounts.change("zoe", role=Role.STAFF),
        lambda: accounts.change("zoe", password_hash="hash"),
    ):
        with pytest.raises(AccountRefused, match="There is no account 'zoe'"):
            act()


def test_sign_in_lasts_until_its_end(accounts: SqlAccounts) -> None:
    accounts.add(ANNE)
    accounts.begin("digest", "anne", NOW + HOUR, now=NOW)
    assert accounts.signed_in("digest", NOW) == SignIn("anne", Role.STAFF, NOW + HOUR)
    assert accounts.signed_in("digest", NOW + HOUR) is None
    assert accounts.signed_in("other", NOW) is None
    accounts.end("digest")
    assert accounts.signed_in("digest", NOW) is None


def test_signed_in_returns_a_new_role_at_once(accounts: SqlAccounts) -> None:
    accounts.add(ANNE)
    accounts.begin("digest", "anne", NOW + HOUR, now=NOW)
    accounts.change("anne", role=Role.ANALYST)
    assert accounts.signed_in("digest", NOW) == SignIn("anne", Role.ANALYST, NOW + HOUR)


def test_sign_in_ends_with_a_new_password_or_a_removal(accounts: SqlAccounts) -> None:
    accounts.add(ANNE)
    accounts.add(BEA)
    for digest, name in (("1", "anne"), ("2", "anne"), ("3", "bea")):
        accounts.begin(digest, name, NOW + HOUR, now=NOW)
    accounts.change("anne", password_hash="hash-9")
    changed = accounts.find("anne")
    assert changed is not None
    assert (changed.role, changed.password_hash) == (Role.STAFF, "hash-9")
    assert [accounts.signed_in(digest, NOW) is not None for digest in "123"] == [False, False, True]
    accounts.remove("bea")
    assert accounts.signed_in("3", NOW) is None


def test_external_sign_in_lasts_until_its_end(accounts: SqlAccounts) -> None:
    given = ExternalSignIn("zoé@example.org", ("a, b", "c"), NOW + HOUR)
    accounts.begin_external("1", given, now=NOW)
    accounts.begin_external("2", replace(given, until=NOW + 2 * HOUR), now=NOW)
    assert accounts.external("1", NOW) == given
    assert (accounts.external("1", NOW + HOUR), accounts.external("9", NOW)) == (None, None)
    assert accounts.signed_in("1", NOW) is None
    accounts.begin_external("3", replace(given, until=NOW + 2 * HOUR), now=NOW + HOUR)
    accounts.end("2")
    known = [accounts.external(digest, NOW) is not None for digest in "123"]
    assert known == [False, False, True]


def test_workstation_has_one_token(accounts: SqlAccounts) -> None:
    first = EnrolledWorkstation("pret-2", "MAIL", "anne", NOW)
    other = EnrolledWorkstation("pret-1", "CMU", "", NOW)
    accounts.enrol("1", first)
    accounts.enrol("2", other)
    assert accounts.workstations() == (other, first)
    assert (accounts.workstation("1"), accounts.workstation("9")) == (first, None)
    accounts.enrol("3", first)
    assert (accounts.workstation("1"), accounts.workstation("3")) == (None, first)
    accounts.revoke("pret-2")
    accounts.revoke("unknown")
    assert accounts.workstations() == (other,)


def test_account_repr_has_no_password() -> None:
    assert "hash" not in repr(ANNE)

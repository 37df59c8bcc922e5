"""`relais user` manages accounts from a shell."""

import json

import pytest

from procedure.access.accounts import Account
from procedure.access.roles import Role
from procedure.errors import AccountRefused
from procedure.io.clock import utc_now
from procedure.io.database.database import open_database
from tests.support.cli import run_relais

WORDS = "quatre mots faciles"


@pytest.fixture(autouse=True)
def url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("RELAIS_DATABASE_URL", database_url)
    return database_url


def stored(url: str) -> dict[str, Account]:
    with open_database(url, now=utc_now) as database:
        return {account.name: account for account in database.accounts.all()}


def test_account_is_added_changed_and_removed(url: str) -> None:
    made = run_relais("user", "add", "anne", "--role", "staff", "--password-stdin", text=WORDS)
    assert made.output == "anne can sign in as staff.\n"
    before = stored(url)["anne"]
    assert (before.role, WORDS in before.password_hash) == (Role.STAFF, False)
    assert (
        run_relais("user", "role", "anne", "coordinator").output
        == "The role of anne is now coordinator.\n"
    )
    assert stored(url)["anne"].role is Role.COORDINATOR
    run_relais("user", "password", "anne", "--password-stdin", text=f"{WORDS} deux")
    assert stored(url)["anne"].password_hash != before.password_hash
    listed = json.loads(run_relais("user", "list", "--json").output)
    assert [(account["name"], account["role"]) for account in listed] == [("anne", "coordinator")]
    assert run_relais("user", "remove", "anne").output == "anne can no longer sign in.\n"
    assert stored(url) == {}
    assert "relais user add NAME" in run_relais("user", "list").output


def test_password_is_asked_for_twice(url: str) -> None:
    words = f"{WORDS}\n{WORDS}\n"
    made = run_relais("user", "add", "anne", "--role", "staff", text=words)
    assert WORDS not in made.output
    assert "anne" in stored(url)


@pytest.mark.parametrize(
    ("words", "password", "message"),
    [
        (("add", "anne", "--role", "staff"), "short", "12 to 200 characters"),
        (("add", " ", "--role", "staff"), WORDS, "visible characters"),
        (("add", "a\tb", "--role", "staff"), WORDS, "visible characters"),
    ],
)
def test_invalid_account_is_refused(
    words: tuple[str, ...], password: str, message: str, url: str
) -> None:
    refused = run_relais("user", *words, "--password-stdin", text=password)
    assert isinstance(refused.exception, AccountRefused)
    assert message in str(refused.exception)
    assert stored(url) == {}


@pytest.mark.parametrize(
    "words", [("remove", "zoe"), ("role", "zoe", "staff"), ("password", "zoe")]
)
def test_unknown_account_is_refused(words: tuple[str, ...], url: str) -> None:
    stored(url)
    refused = run_relais("user", *words)
    assert "There is no account 'zoe'" in str(refused.exception)

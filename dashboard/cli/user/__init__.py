"""`relais user`: manages local accounts."""

import json
import sys
from getpass import getuser

import click

from dashboard.access.passwords import hash_password
from dashboard.cli.instants import format_local
from dashboard.cli.lazy_group import LazyGroup
from dashboard.cli.open_database import database_option, open_existing
from procedure.access.access_changes import AccessChange, AccessChanged
from procedure.access.accounts import LONGEST_NAME, Account
from procedure.access.roles import Role
from procedure.errors import AccountRefused
from procedure.io.clock import new_uuid7, utc_now
from procedure.io.database.database import Database

ROLE = click.Choice([str(role) for role in Role])
FROM_INPUT = click.option(
    "--password-stdin", "piped", is_flag=True, help="Read the password from standard input."
)


@click.group(cls=LazyGroup)
def user() -> None:
    """Add, list, change and remove local accounts.

    A change takes effect at once, even for somebody who is signed in.

    Example: `relais user list`.
    """


@user.command()
@click.argument("name")
@click.option("--role", type=ROLE, required=True, help="What the person may do.")
@FROM_INPUT
@database_option
def add(name: str, role: str, *, piped: bool) -> None:
    """Add an account, asking for its password.

    Example: `relais user add anne --role coordinator`.
    """
    checked, password = _name(name), _password(piped=piped)
    account = Account(checked, Role(role), hash_password(password), utc_now())
    with open_existing(create=True) as database:
        database.accounts.add(account)
        _record(database, AccessChange.ACCOUNT_ADDED, checked, role)
    click.echo(f"{checked} can sign in as {role}.")


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@database_option
def list_accounts(*, as_json: bool) -> None:
    """List the accounts.

    Example: `relais user list --json`.
    """
    with open_existing() as database:
        accounts = database.accounts.all()
    if as_json:
        rows = [
            {"name": account.name, "role": account.role, "since": account.since.isoformat()}
            for account in accounts
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for account in accounts:
        click.echo(f"{account.name}\t{account.role}\tsince {format_local(account.since)}")
    if not accounts:
        click.echo("There are no accounts: relais user add NAME --role coordinator adds one.")


@user.command()
@click.argument("name")
@database_option
def remove(name: str) -> None:
    """Remove an account, and sign it out everywhere.

    Example: `relais user remove anne`.
    """
    with open_existing() as database:
        database.accounts.remove(name)
        _record(database, AccessChange.ACCOUNT_REMOVED, name)
    click.echo(f"{name} can no longer sign in.")


@user.command()
@click.argument("name")
@click.argument("role", type=ROLE)
@database_option
def role(name: str, role: str) -> None:
    """Change the role of an account.

    Example: `relais user role anne staff`.
    """
    with open_existing() as database:
        database.accounts.change(name, role=Role(role))
        _record(database, AccessChange.ROLE_CHANGED, name, role)
    click.echo(f"The role of {name} is now {role}.")


@user.command()
@click.argument("name")
@FROM_INPUT
@database_option
def password(name: str, *, piped: bool) -> None:
    """Change the password of an account, and sign it out everywhere.

    Example: `relais user password anne`.
    """
    with open_existing() as database:
        if database.accounts.find(name) is None:
            database.accounts.remove(name)  # raises: unknown account
        database.accounts.change(name, password_hash=hash_password(_password(piped=piped)))
        _record(database, AccessChange.PASSWORD_CHANGED, name)
    click.echo(f"The password of {name} was changed.")


def _record(database: Database, change: AccessChange, name: str, detail: str = "") -> None:
    """Record a change in the journal, with the user name of whoever ran the command."""
    operator = f"{getuser()} (shell)"
    database.journal.append(
        AccessChanged(
            id=new_uuid7(), at=utc_now(), change=change, name=name, detail=detail, operator=operator
        )
    )


def _name(text: str) -> str:
    """Return the name of a new account, trimmed.

    Raises:
        AccountRefused: the name is empty, too long or not printable.
    """
    name = text.strip()
    if not name or not name.isprintable() or len(name) > LONGEST_NAME:
        raise AccountRefused(f"A name must have 1 to {LONGEST_NAME} visible characters.")
    return name


def _password(*, piped: bool) -> str:
    if piped:
        return sys.stdin.readline().rstrip("\r\n")
    return click.prompt("Password", hide_input=True, confirmation_prompt=True)

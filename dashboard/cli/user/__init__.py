"""`relais user`: the local accounts, with which people sign in while no other login answers."""

from __future__ import annotations

import click

from dashboard.cli.lazy_group import LazyGroup
from dashboard.cli.user.accounts import add, list_accounts, password, remove, role


@click.group(cls=LazyGroup)
def user() -> None:
    """Add, list, change and remove local accounts.

    A change is in force at once, also where somebody is signed in.

    Example: `relais user list`.
    """


for _command in (add, list_accounts, password, remove, role):
    user.add_command(_command)

"""The keys of targets and services that a command accepts."""

from __future__ import annotations

from collections.abc import Collection

import click

from dashboard.settings import Settings
from procedure.errors import HandbookError
from procedure.io.database.database import Database
from procedure.io.handbook_files import load_handbook


def known_targets(database: Database) -> list[str]:
    """Return the keys of the handbook's targets, then of other targets in the history."""
    try:
        keys = [*load_handbook(Settings.from_env().handbook).targets]
    except HandbookError:
        keys = []  # the history can be read without the handbook
    return list(dict.fromkeys([*keys, *database.history.targets()]))


def check_target(key: str | None, known: Collection[str]) -> None:
    """Refuse an unknown key.

    Raises:
        click.BadParameter: with the known keys.
    """
    if key is not None and key not in known:
        raise click.BadParameter(
            f"{key!r} is not known; known: {', '.join(known) or 'none'}", param_hint="--target"
        )

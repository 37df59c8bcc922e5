"""Ids in a command: whole, or their beginning or end."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import click


def find_by_prefix(text: str, known: Iterable[UUID], *, what: str) -> UUID:
    """Return the only known id that begins or ends with the text.

    Raises:
        click.BadParameter: none does, or several do; `what` names them.
    """
    # Ids begin with their time: those of one minute differ at the end.
    part = text.strip().lower()
    matches = [
        key for key in known if part and (str(key).startswith(part) or str(key).endswith(part))
    ]
    if len(matches) == 1:
        return matches[0]
    wrong = "is part of more than one id of a" if matches else "is the id of no"
    raise click.BadParameter(f"{text} {wrong} {what}; list them with --json", param_hint="ID")

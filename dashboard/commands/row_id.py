"""What a person means by an id in a shell: the whole of it, or its beginning as it is listed."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import click


def meant(text: str, known: Iterable[UUID], *, what: str) -> UUID:
    """Return the one id that begins so; the hint names what there is none or more than one of."""
    found = [one for one in known if text and str(one).startswith(text.strip().lower())]
    if len(found) == 1:
        return found[0]
    wrong = "begins the id of more than one" if found else "is the id of no"
    raise click.BadParameter(f"{text} {wrong} {what}; list them with --json", param_hint="ID")

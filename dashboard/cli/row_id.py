"""What a person means by an id in a shell: the whole of it, or its end as it is listed."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import click


def find_by_prefix(text: str, known: Iterable[UUID], *, what: str) -> UUID:
    """Return the one id that begins or ends so; the hint names what there is none or many of."""
    # Ids begin with their time: those of one minute are told by the end.
    part = text.strip().lower()
    found = [
        one for one in known if part and (str(one).startswith(part) or str(one).endswith(part))
    ]
    if len(found) == 1:
        return found[0]
    wrong = "is part of more than one id of a" if found else "is the id of no"
    raise click.BadParameter(f"{text} {wrong} {what}; list them with --json", param_hint="ID")

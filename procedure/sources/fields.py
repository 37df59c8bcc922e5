"""A transaction whose fields have names: what JSON lines and tables have in common."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from procedure.sources.clock import FileClock
from procedure.sources.row import Kind, Row

REQUIRED = ("at", "item", "patron")
OPTIONAL = ("desk", "kind", "id", "workstation", "sequence", "loan", "reason")
KINDS: Mapping[str, Kind] = {
    "": "loan",
    "l": "loan",
    "loan": "loan",
    "prêt": "loan",
    "pret": "loan",
    "ausleihe": "loan",
    "r": "return",
    "return": "return",
    "retour": "return",
    "rückgabe": "return",
    "void": "void",
}


def row_of(line: int, fields: Mapping[str, str], clock: FileClock) -> Row:
    """Make a row of named texts; a field that is absent counts as empty.

    Raises:
        ValueError: what is missing or cannot be read, in words that quote no identifier.
    """
    kind = KINDS.get(fields.get("kind", "").lower())
    if kind is None:
        raise ValueError("has a kind that is none of: loan, return, void")
    at, shown = clock.read(fields.get("at", ""))
    for name, words, kinds in _NEEDED:
        if kind in kinds and not fields.get(name):
            raise ValueError(f"has no {words}")
    return Row(
        line=line,
        kind=kind,
        at=at,
        shown=shown,
        item=fields.get("item", ""),
        patron=fields.get("patron", "") if kind == "loan" else "",
        desk=fields.get("desk", ""),
        id=_uuid(fields, "id"),
        workstation=fields.get("workstation", "")[:80],
        sequence=_sequence(fields.get("sequence", "")),
        loan=_uuid(fields, "loan"),
        reason=fields.get("reason", ""),
    )


_NEEDED: tuple[tuple[str, str, tuple[Kind, ...]], ...] = (
    ("item", "item barcode", ("loan", "return")),
    ("patron", "user identifier", ("loan",)),
    ("loan", "loan that it takes back", ("void",)),
    ("reason", "reason", ("void",)),
)


def _uuid(fields: Mapping[str, str], name: str) -> UUID | None:
    text = fields.get(name, "")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise ValueError(f"has in {name} what is no UUID") from None


def _sequence(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise ValueError("has in sequence what is no whole number")
    return int(text)

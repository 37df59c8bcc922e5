"""Transactions with named fields, as in JSON Lines and tables."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from procedure.circulation.imports.bare_code import bare, is_decorated
from procedure.circulation.imports.local_times import LocalTimeReader, parsed
from procedure.circulation.imports.row import ImportRow, Kind

REQUIRED = ("at", "item", "patron")
OPTIONAL = ("desk", "kind", "id", "workstation", "sequence", "loan", "reason")
# Fields that only the Relais pages write, in JSON Lines.
OWN = ("made_at", "skew_s", "cart", "overridden", "waiting", "note")
LONGEST_CART = 40
SAME = timedelta(seconds=1)  # instants this close are treated as equal
KINDS: Mapping[str, Kind] = {
    "": "loan",
    "l": "loan",
    "loan": "loan",
    "prêt": "loan",
    "pret": "loan",
    "ausleihe": "loan",
    "prestito": "loan",
    "r": "return",
    "return": "return",
    "retour": "return",
    "rückgabe": "return",
    "restituzione": "return",
    "void": "void",
    "waiting": "waiting",
    "complete": "complete",
}


def row_of(line: int, texts: Mapping[str, str], clock: LocalTimeReader) -> ImportRow:
    """Return a row from its fields as text; a missing field counts as empty.

    Raises:
        ValueError: a required field is empty, or a field cannot be read; the message quotes no
            identifier.
    """
    fields = {name: bare(text) for name, text in texts.items()}
    kind = KINDS.get(fields.get("kind", "").lower())
    if kind is None:
        raise ValueError("has an unknown kind; the kinds are loan, return, void, waiting, complete")
    at, stamp = clock.read(fields.get("at", ""))
    if not all(fields.get(name, "").isprintable() for name in ("item", "patron", "desk")):
        raise ValueError("has an invisible character in a code")
    for name, words, kinds in _NEEDED:
        if kind in kinds and not fields.get(name):
            raise ValueError(f"has no {words}")
    return ImportRow(
        line=line,
        kind=kind,
        at=at,
        stamp=stamp,
        item=fields.get("item", ""),
        patron=fields.get("patron", "") if _names_patron(kind, fields) else "",
        desk=fields.get("desk", ""),
        id=_uuid(fields, "id"),
        workstation=_line(fields.get("workstation", ""))[:80],
        sequence=_sequence(fields.get("sequence", "")),
        loan=_uuid(fields, "loan"),
        reason=_line(fields.get("reason", "")),
        made_at=_made_at(fields.get("made_at", ""), at),
        skew_s=_skew(fields.get("skew_s", "")),
        cart=_cart(fields.get("cart", "")),
        overridden=fields.get("overridden") == "true",
        waiting=_uuid(fields, "waiting"),
        note=_line(fields.get("note", "")),
        is_cleaned=any(is_decorated(texts.get(name, "")) for name in ("item", "patron")),
    )


def _names_patron(kind: Kind, fields: Mapping[str, str]) -> bool:
    """Return whether a row names a patron; see `ImportRow.patron`."""
    return kind in ("loan", "complete", "void") or (kind == "waiting" and bool(fields.get("loan")))


_NEEDED: tuple[tuple[str, str, tuple[Kind, ...]], ...] = (
    ("item", "item barcode", ("loan", "return", "waiting")),
    ("patron", "user identifier", ("loan", "complete")),
    ("waiting", "pending loan to complete", ("complete",)),
    ("loan", "loan to void", ("void",)),
    ("reason", "reason", ("void",)),
)


def _line(text: str) -> str:
    """Return the text as a single line, without invisible characters."""
    return "".join(filter(str.isprintable, " ".join(text.split())))


def _uuid(fields: Mapping[str, str], name: str) -> UUID | None:
    text = fields.get(name, "")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise ValueError(f"has a value in `{name}` that is not a UUID") from None


def _made_at(text: str, at: datetime) -> datetime | None:
    """Return the time on the workstation's clock, or None if that is the same instant as `at`."""
    made_at = parsed(text) if text else at
    if made_at.tzinfo is None:
        raise ValueError("has a time without a UTC offset in `made_at`")
    made_at = made_at.astimezone(UTC)
    return made_at if abs(made_at - at) >= SAME else None


def _skew(text: str) -> float | None:
    if not text:
        return None
    try:
        skew = float(text)
    except ValueError:
        skew = math.nan
    if not math.isfinite(skew):
        raise ValueError("has a value in `skew_s` that is not a number of seconds")
    return round(skew, 3)


def _cart(text: str) -> str:
    if len(text) > LONGEST_CART or not text.isprintable():
        raise ValueError("has a value in `cart` that is not the name of a cart")
    return text


def _sequence(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise ValueError("has a value in `sequence` that is not a whole number")
    return int(text)

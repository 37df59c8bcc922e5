"""The fields of an entry that identify a patron: they stand in the table `personal`.

The body of such an entry in `entry` is the JSON object without these fields; its row in `personal`
is the JSON object of them alone. Joined, they are the entry. So the journal stays as it was written
while the identifiers in `personal` can be overwritten. Barcodes of items are not among them: they
name a book, and only Alma knows who has had it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

import msgspec

from procedure.io.database.entry_kinds import ENTRY_KINDS
from procedure.journal import Entry

# By the stored name of the kind. What Alma answers about an item names who has it and who waits.
PERSONAL_FIELDS: Mapping[str, tuple[str, ...]] = {
    "loan": ("patron",),
    "corrected": ("patron",),
    "item_seen": ("item",),
    "user_seen": ("identifier", "user"),
}
_ENCODER = msgspec.json.Encoder()
_Part = Callable[[Entry], Any]


def encode(entry: Entry) -> tuple[str, str | None]:
    """Return the body of an entry as JSON, and its personal fields; None where it has none."""
    parts = _PARTS.get(entry.KIND)
    if parts is None:
        return _ENCODER.encode(entry).decode(), None
    other, personal = parts
    return _ENCODER.encode(other(entry)).decode(), _ENCODER.encode(personal(entry)).decode()


def join(body: str, personal: str | None) -> str:
    """Return the JSON object of an entry from its body and its personal fields."""
    return body if personal is None else f"{body[:-1]},{personal[1:]}"


def _parts(kind: str, personal: Collection[str]) -> tuple[_Part, _Part]:
    entry_class: Any = ENTRY_KINDS[kind]
    names = [field.name for field in fields(entry_class)]
    return _part([name for name in names if name not in personal]), _part(list(personal))


def _part(names: Sequence[str]) -> _Part:
    """Return a function that gives these fields of an entry as a struct to be encoded.

    A dictionary of them takes a microsecond more for every loan.
    """
    struct: Any = msgspec.defstruct("Part", names)
    values: Any = attrgetter(*names)
    return (
        (lambda entry: struct(*values(entry)))
        if len(names) > 1
        else lambda entry: struct(values(entry))
    )


_PARTS = {kind: _parts(kind, personal) for kind, personal in PERSONAL_FIELDS.items()}

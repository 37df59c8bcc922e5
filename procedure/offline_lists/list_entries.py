"""What happened to a list: entries of the journal, with counts and no identifier."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from procedure.journal import Act
from procedure.offline_lists.list_layout import ListKind


@dataclass(frozen=True, slots=True, kw_only=True)
class _ListAct(Act):
    """About the list of a kind, exported at `as_of` (aware UTC), of `count` identifiers.

    `operator` is who asked for it, None for the server by itself.
    """

    list: ListKind
    count: int
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTaken(_ListAct):
    """A list replaced the earlier one; `accepted` by a person's word, whatever was against it."""

    KIND: ClassVar[str] = "list_taken"

    accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListForgotten(_ListAct):
    """A list was deleted: a receipt."""

    KIND: ClassVar[str] = "list_forgotten"

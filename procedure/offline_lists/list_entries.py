"""Journal entries about lists, with counts and without identifiers."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from procedure.journal import Act
from procedure.offline_lists.list_layout import ListKind


@dataclass(frozen=True, slots=True, kw_only=True)
class _ListAct(Act):
    """An act on a list of one kind, exported at `as_of` (aware UTC), with `count` identifiers.

    `operator` is who did it, None for the server itself.
    """

    list: ListKind
    count: int
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTaken(_ListAct):
    """The replacement of a list; `accepted` means that a person accepted it despite objections."""

    KIND: ClassVar[str] = "list_taken"

    accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListForgotten(_ListAct):
    """The receipt of a deleted list."""

    KIND: ClassVar[str] = "list_forgotten"

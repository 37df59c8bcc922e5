"""Journal entries about lists; they do not contain any identifiers."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from procedure.journal import Act
from procedure.offline_lists.list_layout import ListKind


@dataclass(frozen=True, slots=True, kw_only=True)
class _ListAct(Act):
    """An action on a list that was exported at `as_of` (aware UTC), with `count` identifiers.

    `operator` is the person who acted, or None if the server acted.
    """

    list: ListKind
    count: int
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTaken(_ListAct):
    """The import of a list; `accepted` is true if staff overrode the checks (`--accept`)."""

    KIND: ClassVar[str] = "list_taken"

    accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListForgotten(_ListAct):
    """The deletion of a list."""

    KIND: ClassVar[str] = "list_forgotten"

"""Who may do what: the one place that every route and every act of a page goes through.

Today whoever reaches the page may do all of it; a later issue gives people names and roles, here
and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dashboard.errors import NotAllowed, ReadOnly


class Permission(StrEnum):
    """Something a person may do."""

    READ = "read"
    ANSWER = "answer"
    LEND = "lend"
    VOID = "void"
    EXPORT = "export"
    REPORT = "report"
    READ_STATUS = "read_status"
    COORDINATE = "coordinate"


@dataclass(frozen=True, slots=True)
class User:
    """Whoever is at the page: a workstation, perhaps with a name known to a login."""

    workstation: str = ""
    name: str | None = None
    acts: frozenset[Permission] = frozenset(Permission)

    def require(self, act: Permission) -> None:
        """Let the act pass.

        Raises:
            NotAllowed: naming what was refused.
            ReadOnly: this person may only read.
        """
        if act not in self.acts and self.acts == READER.acts:
            raise ReadOnly(f"{act.value}: this is open for reading only; use the page")
        if act not in self.acts:
            raise NotAllowed(f"{act.value}: not allowed here; ask the coordination")


READER = User(acts=frozenset({Permission.READ}))

"""The things a person may do, and the roles that may do them.

The table is `PERMISSIONS_OF`. `docs/security.md` shows it, and a test keeps the two equal.
"""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    """Something a person may do."""

    READ = "read"
    BOARD = "board"
    METRICS = "metrics"
    ANSWER = "answer"
    REPORT = "report"
    READ_STATUS = "read_status"
    LEND = "lend"
    VOID = "void"
    SEE_LOANS = "see_loans"
    EXPORT = "export"
    COORDINATE = "coordinate"
    READ_DOSSIER = "outage_report"


class Role(StrEnum):
    """A role of the people who use Relais in a library."""

    STAFF = "staff"
    COORDINATOR = "coordinator"
    ANALYST = "analyst"


# Without SEE_LOANS, a person sees only the day's loans at the desk of their own workstation.
PERMISSIONS_OF: Mapping[Role, frozenset[Permission]] = {
    Role.STAFF: frozenset(
        {
            Permission.READ,
            Permission.BOARD,
            Permission.ANSWER,
            Permission.REPORT,
            Permission.READ_STATUS,
            Permission.LEND,
            Permission.VOID,
        }
    ),
    Role.COORDINATOR: frozenset(Permission),
    Role.ANALYST: frozenset({Permission.READ, Permission.BOARD, Permission.READ_DOSSIER}),
}

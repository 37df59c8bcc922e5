"""What a person may do, and which role may do it.

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
    """What a library calls the people who use Relais."""

    STAFF = "staff"
    COORDINATOR = "coordinator"
    ANALYST = "analyst"


# Without SEE_LOANS a person sees the loans of the day at the desk of their own workstation.
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

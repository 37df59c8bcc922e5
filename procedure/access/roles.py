"""Permissions and roles.

The table in `docs/security.md` must match `PERMISSIONS_OF`.
"""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    """A permission that a role can grant."""

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
    """A role for library staff."""

    STAFF = "staff"
    COORDINATOR = "coordinator"
    ANALYST = "analyst"


# Without SEE_LOANS, only the day's loans at the workstation's own desk are shown.
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

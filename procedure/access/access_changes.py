"""Journal entries about accounts and enrolled workstations."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from procedure.journal import Act


class AccessChange(StrEnum):
    """The kind of change to an account or workstation."""

    ACCOUNT_ADDED = "account_added"
    ROLE_CHANGED = "role_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of a change
    ACCOUNT_REMOVED = "account_removed"
    WORKSTATION_ENROLLED = "workstation_enrolled"
    WORKSTATION_REVOKED = "workstation_revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessChanged(Act):
    """A change to the account or workstation named `name`.

    `detail` is the account's role, or the workstation's desk. `operator` is the person who made the
    change, or the operating-system account that ran `relais`.
    """

    KIND: ClassVar[str] = "access_changed"

    change: AccessChange
    name: str
    detail: str = ""

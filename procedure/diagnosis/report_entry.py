"""A person's word from a workstation: Alma works here, or does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

REPORT_HOLDS = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class StaffReport:
    """*Alma works here* or *Alma does not work here*, in one click.

    `workstation` is the key of the vantage, `site` and `vdi` are what was known of it then.
    `about` is an optional word on what fails; no personal data.
    """

    KIND: ClassVar[str] = "report"

    id: UUID
    at: datetime
    workstation: str
    works: bool
    site: str = ""
    vdi: bool = False
    about: str = ""

    def fresh(self, now: datetime) -> bool:
        """Tell whether it still counts: a quarter of an hour, unless set otherwise."""
        return self.at <= now < self.at + REPORT_HOLDS

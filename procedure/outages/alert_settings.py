"""Alert settings: the kinds of alerts for each address, the quiet hours, and the reminders."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from procedure.local_time import local


class AlertKind(StrEnum):
    """The kind of a concern, which is a matter that people are alerted to.

    The stored `concern` of an alert begins with this key. Each address lists the kinds that it
    accepts.
    """

    SERVICE = "service"
    SUSPECTED = "suspected"
    PLANNED = "planned"
    DECLARED = "declared"
    MESSAGE = "message"
    OVERDUE = "overdue"
    ENDED = "ended"
    LOANS = "loans"
    SIGNED = "signed"
    PUBLIC = "public"


REMINDED = {AlertKind.SERVICE, AlertKind.SUSPECTED, AlertKind.OVERDUE}


@dataclass(frozen=True, slots=True)
class AlertAddress:
    """An Apprise address, which may contain a password, and the kinds of alerts that it accepts."""

    url: str = field(repr=False)
    kinds: frozenset[AlertKind] = frozenset(AlertKind)


@dataclass(frozen=True, slots=True)
class AlertRules:
    """The quiet hours, and the time between reminders.

    - `quiet`: the local times between which no alert is sent; an alert due then is sent afterwards
      if its concern still exists.
    - `remind_after`: the time between alerts about a concern of a kind in `REMINDED`, or None for
      no reminders.
    """

    quiet: tuple[time, time] | None = None
    remind_after: timedelta | None = None

    def is_quiet(self, at: datetime) -> bool:
        """Return whether a time is in the quiet hours, which may span midnight."""
        if self.quiet is None:
            return False
        (start, end), clock = self.quiet, local(at).time()
        return start <= clock < end if start <= end else clock >= start or clock < end

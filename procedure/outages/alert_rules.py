"""What the settings say of alerts: who gets which kinds, when none is sent, and how often."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from procedure.local_time import local


class AlertKind(StrEnum):
    """What a concern is about; these keys begin the stored `concern` of an alert.

    An address names them, too, to choose what it gets.
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
    """An address of Apprise, which may hold a password, with the kinds of alerts that it takes."""

    url: str = field(repr=False)
    kinds: frozenset[AlertKind] = frozenset(AlertKind)


@dataclass(frozen=True, slots=True)
class AlertRules:
    """When not to alert, and how often.

    `quiet` are the start and the end of the hours of the day without alerts, in local time; what
    would be due then is due after them, if it still lasts. `remind_after` is the time between two
    alerts about what lasts, None for none.
    """

    quiet: tuple[time, time] | None = None
    remind_after: timedelta | None = None

    def is_quiet(self, at: datetime) -> bool:
        """Return whether an instant is in the quiet hours; they may go over midnight."""
        if self.quiet is None:
            return False
        (start, end), clock = self.quiet, local(at).time()
        return start <= clock < end if start <= end else clock >= start or clock < end

"""What to alert people about, and when: at its beginning, again while it lasts, at its end.

What was sent is in the journal, so that a server that starts again neither repeats an alert nor
forgets to say that something is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from procedure.local_time import local

if TYPE_CHECKING:
    from procedure.journal import Recorded


class AlertKind(StrEnum):
    """What a concern is about; these keys begin the stored `concern` of an alert."""

    SERVICE = "service"
    SUSPECTED = "suspected"
    PLANNED = "planned"


class AlertNews(StrEnum):
    """What an alert says of its concern; these keys are stored."""

    BEGINS = "begins"
    LASTS = "lasts"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that people want to hear of while it lasts.

    `subject` tells apart those of one kind: the key of a service, the start of planned work.
    `lasts` is None while it is not known, as after a start. `since` is aware UTC. `title` is what a
    status page or a person called planned work, and the suspected location of a fault.
    """

    kind: AlertKind
    subject: str
    lasts: bool | None
    since: datetime | None = None
    title: str = ""

    @property
    def key(self) -> str:
        """The name under which its alerts are stored."""
        return f"{self.kind}/{self.subject}"


@dataclass(frozen=True, slots=True)
class AlertSent:
    """An alert that was delivered to at least one address; `concern` is the key of its concern."""

    KIND: ClassVar[str] = "alert_sent"

    id: UUID
    at: datetime
    concern: str
    news: AlertNews


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


class AlertLog:
    """The newest alert of each concern that is not over: a fold over the journal."""

    KINDS = (AlertSent,)

    def __init__(self) -> None:
        self.open: dict[str, AlertSent] = {}

    def extend(self, entries: Iterable[Recorded]) -> None:
        """Fold further entries, oldest first."""
        alerts = (entry.entry for entry in entries if isinstance(entry.entry, AlertSent))
        self.open = newest_alerts(self.open, alerts)


def newest_alerts(
    known: Mapping[str, AlertSent], alerts: Iterable[AlertSent]
) -> dict[str, AlertSent]:
    """Return the newest alert of each concern that is not over, after further alerts."""
    newest = dict(known)
    for alert in alerts:
        if alert.news is AlertNews.OVER:
            newest.pop(alert.concern, None)
        else:
            newest[alert.concern] = alert
    return newest


def due_alerts(
    concerns: Iterable[Concern], sent: Mapping[str, AlertSent], rules: AlertRules, now: datetime
) -> Iterator[tuple[Concern, AlertNews]]:
    """Yield what to alert about now; nothing in the quiet hours.

    `sent` is `AlertLog.open`. What was over before anybody was alerted is left out.
    """
    for concern in () if rules.is_quiet(now) else concerns:
        last = sent.get(concern.key)
        if concern.lasts and last is None:
            yield concern, AlertNews.BEGINS
        elif concern.lasts and last is not None and _is_reminder_due(last, rules, now):
            yield concern, AlertNews.LASTS
        elif concern.lasts is False and last is not None:
            yield concern, AlertNews.OVER


def _is_reminder_due(last: AlertSent, rules: AlertRules, now: datetime) -> bool:
    is_planned = last.concern.startswith(AlertKind.PLANNED)
    return not is_planned and rules.remind_after is not None and now - last.at >= rules.remind_after

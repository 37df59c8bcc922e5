"""Decides when alerts are due: when a concern begins, when it needs a reminder, and when it ends.

The journal records each alert that was sent. A server that restarts therefore neither repeats an
alert nor forgets to announce an end. A person's action is a concern without an end, so it causes
only one alert.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from procedure.journal import Act, Recorded
from procedure.outages.alert_settings import REMINDED, AlertKind, AlertRules
from procedure.outages.outage_entries import (
    OutageDeclared,
    OutageEnded,
    OutageRecord,
    OutageWithdrawn,
)
from procedure.reconciliation.journal_entries import SignedOff


class AlertNews(StrEnum):
    """The news that an alert reports about its concern; these keys are stored."""

    BEGINS = "begins"
    LASTS = "lasts"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Concern:
    """A matter that people want to be alerted to.

    - `subject`: the key of a service, the start of planned work, or the id of an outage or entry.
      The subject distinguishes concerns of the same kind.
    - `lasts`: whether the concern still exists, or None while that is unknown, for example after
      startup.
    - `since`: when the concern began (aware UTC), or None.
    - `title`: the name of planned work, or the suspected location of a fault.
    - `until`: when the announced work ends that is under way during a suspected outage, or None.
    - `outage`: the declared outage that the concern is about.
    - `act`: the entry for the person's action that the concern is about, or None.
    - `count`: the number of loans to transfer to the library system.
    - `joins`: the kinds of alerts that already cover this concern. An address that accepts one of
      these kinds gets no alert about this concern.
    """

    kind: AlertKind
    subject: str
    lasts: bool | None
    since: datetime | None = None
    title: str = ""
    until: datetime | None = None
    outage: OutageRecord | None = None
    act: Act | None = None
    count: int = 0
    joins: frozenset[AlertKind] = frozenset()

    @property
    def key(self) -> str:
        """The key under which the concern's alerts are stored."""
        return f"{self.kind}/{self.subject}"


@dataclass(frozen=True, slots=True)
class AlertSent:
    """An alert that was delivered to at least one address; `concern` is the key of its concern."""

    KIND: ClassVar[str] = "alert_sent"

    id: UUID
    at: datetime
    concern: str
    news: AlertNews


@dataclass(slots=True)
class AlertLog:
    """The newest alert about each open concern, and all signed reconciliations, from the journal.

    A declared outage replaces the suspected outage, whose end is then not announced.
    """

    KINDS: ClassVar[tuple[str, ...]] = tuple(
        kind.KIND for kind in (AlertSent, OutageDeclared, OutageEnded, OutageWithdrawn, SignedOff)
    )
    open: dict[str, AlertSent] = field(default_factory=dict[str, AlertSent])
    signed: list[SignedOff] = field(default_factory=list[SignedOff])
    _standing: set[UUID] = field(default_factory=set[UUID])

    def extend(self, entries: Iterable[Recorded]) -> None:
        for recorded in entries:
            match recorded.entry:
                case AlertSent() as alert:
                    # An alert sent just before a declaration may be recorded just after it.
                    if not (self._standing and alert.concern == SUSPICION):
                        self.open = newest_alerts(self.open, [alert])
                case OutageDeclared() as declared:
                    self._standing.add(declared.id)
                    self.open.pop(SUSPICION, None)
                case OutageEnded() | OutageWithdrawn() as ended:
                    self._standing.discard(ended.outage)
                case SignedOff() as signature:
                    self.signed.append(signature)
                case _:
                    pass


SUSPICION = f"{AlertKind.SUSPECTED}/"  # the key of the concern about a suspected outage


def newest_alerts(
    known: Mapping[str, AlertSent], alerts: Iterable[AlertSent]
) -> dict[str, AlertSent]:
    """Return the newest alert about each open concern: `known`, updated with later alerts."""
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
    """Yield the alerts due now; during the quiet hours there are none.

    `sent` is `AlertLog.open`. Concerns that ended before anybody was alerted are left out.
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
    kind = last.concern.partition("/")[0]
    return (
        kind in REMINDED and rules.remind_after is not None and now - last.at >= rules.remind_after
    )

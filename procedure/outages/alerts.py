"""What to alert people about, and when: at its beginning, again while it lasts, at its end.

What was sent is in the journal, so that a server that starts again neither repeats an alert nor
forgets to say that something is over. An act of a person is a concern that begins and never ends.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from procedure.journal import Act, Recorded
from procedure.outages.alert_rules import REMINDED, AlertKind, AlertRules
from procedure.outages.declared_outage import (
    OutageDeclared,
    OutageEnded,
    OutageRecord,
    OutageWithdrawn,
)
from procedure.reconciliation.journal_entries import SignedOff


class AlertNews(StrEnum):
    """What an alert says of its concern; these keys are stored."""

    BEGINS = "begins"
    LASTS = "lasts"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that people want to hear of while it lasts.

    `subject` tells apart those of one kind: the key of a service, the start of planned work, the id
    of an outage or of an act. `lasts` is None while it is not known, as after a start. `since` is
    aware UTC. `title` is what a status page or a person called planned work, and the suspected
    location of a fault. `outage` is the declared one that it is about, `act` what a person did,
    `count` the loans to bring into the library system. Who takes an alert of one of the kinds that
    it `joins` is told there already: one press sends one message.
    """

    kind: AlertKind
    subject: str
    lasts: bool | None
    since: datetime | None = None
    title: str = ""
    outage: OutageRecord | None = None
    act: Act | None = None
    count: int = 0
    joins: frozenset[AlertKind] = frozenset()

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


@dataclass(slots=True)
class AlertLog:
    """The newest alert of each concern that is not over, and the signatures: a fold.

    A declaration takes the place of the suspicion: nothing is said of its end.
    """

    KINDS: ClassVar[tuple[str, ...]] = tuple(
        kind.KIND for kind in (AlertSent, OutageDeclared, OutageEnded, OutageWithdrawn, SignedOff)
    )
    open: dict[str, AlertSent] = field(default_factory=dict[str, AlertSent])
    signed: list[SignedOff] = field(default_factory=list[SignedOff])
    _standing: set[UUID] = field(default_factory=set[UUID])

    def extend(self, entries: Iterable[Recorded]) -> None:
        """Fold further entries, oldest first."""
        for recorded in entries:
            match recorded.entry:
                case AlertSent() as alert:
                    # One that was under way at the declaration is recorded after it.
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


SUSPICION = f"{AlertKind.SUSPECTED}/"  # the key of this concern


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
    kind = last.concern.partition("/")[0]
    return (
        kind in REMINDED and rules.remind_after is not None and now - last.at >= rules.remind_after
    )

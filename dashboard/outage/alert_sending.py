"""Sends alerts by mail, chat or SMS."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.grid import ProbeGrid
from dashboard.outage.alert_text import alert
from dashboard.translations import offered_language
from procedure.diagnosis.suspected_outage import Condition, suspected_outage
from procedure.errors import AlertUndelivered, ProcedureError
from procedure.handbook.model import services
from procedure.io.alert_channels import AlertChannels
from procedure.io.task_runner import RepeatedTask
from procedure.monitoring.board import TargetStatus, target_status
from procedure.monitoring.downtime import WORKING
from procedure.monitoring.model import Status
from procedure.monitoring.service_states import Service
from procedure.outages.alert_settings import AlertKind
from procedure.outages.alerts_of_acts import alerts_of_acts, loans_concern
from procedure.outages.due_alerts import AlertNews, AlertSent, Concern, due_alerts, newest_alerts
from procedure.status_pages.maintenance import PlannedWork

LOOK_EVERY = 15.0  # seconds
RETRY_AFTER = 60.0  # seconds
TASK = "alerts"

_log = logging.getLogger(__name__)
CountToBring = Callable[[], Awaitable[int | None]]


def start_alerts(context: AppContext, count_to_bring: CountToBring) -> None:
    """Start sending alerts, if any addresses are configured.

    `count_to_bring` returns the number of loans to transfer to the library system, or None while
    the number is unknown.
    """
    if context.settings.alerts:
        alerts = Alerts(context, AlertChannels(context.settings.alerts), count_to_bring)
        context.upkeep.add(TASK, RepeatedTask(alerts.take_turn, LOOK_EVERY, RETRY_AFTER))
        context.upkeep.ensure_started()


class Alerts:
    """Sends due alerts, records those delivered, and remembers which channels failed."""

    def __init__(
        self, context: AppContext, channels: AlertChannels, count_to_bring: CountToBring
    ) -> None:
        self._context, self._channels = context, channels
        self._count_to_bring = count_to_bring
        self._language = offered_language(context.settings.language)
        self._failing: set[str] = set()
        self._unrecorded: list[AlertSent] = []

    async def take_turn(self) -> None:
        """Send the due alerts.

        Raises:
            AlertUndelivered: a channel did not accept the newest alert.
        """
        await self.send_due()
        if unreached := self._context.upkeep.state(TASK).unreached:
            raise AlertUndelivered(f"the newest alert did not reach {', '.join(unreached)}")

    async def send_due(self) -> None:
        """Send each due alert through its channels; it remains due until a channel has accepted it.

        A process that leaves the probing to another process sends nothing, but keeps track of when
        trouble began.
        """
        context = self._context
        context.folds.update()
        concerns, rules = list(current_concerns(context)), context.settings.alert_rules
        if not context.leadership.watches:
            return
        sent = newest_alerts(context.folds.alerts.open, self._unrecorded)
        async for loans in self._loans(sent):
            concerns = [
                *(_with_count(concern, loans) for concern in concerns),
                _joined(loans, sent),
            ]
        alerted = set(sent)
        for due, news in due_alerts(concerns, sent, rules, context.clock.now()):
            concern = _joined_to_no_answer(due, alerted)
            if news is AlertNews.BEGINS:
                alerted.add(concern.key)
            channels = self._channels.names(concern.kind, concern.joins)
            if not channels and concern.kind is AlertKind.LOANS and concern.joins:
                # The same addresses get the number of loans in the alert about the outage's end.
                self._record(concern, news)
            elif channels:
                failed = await self._channels.send(alert(concern, news, context, self._language))
                self._failing = self._failing - {*channels} | {*failed}
                names = self._channels.names()
                unreached = [name for name in names if name in self._failing]
                context.upkeep.keep_unreached(TASK, unreached)
                if len(failed) < len(channels):
                    self._record(concern, news)

    async def _loans(self, sent: Mapping[str, AlertSent]) -> AsyncIterator[Concern]:
        """Yield the concern about loans to transfer after an outage, if it is due and still unsent.

        Counting reads the whole log, so loans are counted only for an alert.
        """
        loans = loans_concern(self._context.folds.outages.records(), self._context.clock.now())
        if loans is None or loans.key in sent or not self._channels.names(loans.kind):
            return
        count = await self._count_to_bring()
        if count or self._context.folds.loan_log.pending():
            yield replace(loans, count=count or 0)

    def _record(self, concern: Concern, news: AlertNews) -> None:
        """Record an alert, along with earlier alerts that could not be recorded."""
        context = self._context
        sent = AlertSent(context.clock.new_id(), context.clock.now(), concern.key, news)
        self._unrecorded.append(sent)
        try:
            context.store.journal.append(*self._unrecorded)
        except ProcedureError as fault:
            _log.error("an alert was sent but could not be recorded: %s", fault)
            return
        self._unrecorded.clear()
        context.folds.update()


def _with_count(concern: Concern, loans: Concern) -> Concern:
    """Return the concern, with the number of loans to transfer if it is about the outage's end."""
    same = concern.kind is AlertKind.ENDED and concern.subject == loans.subject
    return replace(concern, count=loans.count) if same else concern


def _joined(loans: Concern, sent: Mapping[str, AlertSent]) -> Concern:
    """Let the concern about loans join the alert about the outage's end if that alert is unsent."""
    ended = f"{AlertKind.ENDED}/{loans.subject}"
    return loans if ended in sent else replace(loans, joins=frozenset({AlertKind.ENDED}))


def _joined_to_no_answer(concern: Concern, alerted: Collection[str]) -> Concern:
    """Treat a suspected outage as covered by an earlier alert about a service that is failing."""
    no_answer = any(key.startswith(f"{AlertKind.SERVICE}/") for key in alerted)
    if concern.kind is AlertKind.SUSPECTED and no_answer:
        return replace(concern, joins=frozenset({AlertKind.SERVICE}))
    return concern


def current_concerns(context: AppContext) -> Iterator[Concern]:
    """Yield all concerns: services, a suspected outage, planned work, and staff actions."""
    now = context.clock.now()
    for service in services(context.handbook.current):
        yield _of_service(service, context, now)
    diagnosis = DiagnosisState(context=context, session=Session(), grid=ProbeGrid(context=context))
    context.watches.recent.note_fault(diagnosis.result.fault, now)
    yield _suspicion(context, diagnosis.planned_work, now)
    yield from _coming_work(diagnosis.planned_work, now, context.settings.alert_ahead)
    folds = context.folds
    yield from alerts_of_acts(folds.outages.every(), folds.alerts.signed, folds.public, now)


def _of_service(service: Service, context: AppContext, now: datetime) -> Concern:
    targets = [context.handbook.current.targets[key] for key in service.targets]
    judged = [target_status(context.watches.probes.board, target, now) for target in targets]
    known = [status for status in judged if status is not None]
    if any(status.status in WORKING for status in known):
        return Concern(AlertKind.SERVICE, service.key, lasts=False)
    is_down = len(known) == len(targets) and all(map(_is_down, known))
    since = max((status.since for status in known), default=None)
    return Concern(AlertKind.SERVICE, service.key, True if is_down else None, since)


def _is_down(status: TargetStatus) -> bool:
    return status.status is Status.DOWN and not status.doubtful


def _suspicion(
    context: AppContext, planned_work: tuple[PlannedWork, ...], now: datetime
) -> Concern:
    """Return the concern about a suspected outage, with the end of announced work that is on.

    `lasts` is None if an outage is declared, or if all is not well but no outage is suspected.
    """
    condition = context.watches.recent.condition
    # Work explains trouble but does not replace it, so it is not given here.
    suspected = suspected_outage(condition, (), context.settings.suspect_after, now)
    if context.folds.outages.current() is not None:
        return Concern(AlertKind.SUSPECTED, "", lasts=None)
    if suspected is not None:
        ends = (work.end for work in planned_work if work.covers(now) and work.end)
        until, fault = max(ends, default=None), suspected.fault
        return Concern(AlertKind.SUSPECTED, "", True, suspected.since, fault, until=until)
    well = condition is not None and condition.condition is Condition.WELL
    return Concern(AlertKind.SUSPECTED, "", lasts=False if well else None)


def _coming_work(
    planned_work: tuple[PlannedWork, ...], now: datetime, ahead: timedelta
) -> Iterator[Concern]:
    for work in planned_work:
        if work.start is not None and now < work.start <= now + ahead:
            key = work.start.isoformat(timespec="minutes")
            yield Concern(AlertKind.PLANNED, key, True, work.start, work.title)

"""The service level of the last twelve months or of a year, with evidence on disputed downtimes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from dashboard.core.context import AppContext
from dashboard.core.journal_folds import JournalFolds
from procedure.handbook.model import contract_of, services
from procedure.local_time import library_zone, local
from procedure.monitoring.contract import Contract
from procedure.monitoring.downtime import Downtime, clip
from procedure.monitoring.rollup import EPOCH
from procedure.outages.announcements import AnnouncementLog
from procedure.outages.figures import ObservedPast
from procedure.outages.service_level import ServiceLevel, service_level

TWELVE_MONTHS = "months"
SHORTEST = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class OutageEvidence:
    """The records made during a downtime: the number of loans, and the declared outage's id."""

    loans: int
    declared: UUID | None


@dataclass(frozen=True, slots=True)
class LevelReport:
    """The service level over the span `choice`, which is one of `choices`.

    `level` is None if less than 28 days of the span have been observed, or if a target has never
    been probed. `first` is when the service was first observed, or None if it never has been.
    """

    contract: Contract
    choice: str
    choices: tuple[str, ...]
    first: datetime | None
    level: ServiceLevel | None


def read_report(context: AppContext, choice: str, now: datetime) -> LevelReport:
    """Return the report for a choice.

    An unknown choice means the last twelve complete months or, if no month is complete yet, the
    current year.

    Raises:
        JournalError: the database cannot be read.
    """
    contract = contract_of(context.handbook.current)
    service = next(
        known for known in services(context.handbook.current) if known.key == contract.service
    )
    stored = {
        key: states
        for key in service.targets
        for states in context.store.history.states(since=EPOCH, until=now, target=key).values()
    }
    read = (
        interval.start
        for lane in stored.values()
        for interval in lane
        if interval.status is not None
    )
    first = min(read, default=None)
    years = range(local(first).year, local(now).year + 1) if first else ()
    choices = (TWELVE_MONTHS, *map(str, reversed(years)))
    if choice not in choices:
        # In the first year, there may be no complete month yet.
        has_month = first is not None and first + SHORTEST <= _span(TWELVE_MONTHS, now)[1]
        choice = TWELVE_MONTHS if has_month or not years else str(years[-1])
    since, until = _span(choice, now)
    since = max(since, first) if first else until
    lanes = {key: clip(key, lane, first or now, now) for key, lane in stored.items()}
    if until - since < SHORTEST or len(lanes) < len(service.targets):
        return LevelReport(contract, choice, choices, first, None)
    log = AnnouncementLog()
    log.extend(context.store.journal.since(kinds=AnnouncementLog.KINDS))
    past = ObservedPast.of_targets(lanes, log.announcements(), (service,), since=since, until=until)
    return LevelReport(contract, choice, choices, first, service_level(past, contract))


def read_evidence(level: ServiceLevel, context: AppContext) -> dict[datetime, OutageEvidence]:
    """Return the records made during each disputed downtime, keyed by its start."""
    context.folds.update()
    until = level.whole.end
    return {
        disputed.outage.start: _evidence(disputed.outage, context.folds, until)
        for disputed in level.disputed
    }


def _span(choice: str, now: datetime) -> tuple[datetime, datetime]:
    """Return the start and end (UTC) of the last twelve complete months, or of a year up to now."""
    if choice != TWELVE_MONTHS:
        year = int(choice)
        return _month(year, 1), min(_month(year + 1, 1), now)
    today = local(now)
    return _month(today.year - 1, today.month), _month(today.year, today.month)


def _month(year: int, month: int) -> datetime:
    return datetime(year, month, 1, tzinfo=library_zone()).astimezone(UTC)


def _evidence(outage: Downtime, folds: JournalFolds, until: datetime) -> OutageEvidence:
    end = outage.end or until
    declared = folds.outages.declared_between(outage.start, end)
    loans = folds.loan_log.count_lent(outage.start, end)
    return OutageEvidence(loans, declared and declared.declared.id)

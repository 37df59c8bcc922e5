"""Concerns about people's actions in an outage, from its declaration to the reconciliation.

A concern is a matter that people are alerted to. An overdue update is a concern too.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from procedure.outages.alert_settings import AlertKind
from procedure.outages.due_alerts import Concern
from procedure.outages.outage_entries import OutageRecord
from procedure.outages.public_entries import PublicLog
from procedure.reconciliation.journal_entries import SignedOff

# An action is news for this long, which is longer than a night's quiet hours.
STAYS_NEWS = timedelta(hours=12)
NONE: frozenset[AlertKind] = frozenset()


def alerts_of_acts(
    records: Iterable[OutageRecord],
    signed: Iterable[SignedOff],
    published: PublicLog,
    now: datetime,
) -> Iterator[Concern]:
    """Yield the last twelve hours' concerns, oldest first: people's actions and overdue updates.

    `records` are all declared outages, withdrawn or not.
    """
    every = tuple(records)
    standing = [record for record in every if record.withdrawn is None]
    concerns = [
        *(concern for record in every for concern in _of_outage(record, now)),
        *(_of_signature(signature, standing) for signature in signed),
        *_for_patrons(standing, published),
    ]
    recent = [
        concern
        for concern in concerns
        if concern.since is not None and now - concern.since < STAYS_NEWS
    ]
    yield from sorted(recent, key=lambda concern: concern.since or now)


def loans_concern(records: Sequence[OutageRecord], now: datetime) -> Concern | None:
    """Return the concern about loans to transfer after the last outage; its `count` is not set.

    Return None during an outage, or if no outage ended in the last twelve hours.
    """
    ended = [(record.over.at, record) for record in records if record.over is not None]
    if not ended or len(ended) < len(records):
        return None
    at, newest = max(ended, key=lambda found: found[0])
    if now - at >= STAYS_NEWS:
        return None
    return Concern(AlertKind.LOANS, str(newest.declared.id), True, at, outage=newest)


def _of_outage(record: OutageRecord, now: datetime) -> Iterator[Concern]:
    declared, over, promised = record.declared, record.over, record.next_news
    outage = str(declared.id)
    if taken_back := record.withdrawn:
        at = taken_back.at
        yield Concern(AlertKind.ENDED, outage, True, at, outage=record, act=taken_back)
        return
    yield Concern(AlertKind.DECLARED, outage, True, declared.at, outage=record, act=declared)
    for news in record.news:
        joins = frozenset({AlertKind.DECLARED}) if news.at == declared.at else NONE
        yield Concern(
            AlertKind.MESSAGE, str(news.id), True, news.at, outage=record, act=news, joins=joins
        )
    if over is not None:
        yield Concern(AlertKind.ENDED, outage, True, over.at, outage=record, act=over)
    elif promised is not None and promised <= now:
        last = str(record.news[-1].id)
        yield Concern(AlertKind.OVERDUE, last, True, promised, outage=record)


def _for_patrons(records: Sequence[OutageRecord], published: PublicLog) -> Iterator[Concern]:
    """Yield concerns about public statements, and about the ends of outages with statements."""
    by_id = {record.declared.id: record for record in records}
    for statement in published.statements:
        outage = by_id.get(statement.outage) if statement.outage else None
        joins = _alerts_at(outage, statement.at) if outage else NONE
        yield Concern(
            AlertKind.PUBLIC,
            str(statement.id),
            True,
            statement.at,
            outage=outage,
            act=statement,
            joins=joins,
        )
    ended = frozenset({AlertKind.ENDED})
    for record in records:
        if (over := record.over) and published.about(record.declared.id):
            key, at = str(over.id), over.at
            yield Concern(AlertKind.PUBLIC, key, True, at, outage=record, act=over, joins=ended)


def _alerts_at(record: OutageRecord, at: datetime) -> frozenset[AlertKind]:
    """Return the kinds of alerts about other entries that were recorded in the same request."""
    declared = {AlertKind.DECLARED} if record.declared.at == at else set[AlertKind]()
    message = {AlertKind.MESSAGE for news in record.news if news.at == at}
    return frozenset(declared | message)


def _of_signature(signature: SignedOff, records: Sequence[OutageRecord]) -> Concern:
    """Return the concern about a signed reconciliation.

    The concern's `outage` is the last outage that ended before the signature, or None.
    """
    before = [
        record for record in records if record.over is not None and record.over.at <= signature.at
    ]
    outage = before[-1] if before else None
    key = str(signature.id)
    return Concern(AlertKind.SIGNED, key, True, signature.at, outage=outage, act=signature)

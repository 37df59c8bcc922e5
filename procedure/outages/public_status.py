"""What anybody may read of the declared outages: titles, times, messages, whether desks lend.

Never who wrote them, at which workstation, what was lent, or what the probes and pages say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from procedure.circulation.redaction import redact_identifiers
from procedure.circulation.scan_rules import ScanRules
from procedure.local_time import local_day
from procedure.outages.declared_outage import OutageRecord

KEPT = timedelta(days=30)  # after the end of an outage

DayState = Literal["up", "planned", "down"]  # "up": nothing was declared


@dataclass(frozen=True, slots=True)
class PublicMessage:
    """A message of the coordination, on one line."""

    id: UUID
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class PublicOutage:
    """A declared outage; `messages` are newest first, instants UTC.

    `lending` is whether the coordination says that desks lend meanwhile.
    """

    id: UUID
    title: str
    planned: bool
    begun: datetime
    ended: datetime | None
    next_news: datetime | None
    messages: tuple[PublicMessage, ...]
    lending: bool = False


def public_outages(
    records: Iterable[OutageRecord], rules: ScanRules, now: datetime
) -> tuple[PublicOutage, ...]:
    """Return the outages that last or ended within thirty days, newest first."""
    public = (_public_outage(record, rules) for record in records)
    kept = [outage for outage in public if outage.ended is None or outage.ended > now - KEPT]
    return tuple(reversed(kept))


def _public_outage(record: OutageRecord, rules: ScanRules) -> PublicOutage:
    declared, over = record.declared, record.over
    return PublicOutage(
        declared.id,
        _plain(declared.title, rules),
        declared.planned,
        declared.begun,
        over and over.ended,
        None if over else record.next_news,
        tuple(
            PublicMessage(news.id, news.at, _plain(news.message, rules))
            for news in reversed(record.news)
            if news.message
        ),
        lending=record.lending,
    )


def public_days(outages: Iterable[PublicOutage], now: datetime) -> dict[date, DayState]:
    """Return the worst that was declared on each of the last thirty local days, oldest first."""
    today = local_day(now)
    days: dict[date, DayState] = {
        today - timedelta(days=ago): "up" for ago in reversed(range(KEPT.days))
    }
    # An outage after planned work, so that it counts on a day with both.
    for outage in sorted(outages, key=lambda outage: not outage.planned):
        first, last = local_day(outage.begun), local_day(outage.ended or now)
        for day in days:
            if first <= day <= last:
                days[day] = "planned" if outage.planned else "down"
    return days


def _plain(text: str, rules: ScanRules) -> str:
    """Return a text without numbers of users, and without what XML cannot hold."""
    return "".join(sign for sign in redact_identifiers(text, rules) if sign.isprintable())

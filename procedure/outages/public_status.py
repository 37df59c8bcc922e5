"""The public view of outages: published statements and planned work.

It never shows the author or workstation of a statement, the loans, or the readings of probes and
status pages. In earlier versions, an outage's title and messages were public at once; such titles
and messages stay public.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from procedure.circulation.redaction import redact_identifiers
from procedure.circulation.scan_rules import ScanRules
from procedure.local_time import local_day
from procedure.outages.outage_entries import OutageNews, OutageRecord
from procedure.outages.public_entries import PublicLog, PublicState, PublicStatement

KEPT = timedelta(days=30)  # how long an outage is shown after its end

DayState = Literal["up", "planned", "degraded", "down"]  # "up" means that nothing was published
_WORSE: Sequence[PublicState] = (PublicState.PLANNED, PublicState.DEGRADED, PublicState.DOWN)

Texts = Mapping[str, str]  # by language; texts from an earlier version have "" as their language


@dataclass(frozen=True, slots=True)
class PublicMessage:
    """A message from the coordinators, on one line."""

    id: UUID
    at: datetime
    text: Texts


@dataclass(frozen=True, slots=True)
class PublicOutage:
    """An outage or planned work as published; `messages` are sorted, newest first; times are UTC.

    `lending` says whether patrons can borrow during the outage or work. `until` is the announced
    end of planned work. `worst` is the worst state that was published.
    """

    id: UUID
    title: Texts
    state: PublicState
    begun: datetime
    ended: datetime | None
    next_news: datetime | None
    messages: tuple[PublicMessage, ...]
    lending: bool = False
    until: datetime | None = None
    worst: PublicState = PublicState.PLANNED

    def is_overdue(self, now: datetime) -> bool:
        """Return whether the promised update is overdue."""
        return self.ended is None and self.next_news is not None and self.next_news <= now


@dataclass(frozen=True, slots=True)
class PublicPage:
    """The whole public page: `outages`, newest first, and the planned work `ahead`, in order."""

    outages: tuple[PublicOutage, ...] = ()
    ahead: tuple[PublicOutage, ...] = ()

    @property
    def current(self) -> list[PublicOutage]:
        """The current outages, the worst first."""
        lasting = [outage for outage in self.outages if outage.ended is None]
        return sorted(lasting, key=lambda outage: -_WORSE.index(outage.state))

    @property
    def past(self) -> list[PublicOutage]:
        return [outage for outage in self.outages if outage.ended is not None]


def public_page(
    records: Iterable[OutageRecord], published: PublicLog, rules: ScanRules, now: datetime
) -> PublicPage:
    """Return the current outages, those that ended in the last thirty days, and planned work."""
    declared = (_outage(record, published.about(record.declared.id), rules) for record in records)
    work = [
        _work(statement, rules, now)
        for statement in published.statements
        if statement.outage is None
    ]
    every = [outage for outage in (*declared, *work) if outage is not None]
    kept = [outage for outage in every if outage.ended is None or outage.ended > now - KEPT]
    by_begin = sorted(kept, key=lambda outage: outage.begun)
    return PublicPage(
        outages=tuple(outage for outage in reversed(by_begin) if outage.begun <= now),
        ahead=tuple(outage for outage in by_begin if outage.begun > now),
    )


def _outage(
    record: OutageRecord, statements: Sequence[PublicStatement], rules: ScanRules
) -> PublicOutage | None:
    """Return a declared outage, or None if nothing about it has been published."""
    declared, over = record.declared, record.over
    if declared.internal and not statements:
        return None
    news = [message for message in record.news if not message.internal]
    published = sorted((*news, *statements), key=lambda message: message.at)
    newest = statements[-1] if statements else None
    lending = [
        declared.lending,
        *(message.lending for message in news if message.lending is not None),
    ]
    before = PublicState.PLANNED if declared.planned else PublicState.DOWN
    states = [statement.state for statement in statements]
    if not declared.internal:
        states.insert(0, before)
    return PublicOutage(
        declared.id,
        _plain(newest.titles if newest else {"": declared.title}, rules),
        states[-1],
        declared.begun,
        over and over.ended,
        published[-1].next_news if published and over is None else None,
        tuple(reversed(list(_messages(published, rules)))),
        lending=over is None and (newest.lending if newest else lending[-1]),
        worst=max(states, key=_WORSE.index),
    )


def _work(statement: PublicStatement, rules: ScanRules, now: datetime) -> PublicOutage | None:
    if statement.start is None or statement.end is None:
        return None
    return PublicOutage(
        statement.id,
        _plain(statement.titles, rules),
        statement.state,
        statement.start,
        statement.end if statement.end <= now else None,
        None,
        tuple(_messages([statement], rules)),
        lending=statement.lending and statement.end > now,
        until=statement.end,
    )


def _messages(
    published: Iterable[OutageNews | PublicStatement], rules: ScanRules
) -> Iterator[PublicMessage]:
    for message in published:
        texts = message.texts if isinstance(message, PublicStatement) else {"": message.message}
        if any(texts.values()):
            yield PublicMessage(message.id, message.at, _plain(texts, rules))


def public_days(outages: Iterable[PublicOutage], now: datetime) -> dict[date, DayState]:
    """Return the worst published state of each of the last thirty local days, oldest first."""
    today = local_day(now)
    days: dict[date, DayState] = {
        today - timedelta(days=ago): "up" for ago in reversed(range(KEPT.days))
    }
    # The worst comes last, so that it determines the state of a day with several outages.
    for outage in sorted(outages, key=lambda outage: _WORSE.index(outage.worst)):
        first, last = local_day(outage.begun), local_day(outage.ended or now)
        for day in days:
            if first <= day <= last:
                days[day] = _DAY_STATES[outage.worst]
    return days


_DAY_STATES: Mapping[PublicState, DayState] = {
    PublicState.PLANNED: "planned",
    PublicState.DEGRADED: "degraded",
    PublicState.DOWN: "down",
}


def _plain(texts: Texts, rules: ScanRules) -> dict[str, str]:
    """Return texts with patrons' identifiers hidden and unprintable characters removed.

    Some unprintable characters are not allowed in XML.
    """
    return {
        language: "".join(sign for sign in redact_identifiers(text, rules) if sign.isprintable())
        for language, text in texts.items()
    }

"""The timeline of a dossier: the events in order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from operator import attrgetter
from typing import Any

from procedure.circulation.redaction import redact_identifiers
from procedure.circulation.scan_rules import ScanRules
from procedure.circulation.settlements import ReturnSettledByHand, SettledByHand
from procedure.circulation.transactions import Export, Loan
from procedure.diagnosis.staff_reports import StaffReport
from procedure.guide.walk import AnswerGiven
from procedure.journal import Entry, Recorded
from procedure.local_time import start_of_hour
from procedure.monitoring.downtime import StatusInterval
from procedure.monitoring.model import Status
from procedure.outages.follow_up import OutageLed
from procedure.outages.outage_entries import (
    OutageDeclared,
    OutageEnded,
    OutageNews,
    OutageNote,
    OutageRecord,
)
from procedure.outages.outage_loans import ReconciledOutage
from procedure.outages.public_entries import PublicServiceSet, PublicStatement
from procedure.reconciliation.journal_entries import FileUploaded, JobReportRecorded, SignedOff
from procedure.reconciliation.reconciled_loan import ReconciledLoan
from procedure.reconciliation.sign_off import signature_for
from procedure.status_pages.maintenance import MaintenancePlanned
from procedure.status_pages.reading_validity import PageStatusChanged, PageStatusReadByStaff
from procedure.status_pages.status import PageStatus

LOAN_INTERVAL = timedelta(hours=1)  # loans are counted per hour


# The kinds of entries that are events in their own right. Each maps to the name of the field that
# holds text from a person or a status page, or to an empty string.
_TEXTS: Mapping[Any, str] = {
    AnswerGiven: "",
    PageStatusReadByStaff: "",
    PageStatusChanged: "summary",
    StaffReport: "about",
    OutageDeclared: "title",
    OutageNews: "message",
    OutageNote: "text",
    OutageEnded: "",
    OutageLed: "leader",
    PublicStatement: "",
    PublicServiceSet: "",
    MaintenancePlanned: "title",
}
# The fields with a string for each language.
_TEXTS_BY_LANGUAGE: Mapping[Any, tuple[str, ...]] = {
    OutageNews: ("words",),
    PublicStatement: ("titles", "texts"),
}


@dataclass(frozen=True, slots=True)
class HourlyLoans:
    """One desk's loans within an hour, the last of them at `until`.

    `operator` and `workstation` name the staff who made the loans and the workstations that they
    used, separated by commas.
    """

    until: datetime
    operator: str = ""
    workstation: str = ""


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """A line of the timeline.

    `what` is an entry without identifiers in its texts, a `StatusInterval` that began, or
    `HourlyLoans`. An event about loans or returns has a `desk` and a `count`: for a file,
    the number of its loans from this outage; for a report, the number of loans that Alma refused.
    """

    at: datetime
    what: Any
    desk: str = ""
    count: int = 0

    @property
    def text(self) -> str:
        """The text from a person or a status page."""
        field = _TEXTS.get(type(self.what), "")
        return getattr(self.what, field) if field else ""

    @property
    def workstation(self) -> str:
        """The workstation where a person acted; empty for observations and planned work."""
        planned = isinstance(self.what, MaintenancePlanned)
        return "" if planned else getattr(self.what, "workstation", "")

    @property
    def operator(self) -> str:
        """The person who acted; empty for observations, or if nobody was named."""
        return getattr(self.what, "operator", None) or ""

    @property
    def order(self) -> tuple[datetime, str, str]:
        """The sort key in the timeline; of events at the same time, entries come first, by kind."""
        return self.at, getattr(self.what, "KIND", "~"), getattr(self.what, "target", self.desk)


def timeline(
    record: OutageRecord,
    recorded: Iterable[Recorded],
    lanes: Mapping[str, Sequence[StatusInterval]],
    *,
    loans: ReconciledOutage,
    span: tuple[datetime, datetime],
    rules: ScanRules,
) -> list[TimelineEvent]:
    """Return the events within a span `since <= t < until`, in order.

    Files for Alma that contain loans from the outage are included with their reports, even if they
    were made outside the span. So are settlements by hand, the first signature of the
    reconciliation that covers all of the outage's loans, and the lines to be read on status pages
    when the span began.
    """
    entries = [entry.entry for entry in recorded]
    events = [
        *_status_changes(lanes),
        *_loans(loans.rows),
        *_file_events(entries, loans.rows),
        *_settled(entries, loans, rules),
        *_signature(entries, loans.rows),
        *(_event(entry, rules) for entry in _standing_quotes(entries, span[0])),
        *(_event(entry, rules) for entry in entries if _concerns(entry, record, *span)),
    ]
    return sorted(events, key=attrgetter("order"))


def _status_changes(lanes: Mapping[str, Sequence[StatusInterval]]) -> Iterator[TimelineEvent]:
    for states in lanes.values():
        known = [state for state in states if state.status not in (None, Status.UNKNOWN)]
        if known and known[0].status is Status.DOWN:
            yield TimelineEvent(known[0].start, known[0])
        for before, after in pairwise(known):
            if (before.status, before.cause) != (after.status, after.cause):
                yield TimelineEvent(after.start, after)


def _loans(rows: Sequence[ReconciledLoan]) -> Iterator[TimelineEvent]:
    """Yield an event for each hour and desk with valid loans, at the time of the first loan."""
    slots: dict[tuple[datetime, str], list[Loan]] = {}
    for row in rows:
        if row.log.is_valid:
            slots.setdefault((start_of_hour(row.loan.at), row.loan.desk), []).append(row.loan)
    for (_, desk), lent in slots.items():
        times = [loan.at for loan in lent]
        who, where = (
            ", ".join(sorted({getattr(loan, name) or "" for loan in lent} - {""}))
            for name in ("operator", "workstation")
        )
        yield TimelineEvent(min(times), HourlyLoans(max(times), who, where), desk, len(lent))


def _settled(
    entries: Iterable[Entry], loans: ReconciledOutage, rules: ScanRules
) -> Iterator[TimelineEvent]:
    """Yield the loans and returns settled by hand, one event for those settled together."""
    desks = {**{row.loan.id: row.loan.desk for row in loans.rows}, **loans.returns}
    acts: dict[tuple[Any, ...], list[Any]] = {}
    for entry in entries:
        if not isinstance(entry, SettledByHand | ReturnSettledByHand):
            continue
        desk = desks.get(entry.loan if isinstance(entry, SettledByHand) else entry.back)
        if desk is not None:
            key = (entry.at, entry.KIND, entry.how, entry.operator, entry.workstation, desk)
            acts.setdefault(key, []).append(entry)
    for (*_, desk), done in acts.items():
        first = replace(done[0], how=redact_identifiers(done[0].how, rules))
        yield TimelineEvent(first.at, first, desk, len(done))


def _file_events(
    entries: Sequence[Entry], rows: Sequence[ReconciledLoan]
) -> Iterator[TimelineEvent]:
    """Yield the events of the files that contain any of these loans."""
    loans = {row.loan.id for row in rows}
    exports = (export for export in entries if isinstance(export, Export))
    files = {export.id: (export.desk, len(loans.intersection(export.loans))) for export in exports}
    for entry in entries:
        if not isinstance(entry, Export | FileUploaded | JobReportRecorded):
            continue
        desk, count = files.get(entry.id if isinstance(entry, Export) else entry.export, ("", 0))
        if count:
            refused = len(entry.refused) if isinstance(entry, JobReportRecorded) else count
            yield TimelineEvent(entry.at, entry, desk, refused)


def _signature(entries: Iterable[Entry], rows: Sequence[ReconciledLoan]) -> Iterator[TimelineEvent]:
    signed = signature_for([entry for entry in entries if isinstance(entry, SignedOff)], rows)
    if signed is not None:
        yield TimelineEvent(signed.at, signed)


def _standing_quotes(entries: Iterable[Entry], since: datetime) -> Iterator[PageStatusChanged]:
    """Yield the lines quoted from status pages that had not changed by `since`."""
    changes = (
        entry for entry in entries if isinstance(entry, PageStatusChanged) and entry.at < since
    )
    last = {change.target: change for change in sorted(changes, key=attrgetter("at"))}
    for change in last.values():
        if change.word is PageStatus.UNKNOWN:
            yield change


def _concerns(entry: Entry, record: OutageRecord, since: datetime, until: datetime) -> bool:
    outage = record.declared.id
    match entry:
        case OutageDeclared():
            return entry.id == outage
        case OutageNews() | OutageNote() | OutageEnded() | OutageLed() | PublicStatement():
            return entry.outage == outage
        case MaintenancePlanned():
            return entry.start < until and entry.end > since
        case _:
            return type(entry) in _TEXTS and since <= entry.at < until


def _event(entry: Any, rules: ScanRules) -> TimelineEvent:
    if field := _TEXTS[type(entry)]:
        entry = replace(entry, **{field: redact_identifiers(getattr(entry, field), rules)})
    for field in _TEXTS_BY_LANGUAGE.get(type(entry), ()):
        texts = getattr(entry, field).items()
        hidden = {code: redact_identifiers(text, rules) for code, text in texts}
        entry = replace(entry, **{field: hidden})
    return TimelineEvent(entry.start if isinstance(entry, MaintenancePlanned) else entry.at, entry)

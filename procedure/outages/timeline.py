"""The timeline of an outage report: what happened, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any
from uuid import UUID

from procedure.circulation.redaction import redact_identifiers
from procedure.circulation.scan_rules import ScanRules
from procedure.circulation.transactions import Export
from procedure.diagnosis.staff_reports import StaffReport
from procedure.guide.walk import AnswerGiven
from procedure.journal import Recorded
from procedure.monitoring.downtime import StatusInterval
from procedure.monitoring.model import FailureCause, Status
from procedure.monitoring.rollup import start_of_hour
from procedure.outages.declared_outage import (
    OutageDeclared,
    OutageEnded,
    OutageNews,
    OutageNote,
    OutageRecord,
)
from procedure.reconciliation.journal_entries import FileUploaded, JobReportRecorded
from procedure.reconciliation.reconciled_loan import ReconciledLoan
from procedure.status_pages.maintenance import MaintenancePlanned
from procedure.status_pages.readings import PageStatusChanged, PageStatusReadByStaff

LOAN_INTERVAL = timedelta(hours=1)  # loans are counted per hour


class EventKind(StrEnum):
    """The kind of a timeline event."""

    SEEN = "seen"
    OFFICIAL = "official"
    REPORT = "report"
    ANSWER = "answer"
    DECLARED = "declared"
    NEWS = "news"
    NOTE = "note"
    CONTACT = "contact"
    ENDED = "ended"
    WINDOW = "window"
    LOANS = "loans"
    EXPORT = "export"
    UPLOAD = "upload"
    ALMA_REPORT = "alma_report"


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One line of the timeline.

    `key` is that of the target, step, contact or desk; `word` a status or an answer; `text` what a
    person wrote. `until` is the end of a counted interval, or of planned work.
    """

    at: datetime
    kind: EventKind
    key: str = ""
    word: str = ""
    text: str = ""
    cause: FailureCause | None = None
    count: int = 0
    until: datetime | None = None
    workstation: str = ""


def timeline(
    record: OutageRecord,
    recorded: Iterable[Recorded],
    lanes: Mapping[str, Sequence[StatusInterval]],
    *,
    rows: Sequence[ReconciledLoan],
    span: tuple[datetime, datetime],
    rules: ScanRules,
) -> list[TimelineEvent]:
    """Return the events within a span `since <= t < until`, in order.

    Files for Alma and their reports are included whenever they were made, if they contain loans of
    the outage.
    """
    since, until = span
    entries = [entry.entry for entry in recorded]
    files = _files(entries, rows)
    events = [
        *_status_changes(lanes),
        *_loans(rows),
        *(_file_event(entry, files) for entry in entries if _file_of(entry) in files),
        *(
            event
            for entry in entries
            if _concerns(entry, record, since, until)
            and (event := _observation(entry, rules) or _outage_event(entry, rules))
        ),
    ]
    return sorted(events, key=lambda entry: (entry.at, entry.kind, entry.key))


def _status_changes(lanes: Mapping[str, Sequence[StatusInterval]]) -> Iterator[TimelineEvent]:
    for target, states in lanes.items():
        known = [state for state in states if state.verdict not in (None, Status.UNKNOWN)]
        if known and known[0].verdict is Status.DOWN:
            yield _change(target, known[0])
        for before, after in pairwise(known):
            if (before.verdict, before.cause) != (after.verdict, after.cause):
                yield _change(target, after)


def _change(target: str, state: StatusInterval) -> TimelineEvent:
    return TimelineEvent(
        state.start, EventKind.SEEN, target, word=str(state.verdict or ""), cause=state.cause
    )


def _loans(rows: Sequence[ReconciledLoan]) -> Iterator[TimelineEvent]:
    """Yield the number of valid loans by hour and desk, at the time of the first."""
    slots: dict[tuple[datetime, str], list[datetime]] = {}
    for row in rows:
        if row.log.stands:
            slots.setdefault((start_of_hour(row.loan.at), row.loan.desk), []).append(row.loan.at)
    for (hour, desk), lent in slots.items():
        until = hour + LOAN_INTERVAL
        yield TimelineEvent(min(lent), EventKind.LOANS, desk, count=len(lent), until=until)


def _files(
    entries: Iterable[object], rows: Sequence[ReconciledLoan]
) -> dict[UUID, tuple[str, int]]:
    """Return the desk and the number of these loans of each export that contains any."""
    loans = {row.loan.id for row in rows}
    exports = (export for export in entries if isinstance(export, Export))
    counts = ((export, len(loans.intersection(export.loans))) for export in exports)
    return {export.id: (export.desk, count) for export, count in counts if count}


def _file_of(entry: object) -> UUID | None:
    if isinstance(entry, Export):
        return entry.id
    return entry.export if isinstance(entry, FileUploaded | JobReportRecorded) else None


def _file_event(entry: Any, files: Mapping[UUID, tuple[str, int]]) -> TimelineEvent:
    if isinstance(entry, Export):
        desk, count = files[entry.id]
        kind = EventKind.EXPORT
    else:
        desk, count = files[entry.export]
        kind = EventKind.UPLOAD
    if isinstance(entry, JobReportRecorded):
        kind, count = EventKind.ALMA_REPORT, len(entry.refused)
    return TimelineEvent(entry.at, kind, desk, count=count, workstation=entry.workstation)


def _concerns(entry: Any, record: OutageRecord, since: datetime, until: datetime) -> bool:
    outage = record.declared.id
    match entry:
        case OutageDeclared():
            return entry.id == outage
        case OutageNews() | OutageNote() | OutageEnded():
            return entry.outage == outage
        case MaintenancePlanned():
            return entry.start < until and entry.end > since
        case _:
            return since <= entry.at < until


def _observation(entry: object, rules: ScanRules) -> TimelineEvent | None:
    """Return the event of what staff or a status page said about the targets."""
    match entry:
        case AnswerGiven():
            return _at_workstation(entry, EventKind.ANSWER, entry.step, word=entry.answer)
        case PageStatusReadByStaff():
            return _at_workstation(entry, EventKind.OFFICIAL, entry.target, word=entry.word)
        case PageStatusChanged():
            text = redact_identifiers(entry.summary, rules)
            return TimelineEvent(
                entry.at, EventKind.OFFICIAL, entry.target, word=entry.word, text=text
            )
        case StaffReport():
            word, text = "works" if entry.works else "fails", redact_identifiers(entry.about, rules)
            return _at_workstation(entry, EventKind.REPORT, word=word, text=text)
        case _:
            return None


def _outage_event(entry: object, rules: ScanRules) -> TimelineEvent | None:
    """Return the event of what was declared, announced or planned."""
    match entry:
        case OutageDeclared():
            word, text = "lending" if entry.lending else "", redact_identifiers(entry.title, rules)
            return _at_workstation(entry, EventKind.DECLARED, word=word, text=text)
        case OutageNews():
            word = {True: "lending", False: "no_lending", None: ""}[entry.lending]
            text, until = redact_identifiers(entry.message, rules), entry.next_news
            return _at_workstation(entry, EventKind.NEWS, word=word, text=text, until=until)
        case OutageNote():
            kind = EventKind.NOTE if entry.contact is None else EventKind.CONTACT
            text = redact_identifiers(entry.text, rules)
            return _at_workstation(entry, kind, entry.contact or "", text=text)
        case OutageEnded():
            return _at_workstation(entry, EventKind.ENDED, until=entry.ended)
        case MaintenancePlanned():
            text, until = redact_identifiers(entry.title, rules), entry.end
            return TimelineEvent(
                entry.start, EventKind.WINDOW, entry.target, text=text, until=until
            )
        case _:
            return None


def _at_workstation(entry: Any, kind: EventKind, key: str = "", **values: Any) -> TimelineEvent:
    return TimelineEvent(entry.at, kind, key, workstation=entry.workstation, **values)

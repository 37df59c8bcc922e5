"""The folds: states computed from the journal's entries, and shared by all pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.transactions import Export
from procedure.diagnosis.staff_reports import KINDS as REPORT_KINDS, StaffReports
from procedure.errors import JournalUnwritable
from procedure.journal import Journal, Recorded
from procedure.outages.announcements import AnnouncementLog
from procedure.outages.due_alerts import AlertLog
from procedure.outages.outage_entries import OutageLog
from procedure.outages.public_entries import PublicLog
from procedure.personal_data.access_entries import IdentifiersPurged
from procedure.readiness.workstation_check import WorkstationChecks
from procedure.reconciliation.checklist import POINTS, Checklist
from procedure.reconciliation.journal_entries import JobReportRecorded
from procedure.reconciliation.reconciliation_log import KINDS, ReconciliationLog
from procedure.status_pages.reading_validity import LastPageStatus

if TYPE_CHECKING:
    from procedure.io.database.pending_loan_notes import SqlNotes

# The number of entries to process at a time; a batch takes a few milliseconds.
PORTION = 200


class JournalFolds:
    """The folds over the journal, as of the last `update`.

    - `position`: the position up to which the journal has been read.
    - `reconciliation`: the loans, with their states in Alma.
    - `loan_log`: the part of `reconciliation` against which new scans are checked.
    - `report_count`: incremented when staff reports, readings entered by staff, or planned work
      change.
    - `unread`: the error if the last attempt to read the journal failed, or None.
    """

    def __init__(
        self,
        journal: Journal,
        notes: SqlNotes,
        *,
        reading_holds: timedelta,
        points: tuple[str, ...] = POINTS,
    ) -> None:
        self.reconciliation = ReconciliationLog()
        self.staff_reports = StaffReports(holds=reading_holds)
        self.outages = OutageLog()
        self.checklist = Checklist(points=points)
        self.last_page_status = LastPageStatus()
        self.announcements = AnnouncementLog()
        self.alerts = AlertLog()
        self.public = PublicLog()
        self.workstation_checks = WorkstationChecks()
        self._folds = (
            self.outages,
            self.checklist,
            self.last_page_status,
            self.announcements,
            self.alerts,
            self.public,
            self.workstation_checks,
        )
        self.position = self.report_count = 0
        self.unread: JournalUnwritable | None = None
        self._purges = self._purges_forgotten = 0
        self._journal, self._notes = journal, notes
        self._settled: set[UUID] = set()
        self._notes_to_delete: set[UUID] = set()

    @property
    def loan_log(self) -> CirculationLog:
        return self.reconciliation.log

    def update(self) -> int:
        """Process newly committed entries, and return the position.

        If the journal cannot be read, set `unread` and leave the folds unchanged.
        """
        try:
            self._fold(self._journal.since(self.position))
            self.unread = None
        except JournalUnwritable as fault:
            self.unread = fault
        return self.position

    async def catch_up(self) -> None:
        """Do the same as `update`, but in batches, so as not to delay scans."""
        try:
            newest = self._journal.position()
            while newest > self.position:
                since, until = self.position, min(newest, self.position + PORTION)
                for portion in portions(
                    await asyncio.to_thread(self._journal.since, since, until=until)
                ):
                    # `update` may have processed some of these entries in the meantime.
                    self._fold([record for record in portion if record.position > self.position])
                    await asyncio.sleep(0)
                self.position = max(self.position, until)  # a gap in positions may exceed a batch
            self.unread = None
        except JournalUnwritable as fault:
            self.unread = fault

    async def forget_purged(self) -> None:
        """After a purge, read the loans again, without the identifiers that were deleted.

        This works in batches, so as not to delay scans.

        Raises:
            JournalUnwritable: the journal cannot be read; the loans are unchanged.
        """
        if self._purges == self._purges_forgotten:
            return
        purges, log, read = self._purges, ReconciliationLog(), 0
        while read < self.position:
            until = min(read + PORTION, self.position)
            since = partial(self._journal.since, read, kinds=KINDS, until=until)
            for portion in portions(await asyncio.to_thread(since)):
                log.extend(portion)
                await asyncio.sleep(0)
            read = until
        self.reconciliation, self._purges_forgotten = log, purges

    def _fold(self, entries: Sequence[Recorded]) -> None:
        if not entries:
            return
        self._purges += sum(isinstance(record.entry, IdentifiersPurged) for record in entries)
        if not self.position:  # the entries already reflect earlier purges
            self._purges_forgotten = self._purges
        self.reconciliation.extend(entries)
        # A page's exports extend the log too, so compare with the loans settled at the last update.
        settled = self.loan_log.settled_pending
        self._delete_notes(settled - self._settled)
        self._settled = settled
        kinds = {record.entry.KIND for record in entries}
        if not kinds.isdisjoint(REPORT_KINDS):
            self.report_count += self.staff_reports.extend(entries)
        for fold in self._folds:
            if not kinds.isdisjoint(fold.KINDS):
                fold.extend(entries)
        self.position = entries[-1].position

    def _delete_notes(self, settled: set[UUID]) -> None:
        """Delete the notes of loans that are no longer pending; retry later if this fails."""
        deleted = self._notes_to_delete = self._notes_to_delete | settled
        if not deleted:
            return

        def check(done: Future[None]) -> None:
            if done.exception() is None:
                self._notes_to_delete = self._notes_to_delete - deleted

        # In a notebook, the database is read-only.
        with suppress(JournalUnwritable):
            self._notes.forget(deleted).add_done_callback(check)


def portions(entries: Iterable[Recorded]) -> Iterator[list[Recorded]]:
    """Split the entries after each export or job report: processing one of these takes 25 ms."""
    portion = list[Recorded]()
    for record in entries:
        portion.append(record)
        if isinstance(record.entry, Export | JobReportRecorded):
            yield portion
            portion = []
    if portion:
        yield portion

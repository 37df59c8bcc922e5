"""Alma's reports as they are pasted or dropped: read, held against their file, then taken in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

import param

from dashboard.core.rights import Permission
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from procedure.circulation.transactions import Export
from procedure.reconciliation.entries import JobReportRecorded
from procedure.reconciliation.job_report import (
    JobReport,
    MatchedReport,
    match_report,
    read_job_report,
)


@dataclass(frozen=True, slots=True)
class PendingReport:
    """A report that was read and not taken in: `export` is the file it seems to be of."""

    text: str
    read: JobReport
    export: Export | None = None
    placed: MatchedReport | None = None

    @property
    def whole(self) -> bool:
        """Whether its counts add up to the rows of its file."""
        return self.placed is not None and not self.placed.missing


class JobReports(param.Parameterized):
    """The reports that lie here; nothing is recorded before a person takes them in."""

    way: ReconciliationProgress = param.Parameter(constant=True)
    drafts: tuple[PendingReport, ...] = param.Parameter(default=())
    taken = param.Integer(default=0, doc="Reports taken in since the page was opened.")

    def read(self, texts: Sequence[str]) -> None:
        """Read reports, and find the file that each of them is of."""
        self.way.session.person.require(Permission.COORDINATE)
        self.way.context.way.extend()
        found: list[PendingReport] = []
        for text in texts:
            if text.strip():
                meant = {one.export.id for one in found if one.export is not None}
                found.append(self._draft(text, meant))
        self.drafts = tuple(found)

    def assign(self, number: int, export: UUID | None) -> None:
        """Say which file a report is of."""
        if 0 <= number < len(self.drafts):
            sent = self._files().get(export) if export else None
            mended = self._held(self.drafts[number], sent)
            drafts = list(self.drafts)
            drafts[number] = mended
            self.drafts = tuple(drafts)

    def take(self) -> int:
        """Take in every report whose file is known; return how many.

        Raises:
            JournalUnwritable, NotAllowed: none was taken.
        """
        way = self.way
        way.session.person.require(Permission.COORDINATE)
        entries = [self._entry(one) for one in self.drafts if one.export and one.placed]
        if entries:
            way.context.journal.append(*entries)
        left = tuple(one for one in self.drafts if one.export is None)
        self.param.update(drafts=left, taken=self.taken + len(entries))
        way.update()
        return len(entries)

    def drop(self) -> None:
        """Put the reports away unread."""
        self.drafts = ()

    @property
    def awaited(self) -> list[Export]:
        """The files of which no report was taken in, in their order."""
        reports = self.way.context.way.found.uploads.reports
        return [one for one in self._files().values() if one.id not in reports]

    def _files(self) -> dict[UUID | None, Export]:
        return {one.id: one for one in self.way.context.way.found.log.exports}

    def _draft(self, text: str, meant: set[UUID]) -> PendingReport:
        draft = PendingReport(text, read_job_report(text))
        by_name = [one for one in self._files().values() if one.name in text]
        if len(by_name) == 1:
            return self._held(draft, by_name[0])
        held = [self._held(draft, one) for one in self.awaited if one.id not in meant]
        # Reports without failures are alike: they are taken to come in the order of the files.
        if whole := [one for one in held if one.whole]:
            return whole[0]
        return held[0] if len(held) == 1 else draft

    def _held(self, draft: PendingReport, export: Export | None) -> PendingReport:
        if export is None:
            return PendingReport(draft.text, draft.read)
        found = self.way.context.way.found
        return PendingReport(
            draft.text, draft.read, export, match_report(draft.read, found.as_sent(export))
        )

    def _entry(self, one: PendingReport) -> JobReportRecorded:
        assert one.export is not None
        assert one.placed is not None
        # The same report taken twice is the same entry.
        return JobReportRecorded(
            *(uuid5(one.export.id, one.text), self.way.context.now(), one.export.id),
            *(one.placed.refused, one.read.succeeded, one.read.failed, one.placed.unplaced),
            self.way.session.workstation,
            self.way.person or None,
            one.placed.returns,
        )

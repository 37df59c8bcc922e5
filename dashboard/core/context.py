"""What all pages of one process share: the papers, the journal, the history, the watch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid4

from dashboard.core.alma_client import AlmaClient, NoAlma
from dashboard.core.probe_watch import (
    NeighbourWatch,
    NoNeighbours,
    NoPages,
    PageWatch,
    ProbeWatch,
)
from dashboard.reconciliation.alma_job import AlmaJobRunner
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.settings import Settings
from procedure.circulation.log import CirculationLog
from procedure.circulation.pending_loans import MemoryNotes, Notes
from procedure.diagnosis.persistence import ConditionSince
from procedure.diagnosis.staff_reports import StaffReports
from procedure.errors import JournalDamaged, JournalUnwritable
from procedure.handbook.model import Handbook
from procedure.journal import Journal
from procedure.monitoring.history import History
from procedure.monitoring.model import Outcome, Vantage
from procedure.monitoring.recent import RecentStates
from procedure.monitoring.site_history import SiteHistory
from procedure.outages.announcements import AnnouncementLog
from procedure.outages.ninety_days import NinetyDays
from procedure.outages.record import OutageLog
from procedure.reconciliation.checklist import Checklist
from procedure.reconciliation.forecast import AlmaSnapshot
from procedure.reconciliation.records import LoanRecords
from procedure.status_pages.readings import LastPageStatus


@dataclass(slots=True)
class AppContext:
    """The shared things, and one fold of the loans and of what people said for every page.

    `now` gives the aware UTC instant: nothing in the state asks a clock by itself. `new_id` makes
    the ids of what is made here. `vantages` are
    the workstations that looked by themselves, `sightings` the newest outcome of each of them by
    (target, vantage); `sighted` grows with every round of theirs. `condition` is since when the
    diagnosis, which is the same for every page, has told of trouble or of none. `notes` are those
    of the loans that wait; the journal never sees them. `ninety_days` is the newest reading of the
    last ninety days; `ninety_days_failed` tells that a newer one failed. `storage` tells why
    nothing can be recorded just now, None while all is well; `unread` why the journal could not be
    read the last time, so that the folds may lag behind it.
    """

    settings: Settings
    handbook: Handbook
    journal: Journal
    history: History
    watch: ProbeWatch
    now: Callable[[], datetime]
    feeds: PageWatch = field(default_factory=NoPages)
    alma: AlmaClient = field(default_factory=NoAlma)
    work: AlmaJobRunner = field(init=False)
    way: ReconciliationLedger = field(init=False)
    checklist: Checklist = field(default_factory=Checklist)
    neighbours: NeighbourWatch = field(default_factory=NoNeighbours)
    new_id: Callable[[], UUID] = uuid4
    recent_states: RecentStates = field(init=False)
    notes: Notes = field(default_factory=MemoryNotes)
    loan_log: CirculationLog = field(default_factory=CirculationLog)
    staff_reports: StaffReports = field(init=False)
    outages: OutageLog = field(default_factory=OutageLog)
    last_page_status: LastPageStatus = field(default_factory=LastPageStatus)
    announcement_log: AnnouncementLog = field(default_factory=AnnouncementLog)
    condition: ConditionSince | None = None
    vantages: dict[str, Vantage] = field(default_factory=dict)
    sightings: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    site_hour: SiteHistory = field(default_factory=SiteHistory)
    ninety_days: NinetyDays | None = None
    ninety_days_failed: bool = False
    sighted: int = 0
    report_count: int = 0
    folded: int = 0
    settled: set[UUID] = field(default_factory=set)
    unforgotten: set[UUID] = field(default_factory=set)
    storage: Callable[[], JournalUnwritable | None] = lambda: None
    unread: JournalUnwritable | None = None

    def __post_init__(self) -> None:
        self.staff_reports = StaffReports(holds=self.settings.reading_holds)
        self.recent_states = RecentStates(
            {key: one.interval for key, one in self.handbook.targets.items()}
        )
        self.work = AlmaJobRunner(self.now)
        self.way = ReconciliationLedger(self.journal, self.facts, self.now)

    def facts(self, found: LoanRecords) -> AlmaSnapshot:
        """Give what Alma's report is foretold from, if the files went there now."""
        desks = self.handbook.desks.items()
        return AlmaSnapshot(
            *(found.items, found.users, self.now()),
            libraries={code: desk.libraries for code, desk in desks},
            terms=self.settings.short_loans,
            layout=self.settings.offline_layout,
        )

    def refold(self) -> int:
        """Take into the folds what was committed since the last time; return the position.

        A journal that cannot be read leaves them as they are, and `unread` set: pages go on.
        """
        try:
            newer = self.journal.since(self.folded)
        except JournalUnwritable as fault:
            self.unread = fault
            return self.folded
        self.unread = None
        if newer:
            self.loan_log.extend(newer)
            # An export extends the log too: what was settled then is compared with here.
            settled = self.loan_log.settled_pending
            self._forget(settled - self.settled)
            self.settled = settled
            self.report_count += self.staff_reports.extend(newer)
            self.outages.extend(newer)
            self.checklist.extend(newer)
            self.last_page_status.extend(newer)
            self.announcement_log.extend(newer)
            self.folded = newer[-1].position
        return self.folded

    @property
    def unwritable(self) -> str:
        """Why nothing can be recorded until a person sees to it: `gone`, `damaged`, or ""."""
        fault = self.storage()
        if fault is None:
            return ""
        return "damaged" if isinstance(fault, JournalDamaged) else "gone"

    def _forget(self, settled: set[UUID]) -> None:
        """Delete the notes of what waits no more; a disk that is full is asked again later."""
        gone = self.unforgotten = self.unforgotten | settled
        if not gone:
            return

        def check(done: Future[None]) -> None:
            if done.exception() is None:
                self.unforgotten = self.unforgotten - gone

        self.notes.forget(gone).add_done_callback(check)

    def record_page_statuses(self) -> None:
        """Record where a page's feed says another word than before, for the dossiers."""
        self.refold()
        changed = self.last_page_status.changes(self.feeds.latest, self.now(), self.new_id)
        if changed:
            self.journal.append(*changed)

    def sight(self, vantage: Vantage, outcomes: Iterable[Outcome]) -> None:
        """Take a round of a workstation's own looks; one that comes late undoes no newer one."""
        seen = list(outcomes)
        self.vantages[vantage.key] = vantage
        for one in seen:
            kept = self.sightings.get((one.target, one.vantage))
            if kept is None or kept.at <= one.at:
                self.sightings[one.target, one.vantage] = one
        self.sighted += 1
        self.site_hour.take(vantage, seen)
        # A history that takes nothing just now says so itself; these looks count all the same.
        with suppress(JournalUnwritable):
            self.history.record(seen)

    def rename(self, before: str, vantage: Vantage) -> None:
        """Let a workstation go by another name; what it saw goes with it."""
        if self.vantages.pop(before, None) is None:
            return
        self.vantages[vantage.key] = vantage
        self.sightings = {
            (target, vantage.key if key == before else key): (
                replace(one, vantage=vantage.key) if key == before else one
            )
            for (target, key), one in self.sightings.items()
        }
        self.sighted += 1

    def leave(self, key: str) -> None:
        """Let go of a workstation whose last page was closed: it is absent, not failing."""
        if self.vantages.pop(key, None) is not None:
            self.sightings = {seen: one for seen, one in self.sightings.items() if seen[1] != key}
            self.sighted += 1

    def forget(self, before: datetime) -> None:
        """Let go of workstations that have told nothing since: a closed page is absent."""
        newest: dict[str, datetime] = {}
        for (_, vantage), one in self.sightings.items():
            newest[vantage] = max(one.at, newest.get(vantage, one.at))
        gone = {key for key in self.vantages if newest.get(key, before) <= before}
        self.vantages = {key: one for key, one in self.vantages.items() if key not in gone}
        self.sightings = {key: one for key, one in self.sightings.items() if key[1] not in gone}

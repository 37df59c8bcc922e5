"""A running drill."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from dashboard.core.change_counters import ChangeCounters
from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.visitor import Visitor
from dashboard.drill.drill_step import DrillStep
from dashboard.drill.drill_upload import DrillUpload
from dashboard.guide.guide import Guide
from dashboard.guide.suggested_path import QUIET, SuggestedPath
from dashboard.loans.transactions.intake import TransactionIntake
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.grid import ProbeGrid
from dashboard.outage.outage import OutageState
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.translations import offered_language
from procedure.circulation.transactions import Export
from procedure.diagnosis.staff_reports import StaffReport
from procedure.errors import OutageRefused
from procedure.io.alma.service import AlmaService
from procedure.reconciliation.corrections import resolve_loan
from procedure.reconciliation.offline_file_export import export_desk, to_write
from procedure.reconciliation.reconciled_loan import SETTLED, Stage
from procedure.reconciliation.reconciliation_log import KINDS, ReconciliationLog
from procedure.reconciliation.stage_counts import StageCounts
from procedure.simulation.alma.server import FakeAlma
from procedure.simulation.drill_queue import DrillReport, QueuedPatron, drill_report, lent_items
from procedure.simulation.koha import FakeKoha
from procedure.simulation.scenario_present import ScenarioPresent

CALM = 60.0  # seconds of quiet, at speed 1, before the scenario's trouble begins
ROUND_EVERY = 10.0  # maximum seconds between rounds of the simulated workstations


@dataclass
class Drill:
    """A running drill, which uses the context of its own server.

    `remember` stores the time at which the drill was completed, for the readiness check.
    """

    context: AppContext
    ledger: ReconciliationLedger
    present: ScenarioPresent
    alma: FakeAlma
    queue: tuple[QueuedPatron, ...]
    desk: str
    remember: Callable[[datetime], None]
    ended: datetime | None = None
    koha: FakeKoha = field(init=False)
    # The name of the outage and, in demonstrated steps, of the workstation and the person.
    name: str = field(init=False)
    _counts: StageCounts = field(default_factory=StageCounts)
    left: int = field(default=0, init=False)  # loans not yet verified, as of the last `look`
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _showing: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.koha = FakeKoha(self.alma.world)
        self.name = offered_language(self.context.settings.language).say("Exercice")

    @property
    def counts(self) -> StageCounts:
        """The number of loans at each stage, as of the last `look`."""
        return self._counts

    @property
    def lent(self) -> frozenset[str]:
        """The items in the queue that were lent to the right patron."""
        return lent_items(self.queue, self.context.store.journal.since(kinds=KINDS))

    @property
    def is_showing(self) -> bool:
        """Whether the remaining steps are being demonstrated."""
        return self._showing is not None and not self._showing.done()

    def begin(self) -> None:
        """Let the outage begin after a short calm, unless it has already begun."""
        self.present.begin(self.context.clock.now() + timedelta(seconds=CALM / self.present.speed))

    def report(self) -> DrillReport:
        return drill_report(
            self.queue,
            self.context.store.journal.since(),
            began=self.present.begun or self.context.clock.now(),
            returned=self.present.ended,
        )

    async def look(self) -> DrillStep:
        """Return the current step; when `OVER` is first reached, store the time."""
        overview = await self.ledger.up_to_date()
        self._counts = StageCounts() if overview is None else overview.counts
        unproved = () if overview is None else overview.rows_to_prove()
        # A loan that Alma's report counts as done must still be looked up in Alma.
        self.left = self._counts.left + sum(row.stage is Stage.IN_ALMA for row in unproved)
        step = self._step(self.report())
        if step is DrillStep.OVER and self.ended is None:
            self.ended = self.context.clock.now()
            self.remember(self.ended)
        return step

    def _step(self, report: DrillReport) -> DrillStep:
        if self.context.clock.now() < report.began or not self._is_seen(report):
            return DrillStep.TROUBLE
        if report.declared is None:
            return DrillStep.DECLARE
        if report.lent < report.queued:
            return DrillStep.LEND
        if report.returned is None:
            return DrillStep.RETURN
        if self.ended is None and self._is_to_transfer():
            return DrillStep.TRANSFER
        return DrillStep.VERIFY if self.left else DrillStep.OVER

    def _is_to_transfer(self) -> bool:
        if not self.context.handbook.library_system.has_file:
            return False
        return bool(self._awaited() or to_write(self._log().log))

    def _is_seen(self, report: DrillReport) -> bool:
        """Return whether the diagnosis shows the trouble, or the drill has moved on."""
        if report.declared is not None or report.returned is not None:
            return True
        return self._colleague()[1].result.fault not in QUIET

    async def act(self, step: DrillStep) -> None:
        """Perform a step, through the same functions as the pages and commands."""
        acts: Mapping[DrillStep, Callable[[], Awaitable[None]]] = {
            DrillStep.DECLARE: self._declare,
            DrillStep.LEND: self._lend,
            DrillStep.RETURN: self._return,
            DrillStep.TRANSFER: self._transfer,
            DrillStep.VERIFY: self._verify,
        }
        if step in acts:
            await acts[step]()
            self.context.folds.update()

    def show(self, pause: float) -> None:
        """Start performing all remaining steps, pausing for `pause` seconds after each.

        Do nothing if the steps are already being performed.
        """
        if not self.is_showing:
            self._showing = asyncio.get_running_loop().create_task(self._show(pause))

    async def _show(self, pause: float) -> None:
        while (step := await self.look()) is not DrillStep.OVER:
            await self.act(step)
            await asyncio.sleep(pause)

    def _colleague(self) -> tuple[SuggestedPath, DiagnosisState, OutageState]:
        """Return the suggested path, diagnosis and outage that a colleague's page would show."""
        context, session = (
            self.context,
            Session(workstation=self.name, desk=self.desk, signer=self.name),
        )
        grid = ProbeGrid(context=context, updates=ChangeCounters(context=context))
        diagnosis = DiagnosisState(context=context, session=session, grid=grid)
        guide = Guide(context=context, session=session, grid=grid)
        outage = OutageState(
            context=context,
            session=session,
            diagnosis=diagnosis,
            loans_left=self.ledger,
        )
        return SuggestedPath(guide=guide, diagnosis=diagnosis), diagnosis, outage

    async def _declare(self) -> None:
        """Read the status pages, confirm the suggested answers, and declare the outage."""
        path, diagnosis, outage = self._colleague()
        for page in diagnosis.pages:
            diagnosis.read(page, self.present.page_status(page))
        path.confirm(path.proposal)
        with suppress(OutageRefused):  # somebody else declared it first
            outage.declare(self.name)

    async def _lend(self) -> None:
        """Lend to the next patron in the queue."""
        lent = self.lent
        queued = next(
            (borrower for borrower in self.queue if not lent.issuperset(borrower.items)), None
        )
        if queued is not None:
            messages = [
                self._loan(queued.patron, item) for item in queued.items if item not in lent
            ]
            person = Visitor(workstation=self.name)
            await asyncio.wrap_future(TransactionIntake(self.context).take(messages, person))

    def _loan(self, patron: str, item: str) -> dict[str, object]:
        at = self.context.clock.now().isoformat()
        return {
            "kind": "loan",
            "id": str(self.context.clock.new_id()),
            "at": at,
            "made_at": at,
            "skew_s": 0,
            "desk": self.desk,
            "patron": patron,
            "item": item,
            "overridden": True,  # the list of accounts wrongly says that a card is blocked
            "workstation": self.name,
            "sequence": next(self._numbers),
        }

    async def _return(self) -> None:
        self.present.end()

    async def _transfer(self) -> None:
        """End the outage, write the files, and upload them."""
        context, log = self.context, self._log()
        with suppress(OutageRefused):  # already ended
            self._colleague()[2].end()
        by = {"workstation": self.name, "operator": self.name}
        for desk in to_write(log.log):
            export_desk(
                context.store.journal,
                log.log,
                desk,
                **{"now": context.clock.now, "new_id": context.clock.new_id, **by},
                file_format=context.handbook.library_system.offline_file,
            )
        upload = DrillUpload(context, self.alma, self.koha, self.name)
        for export in self._awaited():
            upload.upload(export)

    async def _verify(self) -> None:
        """Verify the uploaded loans in Alma; in a system without an API, confirm them by hand."""
        overview = await self.ledger.up_to_date()
        if self.context.handbook.library_system.is_read_by_a_person:
            self._confirm()
        elif overview is not None and isinstance(self.context.alma, AlmaService):
            rows = overview.rows_to_prove()
            await self.context.alma.verify(rows, on_progress=lambda *_: None)

    def _confirm(self) -> None:
        """Settle all loans by hand, as staff would after reading the system's screen."""
        context, log = self.context, self._log()
        left = [row for row in log.rows() if row.state not in SETTLED]
        entries = [
            resolve_loan(
                log,
                row.loan.id,
                self.name,
                entry_id=context.clock.new_id(),
                at=context.clock.now(),
                operator=self.name,
                file_format=context.handbook.library_system.offline_file,
            )
            for row in left
        ]
        context.store.journal.append(*entries)

    def _log(self) -> ReconciliationLog:
        return ReconciliationLog(self.context.store.journal.since(kinds=KINDS))

    def _awaited(self, log: ReconciliationLog | None = None) -> list[Export]:
        """Return the files whose report is awaited.

        If the system has no reports, return the files that have not been uploaded.
        """
        log = log or self._log()
        reports = (
            log.uploaded
            if self.context.handbook.library_system.read_report is None
            else log.reports
        )
        return [
            export for export in log.log.exports if not export.trial and export.id not in reports
        ]

    async def run(self, port: int) -> None:
        """Serve the stand-in for Alma, and keep recording simulated workstations' observations."""
        self.alma.listen(port)
        context, pause = self.context, min(ROUND_EVERY, 60 / self.present.speed)
        while True:
            for vantage, outcomes in self.present.rounds():
                context.watches.workstations.record(vantage, outcomes)
            for new_report in self.present.new_reports():
                report = StaffReport(
                    context.clock.new_id(),
                    context.clock.now(),
                    new_report.vantage,
                    new_report.works,
                )
                context.store.journal.append(report)
            await asyncio.sleep(pause)

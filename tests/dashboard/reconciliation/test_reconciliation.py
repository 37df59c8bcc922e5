"""Every action of a reconciliation, through the page's states, against a stand-in for Alma."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import param
import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.loans.file_import import FileImport
from dashboard.reconciliation.alma_actions import AlmaChecks
from dashboard.reconciliation.cart_returns import CartReturns
from dashboard.reconciliation.job_reports import JobReports
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.reconciliation.offline_files import OfflineFiles
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.reconciliation.rows import RowFilter
from dashboard.settings import Settings
from procedure.circulation.transactions import CirculationDesk
from procedure.errors import TransactionRefused
from procedure.handbook.model import Handbook
from procedure.io.alma.client import Keys, open_alma
from procedure.io.alma.service import AlmaService
from procedure.reconciliation.carts import CartCount
from procedure.reconciliation.checklist import BEFORE, BLOCK_BACK
from procedure.reconciliation.journal_entries import Verification
from procedure.reconciliation.offline_file_export import rewritten
from procedure.reconciliation.overview import ReconciliationOverview
from procedure.reconciliation.reconciled_loan import ReconciliationState
from procedure.reconciliation.stage_counts import StageCounts
from procedure.reconciliation.steps import Mark
from procedure.simulation.alma.request_gate import Misbehaviour
from tests.procedure.io.planted import DESKS, KEYS, Day, day
from tests.support import make
from tests.support.alma import listening
from tests.support.context import make_context
from tests.support.memory import MemoryJournal


@dataclass
class Desk:
    """The states of a coordinator's page on a made-up day."""

    day: Day
    context: AppContext
    progress: ReconciliationProgress = field(init=False)

    def __post_init__(self) -> None:
        ledger = ReconciliationLedger(self.context)
        ledger.at_once = True
        self.progress = ReconciliationProgress(
            ledger=ledger, session=Session(workstation="poste-1")
        )
        self.file_import = FileImport(
            context=self.context,
            session=self.progress.session,
            person=lambda: self.progress.session.acting,
            taken=self.progress.update,
        )
        self.progress.session.name_signer("L. M.")
        self.checks = AlmaChecks(progress=self.progress)
        self.files = OfflineFiles(progress=self.progress)
        self.reports = JobReports(progress=self.progress)
        self.repair = RowRepair(progress=self.progress)

    def take_in(self) -> None:
        self.file_import.look([(f"OffCirc_{desk}.dat", self.day.file(desk)) for desk in DESKS])
        assert [file.desk for file in self.file_import.files] == list(DESKS)
        self.file_import.take()

    def decide(self) -> None:
        """Confirm every doubtful scan."""
        while self.progress.overview is not None and self.progress.overview.to_check:
            self.repair.confirm([self.progress.overview.to_check[0].loan.id])

    def write(self) -> None:
        """Write every file; confirm the loan from the workstation with a clock that was ahead."""
        self.files.write()
        if (asked := self.files.unconfirmed) is not None:
            self.files.write({loan.id for loan in asked.loans})

    def send_all(self) -> None:
        """Import the loans from all desks, confirm doubtful scans, write and upload the files."""
        self.take_in()
        self.decide()
        self.write()
        self.upload()

    def upload(self) -> None:
        """Upload each outstanding file in Alma's interface, and paste its report into Relais."""
        log = self.progress.ledger.reconciled.log
        texts = [
            self.day.stand_in.upload(file.desk, rewritten(log, file), file.name)
            for file in self.reports.awaited
        ]
        self.reports.read(texts)
        assert all(report.is_complete for report in self.reports.pending)
        self.reports.record()

    async def prove(self) -> None:
        assert self.checks.verify()
        await self.progress.ledger.jobs.over()
        self.progress.update()

    async def settle(self, loans: list[UUID]) -> None:
        """Settle the loans; Relais asks Alma again and gets the same answers."""
        self.repair.settle_all(loans, "prêté à la main")
        await self.repair.wait()

    def refused(self, reason: str) -> UUID:
        assert self.progress.overview is not None
        return next(row.loan.id for row in self.progress.overview.to_settle if row.reason == reason)

    def state(self, loan: UUID) -> ReconciliationState:
        row = self.progress.ledger.reconciled.row(loan)
        assert row is not None
        return row.state


@asynccontextmanager
async def opened(handbook: Handbook, *, keys: Keys = KEYS, rows: int = 200) -> AsyncIterator[Desk]:
    """Open a coordinator's page with a stand-in for Alma that listens on a port."""
    there = day(rows, 1)
    desks = {code: CirculationDesk(code, code, "Site", True, ("MAIN",)) for code in DESKS}
    changed = replace(handbook, desks=desks)
    journal = MemoryJournal(there.clock)
    settings = Settings(database_url="sqlite://", short_loans={"1H": timedelta(hours=1)})
    async with listening(there.stand_in) as port:
        line = partial(
            open_alma,
            f"http://127.0.0.1:{port}",
            keys,
            rate=10_000,
            margin=0,
            now=there.clock,
            new_id=uuid4,
            sleep=lambda _: asyncio.sleep(0),
        )
        context = make_context(
            there.clock,
            changed,
            settings=settings,
            journal=journal,
            alma=AlmaService(line, keys, journal),
        )
        yield Desk(there, context)


async def test_reconciliation_ends_with_every_loan_accounted_for(handbook: Handbook) -> None:
    async with opened(handbook) as desk:
        progress = desk.progress
        progress.update()
        assert (progress.step, progress.proposed) == ("import", "import")
        desk.take_in()
        assert [file.taken for file in desk.file_import.files] == [True] * 10
        assert progress.proposed == "check"
        desk.decide()
        assert progress.proposed == "preflight"
        assert desk.checks.preflight()
        await desk.progress.ledger.jobs.over()
        progress.update()
        assert progress.overview is not None
        assert progress.overview.forecast["not_checked"] == 0
        assert progress.proposed == "send"
        for point in BEFORE[:2]:
            progress.tick(point)
        with pytest.raises(TransactionRefused, match="cannot be ticked now"):
            progress.tick(BEFORE[2])  # no file has been written yet
        desk.write()
        for point in BEFORE[2:]:
            progress.tick(point)
        assert (len(progress.overview.files), progress.proposed) == (10, "send")
        desk.upload()
        assert (desk.reports.recorded, desk.reports.awaited, progress.proposed) == (10, [], "proof")
        await desk.prove()
        refused = len(progress.overview.to_settle)
        assert progress.overview.counts == StageCounts(to_settle=refused, in_alma=200 - refused)
        assert refused > 0
        # A desk's carts stay closed while it has refused loans.
        assert progress.overview.left.total() == refused
        # Before a loan is settled, Alma is asked about it, and the answer is recorded.
        position = desk.context.store.journal.position() + refused
        await desk.settle([row.loan.id for row in progress.overview.to_settle])
        assert desk.context.store.journal.position() == position + refused, (
            "each loan has its own record"
        )
        assert (progress.overview.counts.settled_by_hand, progress.overview.to_settle) == (
            refused,
            (),
        )
        with pytest.raises(TransactionRefused, match="Say who"):
            ReconciliationProgress(ledger=desk.progress.ledger, session=Session()).sign()
        desk.progress.tick(BLOCK_BACK)
        assert (progress.proposed, progress.overview.left) == ("sign", Counter())
        progress.sign()
        await progress.ledger.jobs.over()  # Relais asks Alma about the loans settled by hand
        progress.update()
        assert progress.overview.signed is not None
        assert (progress.overview.signed.operator, progress.overview.counts.total) == ("L. M.", 200)
        assert set(progress.marks.values()) == {Mark.DONE}
        for point in (*BEFORE, BLOCK_BACK):  # a signature freezes the checklist
            assert [progress.can_tick(point, done=done) for done in (True, False)] == [False, False]
            assert desk.context.folds.checklist.as_signed().tick(point) is not None
        # The next outage starts with only its own rows and checklist.
        anew = make.loan(uuid4(), "1060000001", "2070000001", at=desk.day.clock.at, desk=DESKS[0])
        desk.context.store.journal.append(anew)
        progress.update()
        assert [row.loan for row in progress.overview.rows] == [anew]
        assert (
            progress.overview.files,
            progress.overview.counts.total,
            progress.overview.signed,
        ) == ((), 1, None)
        assert desk.context.folds.checklist.open_before == BEFORE


async def test_sign_refuses_open_rows(handbook: Handbook) -> None:
    async with opened(handbook) as desk:
        desk.take_in()
        with pytest.raises(TransactionRefused, match="Unsettled rows: 200 of 200"):
            desk.progress.sign()


async def test_file_imported_twice_is_recorded_once_and_needs_a_desk(
    handbook: Handbook,
) -> None:
    async with opened(handbook) as desk:
        dropped = [("OffCirc.dat", desk.day.file(DESKS[0]))]
        rows = len(desk.day.file(DESKS[0]).splitlines())
        desk.file_import.look(dropped)
        assert [(file.needs_desk, file.plan.bad) for file in desk.file_import.files] == [(True, ())]
        desk.file_import.take()
        assert [file.taken for file in desk.file_import.files] == [False]
        for new, known in ((rows, 0), (0, rows)):
            desk.file_import.look(dropped)
            desk.file_import.assign(0, DESKS[0])
            (one,) = desk.file_import.files
            assert (len(one.plan.entries), one.plan.known) == (new, known)
            desk.file_import.take()
        assert len(desk.context.folds.loan_log) == rows


async def test_import_of_a_web_page_is_refused(handbook: Handbook) -> None:
    async with opened(handbook) as desk:
        good = (f"OffCirc_{DESKS[0]}.dat", desk.day.file(DESKS[0]))
        desk.file_import.look([good, ("OffCirc.dat", b"<!DOCTYPE html><title>Login</title>")])
        assert [file.ready for file in desk.file_import.files] == [True, False]
        desk.file_import.take()
        assert [file.taken for file in desk.file_import.files] == [True, False]


async def test_preflight_ends_when_its_answers_are_in_the_overview(handbook: Handbook) -> None:
    async with opened(handbook) as desk:
        desk.take_in()
        ledger = desk.progress.ledger
        ledger.at_once = False  # as on a page, where a thread makes the overview
        assert desk.checks.preflight()
        await ledger.jobs.over()
        shown = ledger.current()
        assert shown is not None
        assert shown.forecast["not_checked"] == 0


async def test_preflight_resumes_without_asking_twice(
    handbook: Handbook,
) -> None:
    async with opened(handbook) as desk:
        desk.take_in()
        asked = desk.day.stand_in.gate.requests
        assert desk.checks.preflight()
        assert not desk.checks.preflight(), "only one job runs at a time"
        while sum(asked.values()) < 40:  # noqa: ASYNC110 - the stand-in has no event for it
            await asyncio.sleep(0.005)
        desk.checks.stop()
        await desk.progress.ledger.jobs.over()
        desk.progress.update()
        assert desk.progress.job is not None
        assert (desk.progress.job.running, desk.progress.job.stopped) == (False, "person")
        before = sum(asked.values())
        known = len(desk.progress.ledger.reconciled.items) + len(
            desk.progress.ledger.reconciled.patrons
        )
        assert 0 < known < 200
        assert desk.checks.preflight()
        await desk.progress.ledger.jobs.over()
        desk.progress.update()
        assert desk.progress.job.stopped == ""
        total = len(desk.progress.ledger.reconciled.items) + len(
            desk.progress.ledger.reconciled.patrons
        )
        again = AlmaChecks(progress=desk.progress)
        assert desk.progress.job.total == total - known
        after = sum(asked.values())
        assert after > before
        # All answers are fresh now, so a third run makes no requests.
        again.preflight()
        await desk.progress.ledger.jobs.over()
        assert sum(asked.values()) == after


async def test_verify_by_list_without_a_key(
    handbook: Handbook,
) -> None:
    async with opened(handbook, keys=Keys()) as desk:
        desk.take_in()
        desk.decide()
        assert desk.progress.proposed == "send", "nothing can be asked without a key"
        desk.write()
        desk.checks.verify_by_list(b"Barcode,User\nnone,none\n")
        assert (desk.progress.overview.sent, desk.progress.overview.counts.to_settle) == (0, 0), (
            "nothing is uploaded yet"
        )
        desk.upload()
        position = desk.context.store.journal.position()
        desk.checks.verify_by_list(b"item,user\n")
        assert (desk.checks.listed, desk.context.store.journal.position()) == (0, position)
        lent = [loan for loan in desk.day.stand_in.world.loans.values() if not loan.returned]
        table = "".join(f"{loan.item},{loan.user[:10]}\n" for loan in lent)
        desk.checks.verify_by_list(f"Barcode,User\n{table}".encode())
        assert desk.checks.listed == len(lent)
        assert desk.progress.overview.counts.in_alma > 150
        assert sum(desk.day.stand_in.gate.requests.values()) == 0


async def test_report_is_matched_to_its_file_and_checked_for_gaps(handbook: Handbook) -> None:
    async with opened(handbook) as desk:
        desk.take_in()
        desk.write()
        first, second = desk.reports.awaited[:2]
        log = desk.progress.ledger.reconciled.log
        texts = [
            desk.day.stand_in.upload(file.desk, rewritten(log, file)) for file in (first, second)
        ]
        desk.reports.read(texts)
        assert [report.export for report in desk.reports.pending if report.is_complete] == [
            report.export for report in desk.reports.pending
        ]
        desk.reports.discard()
        desk.reports.read(["nothing that Alma would say"])
        (lost,) = desk.reports.pending
        assert (lost.export, desk.reports.record()) == (None, 0)
        desk.reports.read(["Succeeded: 1\nFailed: 0\n"])
        desk.reports.assign(0, first.id)
        (wrong,) = desk.reports.pending
        assert (wrong.export, wrong.is_complete) == (first, False)


async def test_verification_requested_as_another_ends_still_runs(
    handbook: Handbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(handbook) as desk:
        desk.send_all()
        ledger, begun = desk.progress.ledger, list[bool]()
        wait, read = ledger.up_to_date, ledger.current

        async def up_to_date() -> ReconciliationOverview | None:
            newest = await wait()
            if not begun:
                monkeypatch.setattr(ledger, "current", current)
            return newest

        def current() -> ReconciliationOverview | None:
            """Request a second job, which must be refused; restore the method and return None."""
            monkeypatch.setattr(ledger, "current", read)
            begun.append(desk.checks.verify())
            return None

        monkeypatch.setattr(ledger, "up_to_date", up_to_date)
        await desk.prove()
        newest = read()
        assert begun == [False]
        assert newest is not None
        rows = newest.rows_to_prove(again=True)
        assert len(rows) > 100
        assert [row for row in rows if row.history.verification is None] == []


async def test_settling_asks_alma_first(handbook: Handbook) -> None:
    async with opened(handbook) as desk:
        desk.send_all()
        await desk.prove()
        assert desk.progress.overview is not None
        refused = [row.loan for row in desk.progress.overview.to_settle if row.reason == "blocked"]
        done, left = refused[:2]
        world, due = desk.day.stand_in.world, desk.day.clock.at + timedelta(days=28)
        user, at = world.users[done.patron], desk.day.clock.at
        world.add_loan(user, world.items[done.item], world.desks[done.desk], at, due)
        desk.repair.settle_all([done.id, left.id], "prêté à la main dans Alma")
        await desk.repair.wait()
        assert desk.repair.outcome == "settled"
        assert [desk.state(loan.id).value for loan in (done, left)] == ["confirmed", "resolved"]


async def test_settling_stops_at_an_unread_answer(handbook: Handbook) -> None:
    async with opened(handbook) as desk:
        desk.send_all()
        loan = desk.refused("blocked")
        states = []
        for _ in range(2):
            desk.repair.settle_all([loan], "prêté à la main dans Alma")
            await desk.repair.wait()
            states.append((desk.repair.outcome, desk.state(loan).value))
        assert states == [("asked_first", "refused"), ("settled", "resolved")]


async def test_almas_answer_about_a_row_is_shown_with_the_outcome(handbook: Handbook) -> None:
    async with opened(handbook) as desk:
        desk.send_all()
        loan = desk.refused("blocked")
        desk.progress.ledger.at_once = False  # a thread makes the overviews, as on a server
        shown: list[tuple[str, list[Verification]]] = []

        def look(event: param.parameterized.Event) -> None:
            rows = desk.progress.overview.to_settle if desk.progress.overview else ()
            seen = [row.history.verification for row in rows if row.loan.id == loan]
            shown.append(
                (event.new, [verification[1].found for verification in seen if verification])
            )

        desk.repair.param.watch(look, "outcome")
        desk.repair.settle_all([loan], "prêté à la main dans Alma")
        await desk.repair.wait()
        assert shown == [("", []), ("asked_first", [Verification.MISSING])]


async def test_settling_again_while_alma_is_asked_settles_nothing(handbook: Handbook) -> None:
    async with opened(handbook) as desk:
        desk.send_all()
        loan, other = desk.refused("blocked"), desk.refused("later_action")
        desk.repair.settle_all([loan], "prêté à la main dans Alma")
        desk.repair.settle_all([loan], "prêté à la main dans Alma")  # a double click
        assert desk.state(loan) is ReconciliationState.REFUSED
        with pytest.raises(TransactionRefused, match="Relais is still asking Alma"):
            desk.repair.settle_all([other], "rendu entre-temps")
        await desk.repair.wait()
        assert (desk.repair.outcome, desk.state(loan).value) == ("asked_first", "refused")


async def test_settling_proceeds_if_alma_does_not_answer(handbook: Handbook) -> None:
    async with opened(handbook) as desk:
        desk.send_all()
        loan = desk.refused("later_action")
        desk.day.stand_in.gate.faults = [Misbehaviour("drop", "GET")] * 20
        desk.repair.settle_all([loan], "rendu entre-temps")
        await desk.repair.wait()
        assert desk.repair.outcome in {"asked_in_vain", "alma_silent"}
        assert desk.state(loan) is ReconciliationState.REFUSED
        desk.repair.settle_all([loan], "rendu entre-temps")
        assert desk.state(loan) is ReconciliationState.SETTLED_BY_HAND


async def test_undo_voids_scans_to_be_repeated(handbook: Handbook) -> None:
    async with opened(handbook) as desk:
        loan = make.loan(
            uuid4(), "1060000001", "2071234", at=desk.day.clock.at, desk=DESKS[0], warning="partial"
        )
        desk.context.store.journal.append(loan)
        desk.progress.update()
        desk.repair.undo([loan.id], "à scanner de nouveau")
        assert (desk.state(loan.id), desk.repair.outcome) == (ReconciliationState.VOID, "undone")


async def test_verification_before_the_upload_refuses_nothing_permanently(
    handbook: Handbook,
) -> None:
    async with opened(handbook, rows=60) as desk:
        desk.take_in()
        desk.decide()
        desk.write()
        for export in desk.reports.awaited:
            desk.files.mark_uploaded(export.id)
        await desk.prove()
        assert desk.progress.overview is not None
        early = [row.loan.id for row in desk.progress.overview.to_settle if row.reason == "missing"]
        desk.upload()
        refused = [row.loan.id for row in desk.progress.overview.to_settle]
        assert len(refused) < len(early) / 2
        assert all(
            desk.state(loan) is ReconciliationState.CONFIRMED
            for loan in early
            if loan not in refused
        )
        desk.files.write_again(only=refused)
        written = {loan for export in desk.files.written for loan in export.loans}
        assert written <= set(refused)


async def test_report_of_another_file_is_not_recorded(handbook: Handbook) -> None:
    async with opened(handbook) as desk:
        desk.take_in()
        desk.write()
        own, other = desk.reports.awaited[:2]
        log = desk.progress.ledger.reconciled.log
        text = desk.day.stand_in.upload(own.desk, rewritten(log, own), own.name)
        desk.reports.read([text])
        desk.reports.assign(0, other.id)
        assert (desk.reports.record(), len(desk.reports.pending)) == (0, 1)
        assert desk.reports.awaited[:2] == [own, other]
        desk.reports.assign(0, own.id)
        assert (desk.reports.record(), desk.reports.pending) == (1, ())


async def test_tick_and_settle_need_a_name(handbook: Handbook) -> None:
    async with opened(handbook) as desk:
        desk.take_in()
        desk.progress.session.name_signer("  ")
        for act in (
            lambda: desk.progress.tick(BEFORE[0]),
            lambda: desk.repair.confirm([row.loan.id for row in desk.progress.overview.to_check]),
        ):
            with pytest.raises(TransactionRefused, match="a name or initials"):
                act()
        desk.progress.session.name_signer(" L.  M. ")
        desk.progress.tick(BEFORE[0])
        desk.progress.tick(BEFORE[1])
        assert [tick.operator for tick in desk.progress.ticks] == ["L. M."] * 2
        desk.progress.tick(BEFORE[1], done=False)
        desk.progress.tick("no such point")
        assert desk.context.folds.checklist.open_before == BEFORE[1:]


async def test_corrected_row_is_exported_again(handbook: Handbook) -> None:
    async with opened(handbook) as desk:
        desk.take_in()
        desk.decide()
        desk.checks.preflight()
        await desk.progress.ledger.jobs.over()
        desk.write()
        desk.upload()
        await desk.prove()
        overview = desk.progress.overview
        assert overview is not None
        suggested = next(
            row for row in overview.to_settle if overview.predicted[row.loan.id].suggested
        )
        desk.repair.open(suggested.loan.id)
        desk.repair.take_all_suggested([suggested.loan.id])
        assert (desk.repair.outcome, desk.repair.row.loan.patron) == (
            "corrected",
            suggested.loan.patron,
        )
        assert desk.repair.row.corrected.patron == overview.predicted[suggested.loan.id].suggested
        handed = desk.refused("later_action")
        desk.repair.open(handed)
        desk.repair.hand_on("vu avec le guichet")
        desk.files.write_again()  # only one of the refused loans was corrected
        acted = [
            row.entry for row in desk.context.store.journal.since(kinds=("corrected", "handed_on"))
        ]
        acted += [row.entry for row in desk.context.store.journal.since(kinds=("export",))][-1:]
        stations = {getattr(entry, "workstation", "") for entry in acted if entry.operator}
        assert stations == {"poste-1"}
        again = {loan for file in desk.files.written for loan in file.loans}
        assert again == {suggested.loan.id}
        desk.upload()
        await desk.prove()
        assert desk.state(suggested.loan.id) is ReconciliationState.CONFIRMED


async def test_repair_lends_once_after_confirmation(handbook: Handbook) -> None:
    async with opened(handbook) as desk:
        desk.take_in()
        desk.write()
        desk.upload()
        await desk.prove()
        gate = desk.day.stand_in.gate
        item = next(row.item for row in desk.day.rows if row.trouble == "returned_too_early")
        (loan,) = [row.loan.id for row in desk.progress.overview.to_settle if row.loan.item == item]
        desk.repair.open(loan)
        desk.repair.lend()
        assert gate.effects == [], "nobody has confirmed the loan"
        gate.faults = [Misbehaviour("drop_after", "POST")]
        desk.repair.ask_to_confirm()
        desk.repair.lend()
        desk.repair.lend()
        await desk.repair.wait()
        assert (desk.repair.outcome, gate.effects) == ("fate_unknown", [f"lend {item}"])
        desk.repair.ask_to_confirm()
        desk.repair.lend()
        await desk.repair.wait()
        assert (desk.repair.outcome, gate.effects) == ("fate_unknown", [f"lend {item}"])
        desk.repair.look_up()
        await desk.repair.wait()
        assert (desk.repair.outcome, gate.effects) == ("fate_made", [f"lend {item}"])
        assert desk.state(loan) is ReconciliationState.CONFIRMED


async def test_cart_return_is_sent_once_when_safe(
    handbook: Handbook,
) -> None:
    async with opened(handbook) as desk:
        row = next(row for row in desk.day.rows if not row.trouble)
        back = make.back(uuid4(), row.item, at=row.at + timedelta(minutes=5), desk=row.desk)
        desk.take_in()
        desk.context.store.journal.append(back)
        carts, gate = CartReturns(progress=desk.progress), desk.day.stand_in.gate
        carts.open(back.id)
        carts.send_return()
        assert (carts.confirming, gate.effects) == (False, []), "the item's loan is not in Alma yet"
        desk.write()
        desk.upload()
        await desk.prove()
        gate.faults = [Misbehaviour("drop_after", "POST")]
        carts.open(back.id)
        assert (carts.confirming, gate.effects) == (True, [])
        carts.send_return()
        await carts.wait()
        assert (carts.outcome, len(gate.effects), carts.is_unanswered) == ("fate_unknown", 1, True)
        carts.open(back.id)
        carts.send_return()
        await carts.wait()
        assert (carts.outcome, len(gate.effects)) == ("fate_unknown", 1)
        carts.look_up()
        await carts.wait()
        assert (carts.outcome, len(gate.effects)) == ("fate_made", 1)
        assert desk.progress.overview.carts == ()


async def test_item_and_whole_cart_can_be_settled(
    handbook: Handbook,
) -> None:
    async with opened(handbook) as desk:
        row = next(row for row in desk.day.rows if not row.trouble)
        at = row.at + timedelta(minutes=5)
        lent, *others = (
            make.back(uuid4(), item, at=at, desk=row.desk) for item in (row.item, "LOST", "OLD")
        )
        desk.take_in()
        desk.context.store.journal.append(lent, *others)
        carts = CartReturns(progress=desk.progress)
        carts.open(others[0].id)
        assert carts.confirming, "the return may be sent or settled"
        desk.progress.session.name_signer("")
        with pytest.raises(TransactionRefused, match="Say who"):
            carts.settle("code perdu")
        desk.progress.session.name_signer("L. M.")
        carts.open(lent.id)
        with pytest.raises(TransactionRefused) as refusal:
            carts.settle("rendu")
        assert refusal.value.reason == "not_safe"
        assert "Alma" not in str(refusal.value), "the message must suit every library system"
        carts.open(others[0].id)
        carts.settle("code perdu")
        assert (carts.item, carts.confirming, carts.outcome) == (None, False, "settled")
        carts.settle_desk(row.desk)
        await carts.wait()
        assert [cart.returned.id for cart in desk.progress.overview.carts] == [lent.id]
        assert desk.progress.overview.cart_counts == (CartCount(row.desk, by_hand=2, left=1),)
        settled = desk.progress.ledger.reconciled.log.settlements.returns_by_hand.values()
        assert [
            (settlement.how, settlement.operator, settlement.workstation) for settlement in settled
        ] == [
            ("code perdu", "L. M.", "poste-1"),
            ("alma_screen", "L. M.", "poste-1"),
        ]
        assert desk.day.stand_in.gate.effects == []


async def test_settling_a_cart_skips_items_that_alma_has_on_loan(handbook: Handbook) -> None:
    """Two of a cart's three items were returned in Alma; at first, Alma does not respond."""
    async with opened(handbook) as desk:
        desk.send_all()
        await desk.prove()
        fine = [row for row in desk.day.rows if not row.trouble]
        rows = [row for row in fine if row.desk == fine[0].desk][:3]
        backs = [make.back(uuid4(), row.item, at=desk.day.clock.at, desk=row.desk) for row in rows]
        desk.context.store.journal.append(*backs)
        world, gate = desk.day.stand_in.world, desk.day.stand_in.gate
        for row in rows[:2]:
            world.end_loan(world.items[row.item], desk.day.clock.at)
        carts = CartReturns(progress=desk.progress)
        outcomes = []
        for fault in ([Misbehaviour("drop_before", "GET", times=1000)], []):
            gate.faults = list(fault)
            carts.settle_desk(rows[0].desk)
            await carts.wait()
            left = {cart.returned.id for cart in desk.progress.overview.carts}
            outcomes.append((carts.outcome, [back.id in left for back in backs]))
        assert outcomes == [
            ("alma_silent", [True, True, True]),
            ("still_lent", [False, False, True]),
        ]


async def test_sign_off_asks_alma_about_loans_settled_by_hand(handbook: Handbook) -> None:
    """Of two loans settled by hand, one is now in Alma and the other is missing."""
    async with opened(handbook) as desk:
        desk.send_all()
        await desk.prove()
        for point in BEFORE:
            desk.progress.tick(point)
        done, lacking = [
            row.loan for row in desk.progress.overview.to_settle if row.reason == "blocked"
        ][:2]
        while left := [row.loan.id for row in desk.progress.overview.to_settle]:
            await desk.settle(left)
        world, due = desk.day.stand_in.world, desk.day.clock.at + timedelta(days=28)
        user = world.users[done.patron]
        world.add_loan(user, world.items[done.item], world.desks[done.desk], desk.day.clock.at, due)
        desk.progress.sign()
        await desk.progress.ledger.jobs.over()
        desk.progress.update()
        states = [desk.state(loan.id).value for loan in (done, lacking)]
        assert states == ["confirmed", "resolved"]
        named = {row.loan.id for row in desk.progress.overview.lacking}
        assert lacking.id in named
        assert done.id not in named
        signed = desk.progress.overview.signed
        assert signed is not None
        assert set(signed.lacking) == named


async def test_look_up_one_row_finds_another_identifier(handbook: Handbook) -> None:
    async with opened(handbook) as desk:
        desk.take_in()
        desk.write()
        desk.upload()
        wrong = next(row.item for row in desk.day.rows if row.trouble == "other_identifier")
        (loan,) = [row.loan.id for row in desk.progress.overview.to_check if row.loan.item == wrong]
        desk.repair.open(loan)
        assert (desk.repair.candidates, desk.repair.forecast) == ((), "")
        desk.repair.ask_alma()
        await desk.repair.wait()
        card = desk.repair.row.loan.patron.removeprefix("m-")
        assert (desk.repair.outcome, desk.repair.forecast) == ("looked", "other_identifier")
        assert desk.repair.candidates == (card, f"{card}@eduid.ch")
        assert desk.day.stand_in.gate.effects == []


async def test_rows_follow_their_filters(handbook: Handbook) -> None:
    async with opened(handbook) as desk:
        desk.take_in()
        desk.decide()
        rows = RowFilter(progress=desk.progress)
        assert rows.rows == ()
        rows.show("kind not_checked")
        assert (desk.progress.step, len(rows.rows)) == ("rows", 200)
        rows.desk = DESKS[2]
        assert {row.loan.desk for row in rows.rows} == {DESKS[2]}
        rows.show("")
        rows.text = rows.rows[7].loan.item
        assert [row.loan.item for row in rows.rows] == [rows.text]
        rows.state = "confirmed"
        assert len(rows.rows) == 0


async def test_doubtful_scan_is_in_no_file_until_a_named_person_decides(
    handbook: Handbook,
) -> None:
    async with opened(handbook) as desk:
        context, progress, given = desk.context, desk.progress, {"desk": DESKS[0]}
        at = desk.day.clock.at - timedelta(minutes=5)
        card = {"patron": "4711471147", "warning": "unknown_card"}
        loans = [
            make.loan(1, "1060999001", at=at, **card, **given),
            make.loan(2, "1060999002", at=at, **card, **given),
            make.loan(3, "9782070360", "2070000001", at=at, warning="partial", **given),
            make.loan(4, "1060999004", "1060", at=at, warning="partial", **given),
        ]
        context.store.journal.append(*loans)
        progress.update()
        assert progress.overview is not None
        assert [row.loan.id.int for row in progress.overview.to_check] == [1, 2, 3, 4]
        assert (progress.proposed, progress.overview.to_write, progress.overview.counts.left) == (
            "check",
            Counter(),
            4,
        )
        desk.files.write()
        assert desk.files.written == ()
        with pytest.raises(TransactionRefused, match="at least one row"):
            desk.repair.confirm([])
        desk.repair.confirm([loans[0].id])
        # One decision about a card confirms both of its loans.
        assert [row.loan.id.int for row in progress.overview.to_check] == [3, 4]
        desk.repair.open(loans[2].id)
        desk.repair.correct(item="978207036002")
        assert desk.repair.outcome == "corrected"
        desk.repair.open(loans[3].id)
        desk.repair.correct(item="1060999005")
        assert (desk.repair.outcome, desk.repair.row.doubt) == (
            "corrected_doubtful",
            "unknown_card",
        )
        desk.repair.void("lecteur inconnu")
        assert (progress.overview.to_check, progress.overview.to_write) == (
            (),
            Counter({DESKS[0]: 3}),
        )
        desk.files.write()
        (sent,) = desk.files.written
        assert [loan.int for loan in sent.loans] == [1, 2, 3]
        desk.files.write()
        assert desk.files.written == ()
        assert {
            entry.entry.operator
            for entry in context.store.journal.since(kinds=("corrected", "void"))
        } == {"L. M."}


async def test_unanswered_questions_are_asked_again(handbook: Handbook) -> None:
    async with opened(handbook, rows=60) as desk:
        desk.send_all()
        first = desk.progress.ledger.reconciled.rows()[0].corrected.patron
        desk.day.stand_in.gate.faults = [Misbehaviour("drop_before", f"/{first}/loans", times=10)]
        await desk.prove()
        job = desk.progress.job
        assert job is not None
        assert (job.stopped, job.unanswered) == ("", 1)
        assert desk.progress.overview is not None
        left = desk.progress.overview.rows_to_prove()
        asked = {row.loan.id for row in left if row.history.verification is None}
        assert asked
        assert {row.corrected.patron for row in left if row.loan.id in asked} == {first}
        desk.day.stand_in.gate.faults = []
        await desk.prove()
        unasked = [
            row
            for row in desk.progress.overview.rows_to_prove()
            if row.history.verification is None
        ]
        assert unasked == []

"""Measures how long each action on a page blocks the event loop, with 20,000 loans.

Run with `python -m tests.campaigns.benchmarks acts [--rows N]`. Each action runs in an event loop,
with a database on disk and two open pages. The duration covers only the call itself, which makes
scans and other pages wait; it excludes work in threads or tasks that the call starts. The figure
after "then" is the longest time for which that work blocks the loop before the result is shown.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any
from uuid import UUID

from dashboard.core.session import Session
from dashboard.loans.file_import import FileImport
from dashboard.page import DashboardPage
from dashboard.pages.warm_up import load_places
from dashboard.reconciliation.alma_actions import AlmaChecks
from dashboard.reconciliation.job_reports import JobReports
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.reconciliation.offline_files import OfflineFiles
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.reconciliation.rows import RowFilter
from dashboard.settings import PACKAGED_HANDBOOK
from dashboard.translations import language
from procedure.circulation.offline_files.alma_file import render
from procedure.circulation.transactions import Export, Loan
from procedure.io.clock import SystemClock, new_uuid7, utc_now
from procedure.io.database.database import Database, open_database
from procedure.io.handbook_files import load_handbook
from procedure.outages.outage_entries import OutageDeclared
from procedure.reconciliation.journal_entries import JobReportRecorded
from tests.campaigns.benchmarks.figure import Figure
from tests.support.context import make_context, parts_of

ROWS, DESKS, GROUP, REACH = 20_000, ("MAIL", "CMU", "BASTIONS", "SCIENCES"), 50, "50 ms"
START = utc_now() - timedelta(hours=9)
Act = tuple[str, Callable[[], object]]


def measure(folder: Path, rows: int = ROWS) -> Sequence[Figure]:
    """Measure every action once, in the order of a typical day."""
    url = f"sqlite:///{folder / 'relais.sqlite3'}"
    with open_database(url, now=utc_now) as database:
        loans = fill(database, rows)
        return asyncio.run(_measured(database, loans))


def loan(number: int, desk: str, **more: object) -> Loan:
    at = START + timedelta(seconds=number)
    return Loan(
        id=new_uuid7(),
        at=at,
        workstation="pc-1",
        desk=desk,
        item=f"{1060000000 + number}",
        patron=f"{2070000000 + number // 4}",
        sequence=number,
        **more,  # type: ignore[arg-type]
    )


def fill(database: Database, rows: int) -> list[Loan]:
    """Record loans at four desks; three desks have an exported file and Alma's report on it."""
    journal, begun = database.journal, START - timedelta(minutes=5)
    loans = [loan(number, DESKS[number % len(DESKS)]) for number in range(rows)]
    doubtful = [loan(rows + n, DESKS[0], warning="partial") for n in range(2 * GROUP)]
    everything = [
        OutageDeclared(id=new_uuid7(), at=begun, title="Alma", begun=begun),
        *loans,
        *doubtful,
    ]
    for desk in DESKS[:3]:
        own = [lent for lent in loans if lent.desk == desk]
        name = f"{desk}.dat"
        file = Export(
            id=new_uuid7(),
            at=utc_now(),
            desk=desk,
            loans=tuple(lent.id for lent in own),
            name=name,
            sha256="0",
        )
        refused = tuple((lent.id, "blocked") for lent in own[: 2 * GROUP])
        done = len(own) - len(refused)
        everything += [
            file,
            JobReportRecorded(
                id=new_uuid7(),
                at=utc_now(),
                export=file.id,
                refused=refused,
                succeeded=done,
                failed=len(refused),
            ),
        ]
    journal.append(*everything)
    return loans


async def _measured(database: Database, loans: Sequence[Loan]) -> list[Figure]:
    handbook = load_handbook(PACKAGED_HANDBOOK)
    context = make_context(SystemClock(), handbook, **parts_of(database))
    context.folds.update()
    ledger = ReconciliationLedger(context)
    await ledger.up_to_date()
    page, other = (
        DashboardPage(ledger, Session(desk="MAIL", page=place, workstation="pc-1"), language("fr"))
        for place in ("reconciliation", "loans")
    )
    page.reconciliation.session.name_signer("LM")
    load_places()  # as a server does 15 s after startup
    figures = []
    for name, act in acts(page, other, loans):
        await ledger.up_to_date()
        for open_page in (page, other):
            open_page.updates.refresh()
        begun, worked = perf_counter(), thread_time()
        act()
        spent, work = 1000 * (perf_counter() - begun), 1000 * (thread_time() - worked)
        after = await _longest(ledger, page)
        value = f"{work:.0f} ms of processor time, {spent:.0f} ms; then {after:.0f} ms"
        figures.append(Figure(f"{name}, {len(loans):,} loans", value, REACH))
    return figures


async def _longest(ledger: ReconciliationLedger, page: DashboardPage) -> float:
    """Wait for all background work; return its longest block of the loop, in ms of CPU time."""

    async def over() -> None:
        await ledger.jobs.over()
        await ledger.writing.over()
        page.updates.refresh()
        await page.reconciliation.show_all()

    task, longest, before = asyncio.ensure_future(over()), 0.0, thread_time()
    while not task.done():
        await asyncio.sleep(0.001)
        longest, before = max(longest, thread_time() - before), thread_time()
    return 1000 * longest


def acts(page: DashboardPage, other: DashboardPage, loans: Sequence[Loan]) -> Iterator[Act]:
    """Yield the actions of a day; each starts from the state that the previous actions left."""
    progress, ledger = page.reconciliation, page.reconciliation.ledger
    repair, rows = RowRepair(progress=progress), RowFilter(progress=progress)
    files, reports = OfflineFiles(progress=progress), JobReports(progress=progress)
    checks = AlmaChecks(progress=progress)
    yield "answer a question in the guide", lambda: page.guide.answer(page.guide.step, "yes")
    yield "report that Alma works", lambda: page.diagnosis.report(works=True)
    message = {"fr": "Alma revient vers midi"}
    yield "send the desks a message", lambda: page.outage.send_message(message)
    yield "add a note", lambda: page.outage.note("appelé")
    yield "choose a desk", lambda: other.loans.choose_desk("CMU")
    yield "search the log", lambda: other.loans.listing.param.update(text="1060000")
    yield "show all days", lambda: other.loans.listing.param.update(text="", day="")
    yield "show one day", lambda: other.loans.listing.param.update(day=str(START.date()))
    yield "show a patron's loans", lambda: other.loans.listing.param.update(text=loans[7].patron)
    yield "void a loan in the log", lambda: other.loans.void(loans[3].id, "scan_error")
    yield "open the history", lambda: setattr(other.session, "page", "history")
    text = render([loan(30_000 + n, "MAIL") for n in range(200)]).content
    intake = FileImport(
        context=page.loans.context,
        session=page.session,
        person=lambda: "LM",
        taken=progress.update,
    )
    yield "read a file of 200 loans", lambda: intake.look([("MAIL.dat", text)])
    yield "choose the desk of the file", lambda: intake.assign(0, "MAIL")
    yield "import the loans of the file", intake.take
    overview = progress.overview
    assert overview is not None

    def newest() -> Any:
        return progress.overview

    yield "confirm 50 scans", lambda: repair.confirm(_ids(newest().to_check[:GROUP]))
    yield "undo 10 scans", lambda: repair.undo(_ids(newest().to_check[:10]), "x")
    yield "open a row", lambda: repair.open(overview.to_settle[0].loan.id)
    yield "open the next row", repair.open_next
    yield "correct a number", lambda: repair.correct(patron="2071234567")
    yield (
        "hand a row to somebody else",
        lambda: _after(repair.open_next, lambda: repair.hand_on("Eva")),
    )
    yield "settle 50 rows", lambda: repair.settle_all(_ids(newest().to_settle[-GROUP:]), "x")
    yield "show the refused rows", lambda: rows.show("reason blocked")
    yield "search the rows", lambda: rows.param.update(only="", text="10600001")
    yield "show all rows", lambda: rows.param.update(text="")
    yield "tick a point", lambda: progress.tick("block_off")
    yield "write a first small file", lambda: files.write_trial("SCIENCES")
    yield f"write a file of {len(loans) // len(DESKS):,} loans", files.write
    yield "write the refused rows again", lambda: files.write_again(only=_to_settle(ledger))
    yield "mark a file as uploaded", lambda: files.mark_uploaded(_newest(ledger))
    lines = "".join(f"Item not found. Barcode: {lent.item}\n" for lent in loans[3:400:4])
    report = f"Succeeded: {len(loans) // 4 - 104}\nFailed: 100\n{lines}"
    yield "read a report", lambda: reports.read([report])
    yield "record the report", reports.record
    listed = "item,user\n" + "".join(f"{lent.item},{lent.patron}\n" for lent in loans)
    yield "verify against a list of all loans", lambda: checks.verify_by_list(listed.encode())
    yield "sign", lambda: _tried(progress.sign)
    yield "confirm the end", page.outage.end


def _ids(rows: Sequence[object]) -> list[UUID]:
    return [row.loan.id for row in rows]  # type: ignore[attr-defined]


def _after(first: Callable[[], object], then: Callable[[], object]) -> None:
    first()
    then()


def _tried(act: Callable[[], object]) -> None:
    with suppress(Exception):
        act()


def _to_settle(ledger: ReconciliationLedger) -> list[UUID]:
    overview = ledger.current()
    assert overview is not None
    return [row.loan.id for row in overview.to_settle]


def _newest(ledger: ReconciliationLedger) -> UUID:
    return ledger.reconciled.log.exports[-1].id

"""Measures the size of the project, and the number of files in each of its main journeys.

`python -m tests.structure` prints both as tables; tests/test_imports.py checks rules for the
structure. A journey follows a piece of data, such as a scan, until a page shows it, and counts the
project's functions that are called on the way, and their files, including templates. Journeys to
the grid and to the Reconciliation page draw only those parts, because the dashboard's other parts
are unrelated.
"""

import asyncio
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from dashboard.app import open_context
from dashboard.core.change_counters import ChangeCounters
from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.state import States
from dashboard.core.visitor import UNRESTRICTED
from dashboard.loans.transactions.intake import TransactionIntake
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.grid import ProbeGrid
from dashboard.monitoring.grid_view import GridPanel
from dashboard.monitoring.workstations import Workstations
from dashboard.page import DashboardPage
from dashboard.reconciliation.alma_actions import AlmaChecks
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.reconciliation.offline_files import OfflineFiles
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.reconciliation_page import ReconciliationPage
from dashboard.settings import PACKAGED_HANDBOOK, Settings
from dashboard.translations import language
from procedure.handbook.model import Handbook
from procedure.io.clock import new_uuid7
from procedure.io.database import file_guard
from procedure.io.handbook_files import load_handbook
from procedure.io.http.prober import Prober

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("procedure", "dashboard", "tests")
VIEWS: list[object] = []  # protects the views from the garbage collector
OURS = tuple(str(ROOT / part) for part in PARTS[:2])


@dataclass
class Journey:
    """The functions called in a journey, and their files."""

    name: str
    files: set[str] = field(default_factory=set)
    functions: set[tuple[str, str]] = field(default_factory=set)

    def note(self, frame: FrameType, event: str, argument: object) -> None:
        """Record a call to one of the project's functions, and ignore other events."""
        del argument
        file, name = frame.f_code.co_filename, frame.f_code.co_qualname
        if event == "call" and file.startswith(OURS) and "<module>" not in name:
            self.files.add(file)
            self.functions.add((file, name))


FOLLOWED: list[Journey] = []  # the journey in progress, if any


def note(frame: FrameType, event: str, argument: object) -> None:
    """Record a call in the journey in progress, as a callback of `sys.setprofile`."""
    for journey in FOLLOWED:
        journey.note(frame, event, argument)


@contextmanager
def followed(name: str, journeys: list[Journey]) -> Iterator[None]:
    """Record the calls inside the block as a new journey."""
    journey = Journey(name)
    journeys.append(journey)
    FOLLOWED.append(journey)
    try:
        yield
    finally:
        FOLLOWED.remove(journey)


def lines() -> list[tuple[str, int, int]]:
    """Return each part of the project with its numbers of Python files and lines."""
    rows = []
    for part in PARTS:
        files = sorted((ROOT / part).rglob("*.py"))
        rows.append((part, len(files), sum(len(f.read_bytes().splitlines()) for f in files)))
    return rows


def repeated_names() -> list[str]:
    """Return the module names that occur more than once."""
    modules = [file.stem for part in PARTS[:2] for file in (ROOT / part).rglob("*.py")]
    return sorted(
        name for name, count in Counter(modules).items() if count > 1 and "__" not in name
    )


async def journeys(folder: Path) -> list[Journey]:
    """Follow an outcome, a scan, an answer and a list of Alma's loans, each until it is shown."""
    threading.setprofile(note)  # set before the database's writer thread starts
    sys.setprofile(note)
    file_guard.CHECK_INTERVAL = 3600  # keeps the file guard's check out of the journeys
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    handbook, prober = _asking(url), Prober(agent="tests.structure")
    settings = replace(Settings.from_env(), database_url=f"sqlite:///{folder / 'relais.sqlite3'}")
    context = open_context(settings, handbook, prober, None)  # type: ignore[arg-type]
    ledger, desk = ReconciliationLedger(context), next(iter(handbook.desks))
    page = DashboardPage(ledger, Session(workstation="pc-1", desk=desk), language("fr"))
    for place in ("loans", "reconciliation", "guide"):
        page.session.page = place
        page.tick()
    grid, (states, reconciliation) = _grid(context), _reconciliation(ledger)
    done = list[Journey]()
    context.watches.probes.ensure_started()
    await _next_outcome(context)
    grid.read_new()
    page.tick()
    await reconciliation.show_all()  # waits for the thread that makes the overview
    with followed("a probe's outcome to the grid", done):
        await _next_outcome(context)
        grid.read_new()
    with followed("the same, to a whole page with the guide open", done):
        await _next_outcome(context)
        page.tick()
    await context.watches.probes.stop()  # more outcomes would disturb the journeys
    page.session.page = "loans"
    with followed("a scan to a row of the loan log", done):
        await _scan(context, desk)
        page.tick()
    page.session.page = "guide"
    with followed("an answer to the next step", done):
        page.suggested_path.answer(page.guide.step, "no")
    await _scan(context, desk, item="1060000002")
    await _upload(reconciliation)
    alma = AlmaChecks(progress=reconciliation)
    listed = b"item,user\n1060000001,2071234567"
    with followed("a list of Alma's loans to the state of a row", done):
        alma.verify_by_list(listed)
        await ledger.jobs.over()
    VIEWS.append(states.make(ReconciliationPage))
    await reconciliation.show_all()
    with followed("the same, to the Reconciliation page", done):
        alma.verify_by_list(listed + b"\n1060000002,2071234567")
        await ledger.jobs.over()
    sys.setprofile(None)
    threading.setprofile(None)
    server.close()
    return done


def _grid(context: AppContext) -> ChangeCounters:
    """Show the grid alone, as a notebook does; return the counters that it follows."""
    states = States(context, Session(), language("fr"))
    counters = states.add(ChangeCounters)
    for kind in (ProbeGrid, DiagnosisState, Workstations):
        states.add(kind)
    VIEWS.append(states.make(GridPanel))
    return counters


def _reconciliation(ledger: ReconciliationLedger) -> tuple[States, ReconciliationProgress]:
    """Return the states of the reconciliation page, and the progress of the reconciliation."""
    session = Session(workstation="pc-1", page="reconciliation")
    states = States(ledger.context, ledger, session, language("fr"))
    states.add(ChangeCounters)
    return states, states.add(ReconciliationProgress, is_open=True)


async def _scan(context: AppContext, desk: str, item: str = "1060000001") -> None:
    at = context.clock.now().isoformat()
    scan = {
        "kind": "loan",
        "id": str(new_uuid7()),
        "at": at,
        "made_at": at,
        "skew_s": 0,
        "desk": desk,
        "patron": "2071234567",
        "item": item,
        "workstation": "pc-1",
        "sequence": 1,
    }
    await asyncio.wrap_future(TransactionIntake(context).take([scan], UNRESTRICTED))


async def _upload(progress: ReconciliationProgress) -> None:
    progress.session.name_signer("LM")
    files = OfflineFiles(progress=progress)
    files.write()
    await progress.ledger.writing.over()
    await progress.show_all()
    files.mark_uploaded(progress.ledger.reconciled.files()[0].export.id)
    await progress.show_all()


async def _next_outcome(context: AppContext) -> None:
    rounds = context.watches.probes.rounds
    while context.watches.probes.rounds == rounds:  # noqa: ASYNC110 - the watch has no event for it
        await asyncio.sleep(0.05)


def _asking(url: str) -> Handbook:
    """Return the packaged handbook with every target at this address, probed each second."""
    handbook = load_handbook(PACKAGED_HANDBOOK)
    often = {"url": url, "must_contain": (), "feed": None, "interval": timedelta(seconds=1)}
    targets = {key: replace(target, **often) for key, target in handbook.targets.items()}
    return replace(handbook, targets=targets)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
    await writer.drain()
    writer.close()


def main() -> None:
    print("| part | Python files | lines |\n|---|---|---|")
    for part, files, count in lines():
        print(f"| {part} | {files} | {count:,} |")
    names = repeated_names()
    print(f"\n{len(names)} names are shared by several modules: {', '.join(names)}")
    with TemporaryDirectory() as folder:
        done = asyncio.run(journeys(Path(folder)))
    print("\n| journey | files | functions |\n|---|---|---|")
    for journey in done:
        print(f"| {journey.name} | {len(journey.files)} | {len(journey.functions)} |")


if __name__ == "__main__":
    main()

"""Another library through a whole outage: other system, other names, other words, one language."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from uuid import UUID, uuid4

import pytest

from dashboard.core.context import AppContext
from dashboard.core.library import speak_for
from dashboard.core.session import Session
from dashboard.guide.guide import Guide
from dashboard.guide.suggested_path import SuggestedPath
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.grid import ProbeGrid
from dashboard.monitoring.situation import SituationKind
from dashboard.monitoring.where_to_lend import LendIn
from dashboard.outage.outage import OutageState
from dashboard.reconciliation.alma_actions import AlmaChecks
from dashboard.reconciliation.job_reports import JobReports
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.reconciliation.offline_files import OfflineFiles
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.settings import Settings
from dashboard.translations import offered_language
from procedure.diagnosis.rules import FaultLocation
from procedure.handbook.library import LibrarySettings
from procedure.io.alma.client import Keys, open_alma
from procedure.io.alma.service import AlmaService
from procedure.io.handbook_files import load_handbook
from procedure.monitoring.model import Status
from procedure.reconciliation.checklist import BEFORE, BLOCK_BACK
from procedure.reconciliation.offline_file_export import rewritten
from procedure.reconciliation.stages import StageCounts
from procedure.simulation.alma.gate import RequestGate
from procedure.simulation.alma.server import FakeAlma
from procedure.simulation.alma.world import AlmaUser, Desk as AlmaDesk, Item, Stock, World
from procedure.status_pages.status import PageStatus
from tests.dashboard.conftest import Clock, StillWatch
from tests.support.alma import listening
from tests.support.handbooks import HANDBOOKS
from tests.support.intake import Desk
from tests.support.memory import MemoryHistory, MemoryJournal

HANDBOOK = load_handbook(HANDBOOKS / "good-german")
KEYS = Keys("k-read", "k-write", "k-network")
WAYS_IN = ("katalog", "notweg")
LENT = {"LOAN0001": "K100", "LOAN0002": "K100", "LOAN0003": "K200"}


@pytest.fixture(autouse=True)
def speaks_for_the_library() -> Iterator[None]:
    speak_for(HANDBOOK.library)
    yield
    speak_for(LibrarySettings())


def stand_in(clock: Clock) -> FakeAlma:
    stock = Stock(desks=[AlmaDesk("HAUPT", "MAIN", ("MAIN",))])
    for number, barcode in enumerate(LENT):
        stock.items.append(
            Item(barcode, f"23{number}", f"99{number}", f"22{number}", library="MAIN")
        )
    stock.users = [AlmaUser(card, (("01", card),)) for card in sorted(set(LENT.values()))]
    gate = RequestGate(KEYS.read, KEYS.write, KEYS.network, per_second=10**9)
    system = FakeAlma(World(stock), gate)
    system.now = clock
    return system


@asynccontextmanager
async def opened(clock: Clock, system: FakeAlma) -> AsyncIterator[AppContext]:
    journal, watch = MemoryJournal(clock), StillWatch(clock, dict(HANDBOOK.targets))
    async with listening(system) as port:
        line = partial(
            open_alma,
            *(f"http://127.0.0.1:{port}", KEYS),
            rate=10_000,
            margin=0,
            now=clock,
            new_id=uuid4,
        )
        yield AppContext(
            *(Settings("sqlite://"), HANDBOOK, journal, MemoryHistory(), watch, clock),
            alma=AlmaService(line, KEYS, journal),
        )


class Page:
    """The models of one workstation's page."""

    def __init__(self, context: AppContext, workstation: str, desk: str) -> None:
        self.session = Session(workstation=workstation, desk=desk)
        grid = ProbeGrid(context=context)
        parts = {"context": context, "session": self.session}
        self.diagnosis = DiagnosisState(**parts, grid=grid)
        self.path = SuggestedPath(guide=Guide(**parts, grid=grid), diagnosis=self.diagnosis)
        self.outage = OutageState(**parts, diagnosis=self.diagnosis)

    def probe(self, *failing: str) -> None:
        results = [
            {"target": key, "answered": key not in failing, "ms": 50} for key in HANDBOOK.targets
        ]
        self.diagnosis.record_round(results, 0)


def server_sees(context: AppContext, *failing: str) -> None:
    watch = context.watch
    assert isinstance(watch, StillWatch)
    for key in HANDBOOK.targets:
        watch.see_enough(key, Status.DOWN if key in failing else Status.UP)


def lend(context: AppContext, clock: Clock) -> None:
    """Send the loans of a day from a workstation, none of which any shape describes."""
    for number, (item, patron) in enumerate(LENT.items()):
        clock.pass_by(seconds=30)
        at = clock().isoformat()
        message = {
            "kind": "loan",
            "id": str(UUID(int=number)),
            "at": at,
            "made_at": at,
            "skew_s": 0.0,
            "desk": "HAUPT",
            "workstation": "theke-1",
            "patron": patron,
            "item": item,
            "sequence": number,
            "warning": None,
        }
        taken = Desk(context).take_one(message)
        assert (taken["state"], taken["warning"]) == ("kept", None)


async def bring_in(context: AppContext, session: Session, system: FakeAlma) -> None:
    """Bring the loans into the system that is back, prove them there, and sign."""
    ledger = ReconciliationLedger(context)
    ledger.at_once = True
    progress = ReconciliationProgress(ledger=ledger, session=session)
    progress.name_signer("A. B.")
    progress.update()
    for point in BEFORE[:2]:
        progress.tick(point)
    OfflineFiles(progress=progress).write()
    for point in BEFORE[2:]:
        progress.tick(point)
    reports = JobReports(progress=progress)
    (file,) = reports.awaited
    assert file.desk == "HAUPT"
    reports.read([system.upload(file.desk, rewritten(ledger.reconciled.log, file), file.name)])
    reports.record()
    assert AlmaChecks(progress=progress).verify()
    await ledger.jobs.over()
    progress.update()
    assert progress.now is not None
    assert progress.now.counts == StageCounts(in_alma=len(LENT))
    progress.tick(BLOCK_BACK)
    progress.sign()
    assert progress.now.signed is not None
    assert progress.now.signed.rows == len(LENT)


async def test_whole_day_of_another_library(clock: Clock) -> None:
    system = stand_in(clock)
    async with opened(clock, system) as context:
        here, there = Page(context, "theke-1", "HAUPT"), Page(context, "theke-2", "HAFEN")

        # All is well: lend in the system.
        server_sees(context)
        here.outage.diagnosis.updates.refresh()
        assert here.diagnosis.grid.state.kind is SituationKind.ALL_UP
        assert here.diagnosis.result.fault is FaultLocation.NOTHING

        # The login fails, the system behind it answers.
        clock.pass_by(minutes=1)
        server_sees(context, *WAYS_IN)
        for page in (here, there):
            page.probe(*WAYS_IN)
        here.diagnosis.updates.refresh()
        assert here.diagnosis.grid.state.kind is SituationKind.ALMA_DOWN
        assert (here.diagnosis.result.fault, here.diagnosis.result.rule) == (
            FaultLocation.LOGIN,
            "system_answers",
        )

        # The system itself fails, everywhere.
        clock.pass_by(minutes=1)
        failing = (*WAYS_IN, "schnittstelle")
        server_sees(context, *failing)
        for page in (here, there):
            page.probe(*failing)
        here.diagnosis.read("verbund", PageStatus.OK)
        here.diagnosis.updates.refresh()
        assert (here.diagnosis.result.fault, here.diagnosis.result.rule) == (
            FaultLocation.ALMA,
            "alma_silent",
        )
        suggested = {step: one.answer for step, one in here.diagnosis.suggestions.items()}
        way = {"ZUGANG": "nichts", "NETZ": "ja", "KOLLEGEN": "auch", "MELDUNG": "still"}
        assert (suggested, here.diagnosis.next) == (way, "AUSLEIHE")

        # A person confirms the answers, and declares the outage.
        here.path.confirm("-".join(f"{step}.{answer}" for step, answer in way.items()))
        assert here.path.guide.step == "AUSLEIHE"
        here.outage.declare("Koha steht")
        assert here.outage.record is not None
        assert here.outage.lend_in is LendIn.RELAIS
        lend(context, clock)

        server_sees(context)
        await bring_in(context, here.session, system)


def test_pages_name_its_system_in_an_available_language() -> None:
    language = offered_language("de")
    assert language.offered == ("en", "fr")
    assert language.say("Alma ne répond plus") == "Koha does not answer"
    assert HANDBOOK.words[language.code].steps["ZUGANG"].title == "Geht Koha auf?"

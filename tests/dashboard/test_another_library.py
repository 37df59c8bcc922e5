"""A whole outage at another library, with its own system and names, in a single language."""

from collections.abc import Iterator
from uuid import UUID

import panel as pn
import pytest

from dashboard.core.context import AppContext
from dashboard.core.library_settings import apply_library_settings
from dashboard.core.session import Session
from dashboard.guide.guide import Guide
from dashboard.guide.suggested_path import SuggestedPath
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.grid import ProbeGrid
from dashboard.monitoring.situation import LendIn, SituationKind
from dashboard.outage.outage import OutageState
from dashboard.readiness.readiness_view import current_readiness
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.reconciliation.offline_files import OfflineFiles
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.reconciliation_page import ReconciliationPage
from dashboard.reconciliation.row_groups_view import groups_to_confirm
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.translations import offered_language
from dashboard.ui.file_drop import FileDrop
from dashboard.ui.live_html import LiveHTML
from procedure.circulation.transactions import Loan
from procedure.diagnosis.rules import FaultLocation
from procedure.errors import TransactionRefused
from procedure.handbook.library import LibrarySettings
from procedure.io.handbook_files import load_handbook
from procedure.monitoring.model import Status
from procedure.readiness.readiness import ReadinessTopic
from procedure.reconciliation.checklist import (
    BLOCK_OFF,
    CARTS_CLOSED,
    DESK_CHOSEN,
    FILE_PER_DESK,
)
from procedure.reconciliation.offline_file_export import rewritten
from procedure.reconciliation.stage_counts import StageCounts
from procedure.reconciliation.systems.library_system import KOHA, UNKNOWN_SYSTEM, library_system
from procedure.status_pages.status import PageStatus
from tests.support.clock import Clock
from tests.support.context import make_context
from tests.support.handbooks import HANDBOOKS
from tests.support.intake import Desk
from tests.support.still_watch import StillWatch

HANDBOOK = load_handbook(HANDBOOKS / "good-german")
WAYS_IN = ("katalog", "notweg")
LENT = {"LOAN0001": "K100", "LOAN0002": "K100", "LOAN0003": "K200"}


@pytest.fixture(autouse=True)
def speaks_for_the_library() -> Iterator[None]:
    apply_library_settings(HANDBOOK.library)
    yield
    apply_library_settings(LibrarySettings())


def opened(clock: Clock) -> AppContext:
    return make_context(clock, HANDBOOK)


class Page:
    """The states of one workstation's page."""

    def __init__(self, context: AppContext, workstation: str, desk: str) -> None:
        self.session = Session(workstation=workstation, desk=desk, signer="A. B.")
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
    watch = context.watches.probes
    assert isinstance(watch, StillWatch)
    for key in HANDBOOK.targets:
        watch.see_enough(key, Status.DOWN if key in failing else Status.UP)


def lend(context: AppContext, clock: Clock) -> None:
    """Send a day's loans from a workstation; the codes of items and cards match no shape."""
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


FIRST_FILE = b"""\
Version=1.0\tGenerator=Relais\tGeneratorVersion=1.0
2026-11-24 12:02:30 000\tissue\tK100\tLOAN0001
2026-11-24 12:03:00 000\tissue\tK100\tLOAN0002
2026-11-24 12:03:30 000\tissue\tK200\tLOAN0003
"""
SECOND_FILE = b"""\
Version=1.0\tGenerator=Relais\tGeneratorVersion=1.0
2026-11-24 12:03:30 000\tissue\tK201\tLOAN0003
"""


def upload(progress: ReconciliationProgress, files: OfflineFiles) -> bytes:
    """Record that the newest file has been uploaded; return its bytes."""
    (file,) = files.written
    assert (file.desk, file.format, file.name[-4:]) == ("HAUPT", "koha", ".koc")
    files.mark_uploaded(file.id)
    return rewritten(progress.ledger.reconciled.log, file)


def to_confirm(progress: ReconciliationProgress) -> list[UUID]:
    """Return the loans that staff must confirm are in Koha."""
    assert progress.overview is not None
    words = HANDBOOK.words["de"].settled
    groups = groups_to_confirm(progress.overview, KOHA, words, {}, offered_language("de"))
    rows = [(row.loan.id, group.says) for group in groups for row in group.rows]
    assert {how for _, how in rows} <= {"von Koha verarbeitet: Success."}
    return [loan for loan, _ in rows]


def bring_in(context: AppContext, session: Session) -> ReconciliationProgress:
    """Transfer the loans to Koha, confirm its results, and sign."""
    ledger = ReconciliationLedger(context)
    ledger.at_once = True
    progress = ReconciliationProgress(ledger=ledger, session=session)
    progress.session.name_signer("A. B.")
    progress.update()
    assert [*progress.marks] == ["import", "check", "send", "proof", "carts", "sign"]
    with pytest.raises(TransactionRefused, match="cannot be ticked"):
        progress.tick(BLOCK_OFF)  # this block exists only in Alma
    progress.tick(CARTS_CLOSED)
    files, repair = OfflineFiles(progress=progress), RowRepair(progress=progress)
    files.write()
    progress.tick(DESK_CHOSEN)
    progress.tick(FILE_PER_DESK)
    assert context.folds.checklist.open_before == ()
    assert upload(progress, files) == FIRST_FILE
    assert progress.proposed == "proof"
    assert to_confirm(progress) == [UUID(int=0), UUID(int=1), UUID(int=2)]

    # Koha's page says "Borrower not found." for one loan, so the card is corrected.
    repair.open(UUID(int=2))
    repair.refuse("user_not_found")
    repair.correct(patron="K201")
    files.write_again()
    assert upload(progress, files) == SECOND_FILE
    loans = to_confirm(progress)
    assert loans == [UUID(int=0), UUID(int=1), UUID(int=2)]
    repair.settle_all(loans[:2], "von Koha verarbeitet: Success.")
    assert repair.row is None  # the open row is not one of the settled loans, so it was closed
    repair.settle_all(to_confirm(progress), "von Koha verarbeitet: Success.")
    assert progress.overview is not None
    assert progress.overview.counts == StageCounts(settled_by_hand=len(LENT))
    assert progress.proposed == "sign"
    progress.sign()
    assert progress.overview.signed is not None
    assert progress.overview.counts.total == len(LENT)
    return progress


async def test_whole_day_of_another_library(clock: Clock) -> None:
    context = opened(clock)
    here, there = Page(context, "theke-1", "HAUPT"), Page(context, "theke-2", "HAFEN")

    # Everything is working: lend in the system.
    server_sees(context)
    here.outage.diagnosis.updates.refresh()
    assert here.diagnosis.grid.state.kind is SituationKind.ALL_UP
    assert here.diagnosis.result.fault is FaultLocation.NOTHING

    # The login fails, but the system behind it responds.
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
    suggested = {step: suggestion.answer for step, suggestion in here.diagnosis.suggestions.items()}
    way = {"ZUGANG": "nichts", "NETZ": "ja", "KOLLEGEN": "auch", "MELDUNG": "still"}
    assert (suggested, here.diagnosis.next) == (way, "AUSLEIHE")

    # The answers are confirmed, and the outage is declared.
    here.path.confirm("-".join(f"{step}.{answer}" for step, answer in way.items()))
    assert here.path.guide.step == "AUSLEIHE"
    here.outage.declare("Koha steht")
    assert here.outage.record is not None
    assert here.outage.lend_in is LendIn.RELAIS
    lend(context, clock)

    server_sees(context)
    bring_in(context, here.session)


def test_pages_name_its_system_in_its_language() -> None:
    language = offered_language("de")
    assert language.offered == ("de",)
    assert language.say("Alma ne répond plus") == "Koha antwortet nicht mehr"
    assert HANDBOOK.words[language.code].steps["ZUGANG"].title == "Geht Koha auf?"


# The steps whose text depends on the library system.
@pytest.mark.parametrize("step", ["import", "check", "send", "proof", "carts", "sign", "rows"])
def test_its_reconciliation_does_not_mention_alma(clock: Clock, step: str) -> None:
    context = opened(clock)
    lend(context, clock)
    ledger = ReconciliationLedger(context)
    ledger.at_once = True
    progress = ReconciliationProgress(ledger=ledger, session=Session(desk="HAUPT"))
    progress.session.name_signer("A. B.")
    progress.update()
    files = OfflineFiles(progress=progress)
    files.write()
    upload(progress, files)
    progress.go(step)
    page = pn.panel(ReconciliationPage(progress=progress, language=offered_language("de")))
    drops = [drop.label for drop in page.select(FileDrop)]
    shown = "".join([*drops, *(pane.html for pane in page.select(LiveHTML))])
    assert "Alma" not in shown
    say = offered_language("de").say
    assert say("Relais n’interroge pas Alma.") in shown
    if step == "send":
        assert "Ausleihe > Offline-Ausleihe-Datei" not in shown  # the file has been uploaded
        assert say("Rapports d’Alma") not in shown
    if step == "proof":
        assert "Offline-Vorgänge anzeigen" in shown
        assert say("Alma a pris ces prêts") in shown


def test_nobody_asks_for_a_key_of_its_api(clock: Clock) -> None:
    context = opened(clock)
    assert ReadinessTopic.ALMA_KEY not in current_readiness(context).topics


def test_loan_that_fits_no_file_is_entered_by_hand(clock: Clock) -> None:
    """Koha accepts at most 20 characters in a barcode; without an adapter, no file is written."""
    context = opened(clock)
    at = clock()
    short, long = (UUID(int=number) for number in range(2))
    context.store.journal.append(
        Loan(id=short, at=at, desk="HAUPT", patron="K100", item="1" * 20),
        Loan(id=long, at=at, desk="HAUPT", patron="K100", item="1" * 21),
    )
    ledger = ReconciliationLedger(context)
    ledger.at_once = True
    now = ledger.current()
    assert now is not None
    entered = {
        system.key: [
            row.loan.id
            for group in groups_to_confirm(now, system, {}, {}, offered_language("de"))
            for row in group.rows
        ]
        for system in (KOHA, UNKNOWN_SYSTEM, library_system("Alma"))
    }
    assert entered == {"koha": [long], "system": [short, long], "alma": []}

"""In a Koha library's drill, a stand-in handles each line of the file; Relais records refusals."""

from datetime import timedelta

from dashboard.drill.drill_upload import DrillUpload
from procedure.io.handbook_files import load_handbook
from procedure.reconciliation.offline_file_export import export_desk
from procedure.reconciliation.reconciled_loan import ReconciliationState
from procedure.reconciliation.reconciliation_log import KINDS, ReconciliationLog
from procedure.simulation.alma.server import FakeAlma
from procedure.simulation.alma.world import World, stock_of
from procedure.simulation.koha import FakeKoha
from tests.support import make
from tests.support.clock import Clock
from tests.support.context import make_context
from tests.support.handbooks import HANDBOOKS
from tests.support.memory import MemoryJournal


def test_file_of_a_koha_library_is_processed_line_by_line(clock: Clock) -> None:
    handbook, journal = load_handbook(HANDBOOKS / "good-german"), MemoryJournal(clock)
    context = make_context(clock, handbook, journal=journal)
    at = clock.at - timedelta(hours=1)
    journal.append(
        make.loan(1, "LOAN0001", "K100", at=at, desk="HAUPT"),
        make.loan(2, "LOAN0002", "K999", at=at, desk="HAUPT"),
        make.loan(3, "LOAN0009", "K100", at=at, desk="HAUPT"),
    )
    log = ReconciliationLog(journal.since(kinds=KINDS))
    how = {
        "now": clock,
        "new_id": context.clock.new_id,
        "file_format": context.handbook.library_system.offline_file,
    }
    export = export_desk(journal, log.log, "HAUPT", **how).export
    assert export is not None
    world = World(stock_of(["LOAN0001", "LOAN0002"], ["K100"], {"HAUPT": "MAIN"}))
    koha = FakeKoha(world)
    DrillUpload(context, FakeAlma(world), koha, "drill").upload(export)
    assert koha.on_loan == {"LOAN0001": "K100"}
    rows = ReconciliationLog(journal.since(kinds=KINDS)).rows()
    assert [(row.state, row.reason) for row in rows] == [
        (ReconciliationState.UPLOADED, ""),
        (ReconciliationState.REFUSED, "user_not_found"),
        (ReconciliationState.REFUSED, "item_not_found"),
    ]

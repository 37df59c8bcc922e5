"""Each failing address has a line, and no line shows a better status than the real one."""

from dashboard.core.context import AppContext
from dashboard.guide.seen_text import SeenLine, seen_lines
from dashboard.translations import language
from procedure.monitoring.model import FailureCause, Status
from tests.dashboard.conftest import Clock
from tests.support.page_models import record_round, workstations_of

FRENCH = language("fr")


def test_unconfirmed_failure_is_not_green(context: AppContext, watch, clock: Clock) -> None:
    watch.see("switch", Status.UP)
    clock.pass_by(minutes=1)
    watch.see("switch", Status.DOWN, cause=FailureCause.TIMEOUT)
    workstations = workstations_of(context)
    why = "délai 1\u202fs, à confirmer"
    assert SeenLine("slow", "Site externe", why, "Répond") in seen_lines(workstations, FRENCH)
    record_round(workstations.diagnosis, alma=True)
    clock.pass_by(seconds=3)
    workstations.updates.refresh()
    assert SeenLine("slow", "Site externe", why, "1 poste sur 1") in seen_lines(
        workstations, FRENCH
    )

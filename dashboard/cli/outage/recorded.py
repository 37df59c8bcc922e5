"""Records what a command does with an outage."""

from collections.abc import Callable, Sequence

from dashboard.cli.open_database import open_existing
from dashboard.settings import Settings
from procedure.handbook.model import Handbook
from procedure.io.clock import new_uuid7, utc_now
from procedure.io.handbook_files import load_handbook
from procedure.journal import Entry
from procedure.outages.declared_outage import OutageLog
from procedure.outages.outage_acts import Occasion
from procedure.outages.recording import record_act


def record(operator: str, act: Callable[[OutageLog, Occasion], Sequence[Entry]]) -> Entry:
    """Record an act of a person, and return its first entry.

    Raises:
        OutageRefused, JournalError: nothing was recorded.
    """
    rules = command_handbook().scans
    occasion = Occasion(now=utc_now(), new_id=new_uuid7, rules=rules, operator=operator.strip())
    with open_existing() as database:
        return record_act(database.journal, occasion, lambda log: act(log, occasion)).entry


def command_handbook() -> Handbook:
    return load_handbook(Settings.from_env().handbook)

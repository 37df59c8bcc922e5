"""An application context over memory or a database, made in one place for all tests."""

from typing import Any

from dashboard.core.clock import Clock
from dashboard.core.context import AppContext, intervals_of
from dashboard.core.handbook_in_use import HandbookInUse
from dashboard.core.watches import RecentPast, Watches
from dashboard.settings import Settings
from procedure.handbook.model import Handbook
from procedure.io.database.database import Database
from procedure.monitoring.recent import RecentStates
from procedure.monitoring.workstation_registry import WorkstationRegistry
from tests.support.memory import MemoryHistory, MemoryJournal, MemoryNotes
from tests.support.still_watch import StillWatch
from tests.support.stores import empty_accounts


def make_context(clock: Clock, handbook: Handbook, **parts: Any) -> AppContext:
    """Return a context over memory; `parts` are its fields that a test gives itself."""
    settings = parts.pop("settings", Settings(database_url="sqlite://"))
    made = {
        "journal": MemoryJournal(clock.now),
        "history": MemoryHistory(),
        "notes": MemoryNotes(),
    }
    made |= parts
    watch = made.pop("watch", None) or StillWatch(clock.now, dict(handbook.targets))
    recent = RecentPast(RecentStates(intervals_of(handbook)))
    if "accounts" not in made:
        made["accounts"] = empty_accounts()
    return AppContext(
        settings=settings,
        clock=clock,
        handbook=HandbookInUse(handbook, settings.offline_layout),
        watches=Watches(watch, recent, WorkstationRegistry(made["history"])),
        **made,
    )


def parts_of(database: Database) -> dict[str, Any]:
    """Return the parts of a context that a database gives."""
    return {
        "journal": database.journal,
        "history": database.history,
        "notes": database.notes,
        "accounts": database.accounts,
    }

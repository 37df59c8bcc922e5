"""Application contexts for tests, in memory or with a database."""

from dataclasses import replace
from typing import Any

from dashboard.core.clock import Clock
from dashboard.core.computed_once import ComputedOnce
from dashboard.core.context import AppContext, fold_journal, intervals_of
from dashboard.core.handbook_in_use import HandbookInUse
from dashboard.core.probe_watch import NoFeeds
from dashboard.core.watches import RecentPast, Watches
from dashboard.settings import Settings
from procedure.access.enrolled_names import EnrolledNames
from procedure.handbook.model import Handbook
from procedure.io.database.database import Database
from procedure.monitoring.recent import RecentStates
from procedure.monitoring.workstation_registry import WorkstationRegistry
from tests.support.memory import MemoryHistory, MemoryJournal, MemoryNotes
from tests.support.memory_store import MemoryStore
from tests.support.still_watch import StillWatch
from tests.support.stores import empty_accounts

IN_STORE = ("journal", "history", "notes", "accounts", "lists", "spool")


def make_context(clock: Clock, handbook: Handbook, **parts: Any) -> AppContext:
    """Return an in-memory context.

    `parts` sets its `watch` of probes, its watch of `pages`, its fields or its store's fields.
    """
    settings = parts.pop("settings", Settings(database_url="sqlite://"))
    watch = parts.pop("watch", None) or StillWatch(clock.now, dict(handbook.targets))
    pages = parts.pop("pages", None) or NoFeeds()
    store = _store(clock, {part: parts.pop(part) for part in IN_STORE if part in parts})
    in_use = HandbookInUse(handbook, settings.offline_layout)
    recent = RecentPast(RecentStates(intervals_of(handbook)))
    return AppContext(
        settings=settings,
        clock=clock,
        handbook=in_use,
        store=store,
        watches=Watches(watch, recent, WorkstationRegistry(store.history), pages),
        folds=fold_journal(store, settings, in_use),
        computed_once=ComputedOnce(clock.now),
        **parts,
    )


def _store(clock: Clock, given: dict[str, Any]) -> MemoryStore:
    parts = {
        "journal": MemoryJournal(clock.now),
        "history": MemoryHistory(),
        "notes": MemoryNotes(),
    }
    parts |= given
    if "accounts" not in parts:
        parts["accounts"] = empty_accounts()
    names = EnrolledNames(parts["accounts"].workstations, clock.now)
    return MemoryStore(enrolled_names=names, **parts)


def with_store(context: AppContext, **parts: Any) -> AppContext:
    """Return a copy of the context with these parts in its store, and with new folds."""
    store = replace(context.store, **parts)  # type: ignore[type-var]
    folds = fold_journal(store, context.settings, context.handbook)
    return replace(context, store=store, folds=folds)


def parts_of(database: Database) -> dict[str, Any]:
    """Return the parts of a store that come from a database."""
    return {
        "journal": database.journal,
        "history": database.history,
        "notes": database.notes,
        "accounts": database.accounts,
    }

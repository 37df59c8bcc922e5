"""The objects that all pages served by a process share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dashboard.core.alma_not_configured import AlmaNotConfigured
from dashboard.core.clock import Clock
from dashboard.core.computed_once import ComputedOnce
from dashboard.core.handbook_in_use import HandbookInUse
from dashboard.core.journal_folds import JournalFolds
from dashboard.core.store import Store
from dashboard.core.visitor import Visitor, is_signed_in
from dashboard.core.watches import Watches
from dashboard.settings import Settings
from dashboard.translations import Language, accepted_languages, offered_language
from procedure.errors import JournalDamaged
from procedure.handbook.model import Handbook
from procedure.io.processes.leadership import Leadership, SoleProcess
from procedure.io.task_runner import Upkeep

if TYPE_CHECKING:
    from procedure.io.alma.service import AlmaService


def intervals_of(handbook: Handbook) -> dict[str, timedelta]:
    return {key: target.interval for key, target in handbook.targets.items()}


def addresses_of(handbook: Handbook) -> dict[str, str]:
    return {key: target.url for key, target in handbook.targets.items()}


def fold_journal(store: Store, settings: Settings, handbook: HandbookInUse) -> JournalFolds:
    """Return folds over a store's journal that have not read any entries yet."""
    return JournalFolds(
        store.journal,
        store.notes,
        reading_holds=settings.reading_holds,
        points=handbook.library_system.points,
    )


@dataclass(frozen=True, slots=True)
class AppContext:
    """The objects that all pages served by a process share.

    settings: the settings, as read from the environment at startup.
    clock: the current time, and ids for new entries.
    handbook: the handbook in use, and the differences between it and its files.
    store: the database, and the files beside it.
    watches: the current observations.
    folds: the folds over the journal's entries.
    computed_once: a cache for values that are the same on several pages.
    alma: the client for Alma's API.
    leadership: the role of this process among all processes that share the database.
    upkeep: the server's recurring tasks, and their state.
    demo: "demo" or "drill" if the records are made up, or else "".
    shared: objects that features create once for all pages, keyed by name.
    """

    settings: Settings
    clock: Clock
    handbook: HandbookInUse
    store: Store
    watches: Watches
    folds: JournalFolds
    computed_once: ComputedOnce
    alma: AlmaService | AlmaNotConfigured = field(default_factory=AlmaNotConfigured)
    leadership: Leadership = field(default_factory=SoleProcess)
    upkeep: Upkeep = field(default_factory=Upkeep)
    demo: str = ""
    shared: dict[str, Any] = field(default_factory=dict[str, Any])

    def language_for(self, *asked: str | None, accepts: str = "") -> Language:
        """Return the first of these languages that is offered, or else the default.

        `accepts` is the browser's `Accept-Language`. With `follow_browser`, it takes precedence
        over the handbook's first language, but not over the language in the settings.
        """
        follows = self.handbook.current.library.follow_browser
        browser = accepted_languages(accepts) if follows else ()
        return offered_language(*asked, self.settings.language, *browser)

    def is_signed_in(self, visitor: Visitor) -> bool:
        """Return whether the visitor's sign-in is still valid, with the same role."""
        return is_signed_in(visitor, self.store.accounts, self.clock.now())

    @property
    def takes_loans(self) -> bool:
        """Whether loans can be recorded, in the database or in the spool."""
        spool = self.store.spool
        return not self.unwritable or (spool is not None and not spool.fault)

    @property
    def unwritable(self) -> str:
        """The reason why nothing can be recorded: `gone`, `damaged`, `unread`, or "".

        `gone` means that the database cannot be written to, `damaged` that it or its disk is
        damaged, and `unread` that the journal cannot be read.
        """
        fault = self.store.write_fault()
        if fault is None:
            return "unread" if self.folds.unread is not None else ""
        return "damaged" if isinstance(fault, JournalDamaged) else "gone"

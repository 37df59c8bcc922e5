"""What all pages of one process share: the handbook, the database, the watches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from dashboard.core.clock import Clock
from dashboard.core.handbook_in_use import HandbookInUse
from dashboard.core.journal_folds import JournalFolds
from dashboard.core.users import User, is_signed_in
from dashboard.core.watches import Watches
from dashboard.settings import Settings
from dashboard.translations import Language, accepted_languages, offered_language
from procedure.access.enrolled_names import EnrolledNames
from procedure.errors import AlmaKeyRefused, JournalDamaged, JournalUnwritable
from procedure.handbook.model import Handbook
from procedure.io.processes.leadership import Leadership, SoleProcess
from procedure.io.upkeep import Upkeep
from procedure.journal import Journal
from procedure.monitoring.history import History
from procedure.offline_lists.offline_list import OfflineLists
from procedure.readiness.readiness import KeyState, LastTimes

if TYPE_CHECKING:
    from procedure.io.alma.service import AlmaService
    from procedure.io.database.pending_loan_notes import SqlNotes
    from procedure.io.offline_lists.list_store import ListStore
    from procedure.io.spool.spool import Spool
    from procedure.io.sql_accounts import SqlAccounts


class AlmaNotConfigured:
    """No key is set: nothing is asked, and what needs Alma stays unchecked."""

    reads = False
    writes = False

    async def look_up(self, *_: object, **__: object) -> NoReturn:
        raise AlmaKeyRefused("There is no key for Alma's API: set RELAIS_ALMA_KEY.")

    check_key = verify = lend = settle = scan_in = settle_scan = look_up


HOLDS = timedelta(seconds=1)  # what is old by then, or an age that is shown, is computed anew
NEWEST = 16  # of one name: pages on which something else is chosen

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Computed:
    inputs: tuple[object, ...]
    at: datetime
    value: Any


class ComputedOnce:
    """Returns what was computed lately, by its name and by what it was computed from."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._computed: defaultdict[str, list[_Computed]] = defaultdict(list)

    def __call__(self, name: str, compute: Callable[[], T], *inputs: object) -> T:
        """Return what `compute` returned for equal inputs a moment ago, or what it returns now.

        `inputs` are all that it depends on, but for the time; what it raises is not kept.
        """
        now = self._now()
        fresh = [computed for computed in self._computed[name] if abs(now - computed.at) < HOLDS]
        known = next((computed for computed in fresh if computed.inputs == inputs), None)
        if known is None:
            known = _Computed(inputs, now, compute())
            fresh = [known, *fresh[: NEWEST - 1]]
        self._computed[name] = fresh
        return known.value

    def forget(self) -> None:
        """Compute everything anew."""
        self._computed.clear()


def _nothing_to_check() -> Future[None]:
    done: Future[None] = Future()
    done.set_result(None)
    return done


def intervals_of(handbook: Handbook) -> dict[str, timedelta]:
    return {key: target.interval for key, target in handbook.targets.items()}


def addresses_of(handbook: Handbook) -> dict[str, str]:
    return {key: target.url for key, target in handbook.targets.items()}


@dataclass(slots=True)
class AppContext:
    """The services, and what is computed once for every page.

    `clock` has the time and makes the ids of new entries. `notes` are those of pending loans; the
    journal never has them. `leadership` is what this process does for all that serve on the same
    database.
    `alert_fault` are the channels that did not take the newest alert, empty if all did. `storage`
    returns why nothing can be recorded, None while all is well; `spool` takes loans meanwhile, None
    where there is none. `lists` returns the newest lists of accounts and items, `list_store` keeps
    them, None without. `check_writing` commits a transaction that leaves nothing. `demo` is "demo"
    or "drill" where what is recorded is made up, else empty. `last_times` returns when the last
    backup and drill were made. `set_intervals` records how often targets are probed; it blocks
    until that is committed. `make_backup` makes a backup at an instant, None where none is made
    without asking; `backup_made` is the instant of the last such backup since the start. `upkeep`
    repeats the tasks in the background. `key_state` is what is known of the key for Alma's API.
    `purge` deletes the identifiers that are due; it blocks for seconds. `computed_once` is for what
    is the same on several pages, `shared` has by name the objects that all pages use.
    """

    settings: Settings
    handbook: HandbookInUse
    journal: Journal
    history: History
    watches: Watches
    clock: Clock
    notes: SqlNotes
    accounts: SqlAccounts
    alma: AlmaService | AlmaNotConfigured = field(default_factory=AlmaNotConfigured)
    leadership: Leadership = field(default_factory=SoleProcess)
    upkeep: Upkeep = field(default_factory=Upkeep)
    storage: Callable[[], JournalUnwritable | None] = lambda: None
    spool: Spool | None = None
    lists: Callable[[], OfflineLists] = OfflineLists
    check_writing: Callable[[], Future[None]] = _nothing_to_check
    demo: str = ""
    last_times: Callable[[], LastTimes] = LastTimes
    set_intervals: Callable[[Mapping[str, timedelta]], object] = lambda _: None
    make_backup: Callable[[datetime], object] | None = None
    purge: Callable[[], object] = lambda: None
    list_store: ListStore | None = None
    models: JournalFolds = field(init=False)
    enrolled_names: EnrolledNames = field(init=False)
    alert_fault: str = ""
    backup_made: datetime | None = None
    key_state: KeyState = KeyState.UNKNOWN
    computed_once: ComputedOnce = field(init=False)
    shared: dict[str, Any] = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        holds = self.settings.reading_holds
        self.computed_once = ComputedOnce(self.clock.now)
        self.models = JournalFolds(
            self.journal,
            self.notes,
            reading_holds=holds,
            points=self.handbook.library_system.points,
        )
        self.enrolled_names = EnrolledNames(self.accounts.workstations, self.clock.now)

    def language_for(self, *asked: str | None, accepts: str = "") -> Language:
        """Return the first of these languages that is offered, else the usual one.

        `accepts` is the browser's `Accept-Language`: it comes before the handbook's first language
        where the handbook follows it, and never before the language of the settings.
        """
        follows = self.handbook.current.library.follow_browser
        browser = accepted_languages(accepts) if follows else ()
        return offered_language(*asked, self.settings.language, *browser)

    def is_signed_in(self, user: User) -> bool:
        """Return whether a sign-in still lasts, with the role that it had."""
        return is_signed_in(user, self.accounts, self.clock.now())

    @property
    def takes_loans(self) -> bool:
        """Whether loans of the desks are acknowledged, in the database or in the spool."""
        return not self.unwritable or (self.spool is not None and not self.spool.fault)

    @property
    def unwritable(self) -> str:
        """Why nothing can be recorded: `gone`, `damaged`, `unread`, or ""."""
        fault = self.storage()
        if fault is None:
            return "unread" if self.models.unread is not None else ""
        return "damaged" if isinstance(fault, JournalDamaged) else "gone"

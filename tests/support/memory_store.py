"""A store in memory with parts and faults set by a test."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from procedure.access.enrolled_names import EnrolledNames
from procedure.errors import JournalUnwritable
from procedure.io.offline_lists.list_store import ListStore
from procedure.io.spool.spool import Spool
from procedure.journal import Journal
from procedure.monitoring.history import History
from procedure.offline_lists.list_lookup import OfflineLists
from procedure.readiness.readiness import LastTimes
from tests.support.memory import MemoryNotes


class GivenLists(ListStore):
    """A list store that has the lists passed to it, and does not read a folder."""

    def __init__(self, lists: OfflineLists | None = None) -> None:
        super().__init__(Path("/nonexistent/relais.lists"))
        self._given = lists or OfflineLists()

    def current(self) -> OfflineLists:
        return self._given


@dataclass
class MemoryStore:
    """A `Store` in memory; `write_fault` returns `fault`, and `last_times` returns `made`."""

    journal: Journal
    history: History
    notes: MemoryNotes
    accounts: object
    enrolled_names: EnrolledNames
    lists: ListStore = field(default_factory=GivenLists)
    spool: Spool | None = None
    makes_backups: bool = False
    fault: JournalUnwritable | None = None
    made: LastTimes = field(default_factory=LastTimes)

    def write_fault(self) -> JournalUnwritable | None:
        return self.fault

    def check_writing(self) -> Future[None]:
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def purge(self) -> None:
        """Do nothing: a test's store has nothing to purge."""

    def back_up(self, at: datetime) -> None:
        self.made = LastTimes(at, self.made.drill)

    def last_times(self) -> LastTimes:
        return self.made

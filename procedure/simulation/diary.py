"""A generated journal: what people do is decided on what was recorded before, as on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from operator import itemgetter
from random import Random
from uuid import UUID

from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.scan_rules import ScanRules
from procedure.journal import Entry, Recorded
from procedure.reconciliation.reconciliation_log import ReconciliationLog


class Diary:
    """The entries recorded so far, with the log that they fold into; `chance` makes the ids."""

    def __init__(self, rules: ScanRules, chance: Random) -> None:
        self.rules, self.chance = rules, chance
        self.entries: list[Entry] = []
        self.reconciliation = ReconciliationLog()

    @property
    def log(self) -> CirculationLog:
        """The loan log so far."""
        return self.reconciliation.log

    def new_id(self) -> UUID:
        """Return the id of a new entry."""
        return UUID(int=self.chance.getrandbits(128), version=4)

    def play(self, acts: Iterable[Act]) -> None:
        """Record what each act leads to, in the order of their instants."""
        for at, act in sorted(acts, key=itemgetter(0)):
            for entry in act(self, at):
                self.entries.append(entry)
                self.reconciliation.extend([Recorded(len(self.entries), entry.at, entry)])


Act = tuple[datetime, Callable[[Diary, datetime], Iterable[Entry]]]

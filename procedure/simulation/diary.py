"""A generated journal, in which actions depend on earlier entries.

The texts of its entries are in French; the dashboard translates those in `MADE_UP_TEXTS`.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from operator import itemgetter
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.offline_files.offline_format import OfflineFormat
from procedure.circulation.scan_rules import ScanRules
from procedure.journal import Entry, Recorded
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from procedure.reconciliation.systems.library_system import library_system

TITLE = "Alma ne répond plus"
TICKET = "Ticket ouvert chez le fournisseur."
CAUSE_SOUGHT = "Le fournisseur cherche la cause."
LEND_IN_ALMA = "Alma répond\u202f: prêtez dans Alma."
VOID_REASONS = ("lu deux fois", "mauvais lecteur", "le lecteur a changé d’avis")
PATRONS_TITLE = {
    "fr": "Le catalogue et votre compte sont en panne",
    "en": "The catalogue and your account are down",
    "de": "Der Katalog und Ihr Konto sind ausgefallen",
}
PATRONS_TEXT = {
    "fr": "Vous pouvez emprunter et rendre aux guichets.",
    "en": "You can borrow and return at the desks.",
    "de": "An den Theken können Sie ausleihen und zurückgeben.",
}
BY_HAND = "fait à l’écran d’Alma"
NOT_BACK = "le lecteur n’est pas revenu"

MADE_UP_TEXTS = frozenset(
    {TITLE, TICKET, CAUSE_SOUGHT, LEND_IN_ALMA, *VOID_REASONS, BY_HAND, NOT_BACK}
)


_E = TypeVar("_E")


class Diary:
    """The entries recorded so far, and the log built from them; `chance` generates the ids.

    `system` is the name of the library system.
    """

    def __init__(self, rules: ScanRules, chance: Random, system: str = "Alma") -> None:
        self.rules, self.chance, self.system = rules, chance, system
        self.entries: list[Entry] = []
        self.reconciliation = ReconciliationLog()

    @property
    def log(self) -> CirculationLog:
        return self.reconciliation.log

    def new_id(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def entry(self, kind: Callable[..., _E], at: datetime, **fields: Any) -> _E:
        """Return a new entry whose texts name this library system in place of Alma."""
        texts = {
            key: self.with_system_name(value)
            for key, value in fields.items()
            if isinstance(value, str)
        }
        return kind(**{"id": self.new_id(), "at": at} | fields | texts)

    @property
    def offline_file(self) -> OfflineFormat:
        return library_system(self.system).offline_file

    def with_system_name(self, text: str) -> str:
        """Return a French text about Alma with the library system's name in place of Alma."""
        if self.system == "Alma":
            return text
        return text.replace("d’Alma", f"de {self.system}").replace("Alma", self.system)

    def play(self, acts: Iterable["PlannedAct"]) -> None:
        """Record the entries of each act, in chronological order."""
        for at, act in sorted(acts, key=itemgetter(0)):
            for entry in act(self, at):
                self.entries.append(entry)
                self.reconciliation.extend([Recorded(len(self.entries), entry.at, entry)])


PlannedAct = tuple[datetime, Callable[[Diary, datetime], Iterable[Entry]]]

"""Who did what, from the journal: every entry that a person answers for.

It names people and workstations, and no reader, card or item. What somebody did stays when their
account is removed: an entry has the name, and refers to no account.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from procedure.access.access_changes import AccessChanged
from procedure.circulation.transactions import Loan, PendingLoan, Return
from procedure.guide.walk import AnswerGiven
from procedure.journal import Entry, Recorded
from procedure.offline_lists.list_entries import ListForgotten, ListTaken

SCANS = (Loan, PendingLoan, Return)
# What an entry is about, by the first of these that it has; else it is about itself.
_ABOUT = ("outage", "export", "loan", "back", "window", "target", "point", "step", "place", "file")


@dataclass(frozen=True, slots=True)
class AuditRow:
    """What a person did, and when (UTC).

    `person` is the name that a sign-in checked or that somebody gave, empty where nobody had to
    give any. `act` is the kind of the entry under its stored name, of a change of access the
    change. `about` is the id or the key of what was done something with, or the name of an account
    or a workstation, of a place of the page or a file, or a list and its identifiers in number.
    """

    at: datetime
    person: str
    workstation: str
    act: str
    about: str


def acts(
    recorded: Iterable[Recorded], *, person: str | None = None, scans: bool = False
) -> list[AuditRow]:
    """Return the acts in order of time; with `person` theirs alone, whatever the case of the name.

    Lending and returning are left out unless `scans` is given.
    """
    known = [act for record in recorded for act in _acts(record.entry, scans=scans)]
    if person is not None:
        known = [act for act in known if act.person.casefold() == person.casefold()]
    return sorted(known, key=attrgetter("at"))


def _acts(entry: Entry, *, scans: bool) -> Iterator[AuditRow]:
    if isinstance(entry, SCANS) and not scans:
        return
    if isinstance(entry, AccessChanged):
        person, act, about = entry.operator, str(entry.change), entry.name
    elif isinstance(entry, AnswerGiven):
        person, act, about = entry.initials, entry.KIND, entry.step
    elif isinstance(entry, ListTaken | ListForgotten):
        person, act, about = entry.operator, entry.KIND, f"{entry.list} ({entry.count})"
    elif hasattr(entry, "operator"):
        person, act, about = getattr(entry, "operator", None), entry.KIND, _about(entry)
    else:
        return
    yield AuditRow(entry.at, person or "", getattr(entry, "workstation", ""), act, about)


def _about(entry: Entry) -> str:
    named = (getattr(entry, name) for name in _ABOUT if hasattr(entry, name))
    return str(next(named, entry.id))

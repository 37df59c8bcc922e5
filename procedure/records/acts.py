"""The journal's audit trail: every entry for which a person is responsible.

It names people and workstations, but not patrons, cards or items. It does not change when an
account is removed, because an entry contains the person's name and not a reference to the account.
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
# An entry's subject is the first of these fields that it has, or else the entry itself.
_ABOUT = ("outage", "export", "loan", "back", "window", "target", "point", "step", "place", "file")


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An action, the person who took it, and when (UTC).

    - `person`: the person's name, from the sign-in or as entered; empty if no name was required.
    - `act`: the stored name of the entry's kind; for a change of access, the change.
    - `about`: the id or key of the subject; or the name of an account, workstation, page or file;
      or a list and its number of identifiers.
    """

    at: datetime
    person: str
    workstation: str
    act: str
    about: str


def acts(
    recorded: Iterable[Recorded], *, person: str | None = None, scans: bool = False
) -> list[AuditRow]:
    """Return the audit rows, oldest first.

    If `person` is given, only that person's rows are returned; case is ignored. Loans and returns
    are left out unless `scans` is true.
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

"""Judges whether the library is ready for an outage, topic by topic."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from procedure.circulation.list_advice import ListRules
from procedure.guide.steps import Contact
from procedure.handbook.model import Handbook
from procedure.local_time import local
from procedure.offline_lists.list_layout import Header, ListKind
from procedure.readiness.workstation_check import WorkstationCheck
from procedure.reconciliation.systems.library_system import library_system

REVIEW_HOLDS = timedelta(days=365)
BACKUP_HOLDS = timedelta(days=7)
DRILL_HOLDS = timedelta(days=183)
SCAN_HOLDS = timedelta(days=183)
FORGOTTEN_AFTER = timedelta(days=60)  # the age at which a named workstation's report is ignored
NAMELESS_FOR = timedelta(days=1)  # the age at which an unnamed workstation's report is ignored


class ReadinessTopic(StrEnum):
    """A topic of the library's readiness for an outage."""

    HTTPS = "https"
    WORKSTATIONS = "workstations"
    BACKUP = "backup"
    DRILL = "drill"
    CONTACTS = "contacts"
    ALMA_KEY = "Alma key"
    HANDBOOK = "handbook"
    LISTS = "lists"
    TASKS = "tasks"


class KeyState(StrEnum):
    """The state of the key for Alma's API."""

    NONE = "none"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class LastTimes:
    """The times of the last backup and the last drill (aware UTC), or None."""

    backup: datetime | None = None
    drill: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReadyList:
    """A list of accounts or items, with the times of its export and its expiry."""

    kind: ListKind
    as_of: datetime
    silent_from: datetime


@dataclass(frozen=True, slots=True)
class Readiness:
    """What is known about the library's readiness at a given time.

    - `unconfirmed`: the codes of desks that nobody has checked in Alma.
    - `workstations`: the newest report from each named workstation still in use, by name.
    - `unnamed`: the newest report, less than a day old, from each workstation without a name.
    - `has_alma`: whether Relais supports the API of the library system.
    - `lists`: the stored lists of accounts and items, each with its expiry.
    - `is_list_refused`: whether the newest import of a list was refused.
    - `failing_tasks`: the server's tasks whose last run failed.
    """

    at: datetime
    times: LastTimes
    contacts: tuple[Contact, ...]
    unconfirmed: tuple[str, ...]
    key: KeyState
    workstations: tuple[WorkstationCheck, ...]
    unnamed: tuple[WorkstationCheck, ...] = ()
    has_alma: bool = True
    lists: tuple[ReadyList, ...] = ()
    is_list_refused: bool = False
    failing_tasks: tuple[str, ...] = ()

    @property
    def topics(self) -> tuple[ReadinessTopic, ...]:
        """The topics that apply, in order."""
        known = {
            ReadinessTopic.HTTPS: bool(self.workstations or self.unnamed),
            ReadinessTopic.ALMA_KEY: self.has_alma,
            ReadinessTopic.LISTS: bool(self.lists) or self.is_list_refused,
            ReadinessTopic.TASKS: bool(self.failing_tasks),
        }
        return tuple(topic for topic in ReadinessTopic if known.get(topic, True))

    @property
    def missing(self) -> tuple[ReadinessTopic, ...]:
        """The topics that are not ready."""
        ready = {
            ReadinessTopic.HTTPS: not self.without_https,
            ReadinessTopic.WORKSTATIONS: bool(self.workstations)
            and not any(map(self.lacks_of, self.workstations)),
            ReadinessTopic.BACKUP: self._holds(self.times.backup, BACKUP_HOLDS),
            ReadinessTopic.DRILL: self._holds(self.times.drill, DRILL_HOLDS),
            ReadinessTopic.CONTACTS: not self.to_review,
            ReadinessTopic.ALMA_KEY: self.key is KeyState.ACCEPTED,
            ReadinessTopic.HANDBOOK: not self.unconfirmed,
            ReadinessTopic.LISTS: not self.silent_lists and not self.is_list_refused,
            ReadinessTopic.TASKS: not self.failing_tasks,
        }
        return tuple(topic for topic in self.topics if not ready[topic])

    @property
    def silent_lists(self) -> tuple[ReadyList, ...]:
        """The expired lists."""
        return tuple(ready_list for ready_list in self.lists if self.at >= ready_list.silent_from)

    @property
    def without_https(self) -> tuple[str, ...]:
        """The workstations that open Relais without HTTPS."""
        checks = (*self.workstations, *self.unnamed)
        return tuple(check.workstation for check in checks if check.lacks == "https")

    @property
    def to_review(self) -> tuple[Contact, ...]:
        """The contacts that nobody has reviewed for a year."""
        due = local(self.at).date() - REVIEW_HOLDS
        return tuple(
            contact
            for contact in self.contacts
            if contact.reviewed is None or contact.reviewed < due
        )

    @property
    def last_review(self) -> date | None:
        """The oldest review date, or None.

        It is None if a contact has never been reviewed, or if there are no contacts.
        """
        dates = [contact.reviewed for contact in self.contacts]
        return None if None in dates else min(filter(None, dates), default=None)

    def lacks_of(self, check: WorkstationCheck) -> tuple[str, ...]:
        """Return the keys of a workstation's problems: from `LACKS`, then `clock` and `scanner`."""
        return tuple(self._lacks_of(check))

    def _lacks_of(self, check: WorkstationCheck) -> Iterator[str]:
        if check.lacks != "nothing":
            yield check.lacks
        if check.is_clock_wrong:
            yield "clock"
        if not self._holds(check.scanned_at, SCAN_HOLDS):
            yield "scanner"

    def _holds(self, at: datetime | None, length: timedelta) -> bool:
        return at is not None and self.at - at < length


def readiness(
    handbook: Handbook,
    checks: Iterable[WorkstationCheck],
    times: LastTimes,
    key: KeyState,
    now: datetime,
    *,
    lists: Iterable[Header] = (),
    is_list_refused: bool = False,
    failing_tasks: tuple[str, ...] = (),
) -> Readiness:
    """Return the library's readiness at `now` (aware)."""
    checks = tuple(checks)
    used = [check for check in checks if check.is_named and now - check.at < FORGOTTEN_AFTER]
    unnamed = [check for check in checks if not check.is_named and now - check.at < NAMELESS_FOR]
    return Readiness(
        at=now,
        times=times,
        contacts=tuple(handbook.contacts.values()),
        unconfirmed=tuple(desk.code for desk in handbook.desks.values() if not desk.confirmed),
        key=key,
        workstations=tuple(sorted(used, key=lambda desk: desk.workstation)),
        unnamed=tuple(unnamed),
        has_alma=library_system(handbook.library.system).has_api,
        lists=tuple(_ready(header, handbook.lists) for header in lists),
        is_list_refused=is_list_refused,
        failing_tasks=failing_tasks,
    )


def _ready(header: Header, rules: ListRules) -> ReadyList:
    return ReadyList(header.kind, header.as_of, rules.silent_from(header.as_of))

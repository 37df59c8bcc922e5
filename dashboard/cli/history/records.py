"""The past of a database for a shell, joined to what was announced, by target or by service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from dashboard.settings import Settings
from procedure.io.database.database import Database
from procedure.io.handbook_files import load_handbook
from procedure.monitoring import downtime as seen
from procedure.monitoring.downtime import Availability, Downtime, StatusInterval, availability
from procedure.monitoring.services import Service, service_states, services, targets_of_answer
from procedure.outages.announcements import (
    KINDS,
    Announcement,
    AnnouncementLog,
    add_announcements,
    outside,
)

EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Available:
    """How available a target or service was; `unplanned` leaves announced work out."""

    key: str
    all: Availability
    unplanned: Availability


@dataclass(frozen=True, slots=True)
class RecordedPast:
    """One database, what was announced in it, and the services of the papers."""

    database: Database
    announced: tuple[Announcement, ...]
    services: tuple[Service, ...]

    @classmethod
    def of(cls, database: Database) -> RecordedPast:
        """Read what was announced; the papers say of which targets the pages speak."""
        log = AnnouncementLog()
        log.extend(database.journal.since(kinds=KINDS))
        papers = load_handbook(Settings.from_env().handbook)
        return cls(database, log.announced(), services(papers.procedure))

    def outages(
        self,
        since: datetime | None,
        until: datetime | None,
        target: str | None,
        *,
        by_service: bool = False,
    ) -> list[Downtime]:
        """Give every outage that reaches into the window, whole, oldest first."""
        first, last = since or EVER, until or datetime.now(UTC)
        if by_service:
            found = self._of_services(first, last, target)
        else:
            found = self.database.history.outages(since=first, until=last, target=target)
        joined = add_announcements(found, self.announced, self.services)
        return sorted(joined, key=lambda one: (one.start, one.target))

    def available(self, since: datetime, until: datetime) -> list[Available]:
        """Sum up every target that was ever read, then every service of several of them."""
        lanes = self.database.history.states(since=since, until=until)
        shared = [one for one in self.services if len(one.targets) > 1]
        told = lanes | {one.key: service_states(one, lanes) for one in shared}
        return [self._available(key, states) for key, states in told.items() if states]

    def _available(self, key: str, states: Sequence[StatusInterval]) -> Available:
        all_of_it = availability(states)
        if key not in targets_of_answer(self.services):
            return Available(key, all_of_it, all_of_it)
        return Available(key, all_of_it, availability(outside(states, self.announced)))

    def _of_services(self, since: datetime, until: datetime, key: str | None) -> list[Downtime]:
        """Find the outages of services: whole ones, so the states are read from the first on."""
        lanes = self.database.history.states(since=EVER, until=until)
        wanted = [one for one in self.services if key in (None, one.key)]
        found = [one for each in wanted for one in seen.downtimes(service_states(each, lanes))]
        return [one for one in found if one.end is None or one.end > since]

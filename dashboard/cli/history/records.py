"""The past of a database for a shell, joined to what was announced, by target or by service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from dashboard.settings import Settings
from procedure.io.database.database import Database
from procedure.io.handbook_files import load_handbook
from procedure.monitoring import downtime as seen
from procedure.monitoring.downtime import Availability, Outage, State, availability
from procedure.monitoring.services import Service, service_states, services, spoken_of
from procedure.outages.announcements import KINDS, Announced, OfficialLog, outside, with_official

EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Available:
    """How available a target or service was; `unplanned` leaves announced work out."""

    key: str
    all: Availability
    unplanned: Availability


@dataclass(frozen=True, slots=True)
class OfficialPast:
    """One database, what was announced in it, and the services of the papers."""

    database: Database
    announced: tuple[Announced, ...]
    services: tuple[Service, ...]

    @classmethod
    def of(cls, database: Database) -> OfficialPast:
        """Read what was announced; the papers say of which targets the pages speak."""
        log = OfficialLog()
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
    ) -> list[Outage]:
        """Give every outage that reaches into the window, whole, oldest first."""
        first, last = since or EVER, until or datetime.now(UTC)
        if by_service:
            found = self._of_services(first, last, target)
        else:
            found = self.database.history.outages(since=first, until=last, target=target)
        joined = with_official(found, self.announced, self.services)
        return sorted(joined, key=lambda one: (one.start, one.target))

    def available(self, since: datetime, until: datetime) -> list[Available]:
        """Sum up every target that was ever read, then every service of several of them."""
        lanes = self.database.history.states(since=since, until=until)
        shared = [one for one in self.services if len(one.targets) > 1]
        told = lanes | {one.key: service_states(one, lanes) for one in shared}
        return [self._available(key, states) for key, states in told.items() if states]

    def _available(self, key: str, states: Sequence[State]) -> Available:
        all_of_it = availability(states)
        if key not in spoken_of(self.services):
            return Available(key, all_of_it, all_of_it)
        return Available(key, all_of_it, availability(outside(states, self.announced)))

    def _of_services(self, since: datetime, until: datetime, key: str | None) -> list[Outage]:
        """Find the outages of services: whole ones, so the states are read from the first on."""
        lanes = self.database.history.states(since=EVER, until=until)
        wanted = [one for one in self.services if key in (None, one.key)]
        found = [one for each in wanted for one in seen.outages(service_states(each, lanes))]
        return [one for one in found if one.end is None or one.end > since]

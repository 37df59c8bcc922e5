"""The recorded downtimes and availability for a command, with what was announced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import click

from dashboard.cli.instants import Instant
from dashboard.settings import Settings
from procedure.handbook.services import services
from procedure.io.clock import utc_now
from procedure.io.database.database import Database
from procedure.io.handbook_files import load_handbook
from procedure.monitoring.downtime import Downtime
from procedure.monitoring.rollup import EPOCH
from procedure.monitoring.services import Service, service_states
from procedure.outages.announcements import KINDS, Announcement, AnnouncementLog, add_announcements
from procedure.outages.figures import AvailabilityFigures, ObservedPast


@dataclass(frozen=True, slots=True)
class RecordedPast:
    """A database, the announcements in it, and the services of the handbook."""

    database: Database
    announced: tuple[Announcement, ...]
    services: tuple[Service, ...]

    @classmethod
    def read(cls, database: Database) -> RecordedPast:
        """Read the announcements of a database, and the handbook of the settings."""
        log = AnnouncementLog()
        log.extend(database.journal.since(kinds=KINDS))
        handbook = load_handbook(Settings.from_env().handbook)
        return cls(database, log.announcements(), services(handbook.procedure))

    def downtimes(
        self,
        since: datetime | None,
        until: datetime | None,
        target: str | None,
        *,
        by_service: bool = False,
    ) -> list[Downtime]:
        """Return every downtime that overlaps the window, whole, oldest first."""
        first, last = since or EPOCH, until or utc_now()
        if by_service:
            return self._of_services(first, last, target)
        downtimes = self.database.history.downtimes(since=first, until=last, target=target)
        joined = add_announcements(downtimes, self.announced, self.services)
        return sorted(joined, key=lambda downtime: (downtime.start, downtime.target))

    def availability(self, since: datetime, until: datetime) -> dict[str, AvailabilityFigures]:
        """Return the figures of every target ever probed, then of services with several targets."""
        lanes = self.database.history.states(since=since, until=until)
        past = ObservedPast.of_targets(
            *(lanes, self.announced, self.services), since=since, until=until
        )
        return {key: past.availability(key) for key, seen in past.states.items() if seen}

    def _of_services(self, since: datetime, until: datetime, key: str | None) -> list[Downtime]:
        # Downtimes are whole: the states are needed from the first on.
        lanes = self.database.history.states(since=EPOCH, until=until)
        wanted = [service for service in self.services if key in (None, service.key)]
        states = {service.key: service_states(service, lanes) for service in wanted}
        return ObservedPast(since, until, states, self.announced, self.services).downtimes(states)


def window(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options `--since`, `--until` and `--target` to a command."""
    for option in (
        click.option("--target", help="Only this target, by its key."),
        click.option("--until", type=Instant(), help="Only before this time; now if not given."),
        click.option("--since", type=Instant(), help="Only from this time on; all if not given."),
    ):
        command = option(command)
    return command

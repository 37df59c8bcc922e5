"""The source of the frames: an installation's journal and history."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any, Self

from procedure.circulation.redaction import redact_identifiers
from procedure.diagnosis.evidence import roles_of
from procedure.diagnosis.record_replay import KINDS, RecordReplay
from procedure.diagnosis.suggestion import suggest_answer
from procedure.guide.walk import AnswerGiven
from procedure.handbook.model import Handbook, contract_of, services
from procedure.io.database.sql_history import SqlHistory
from procedure.journal import Journal, Recorded
from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.confirmed_intervals import confirmed_intervals
from procedure.monitoring.downtime import StatusInterval, clip
from procedure.monitoring.rollup import EPOCH
from procedure.monitoring.service_states import Service
from procedure.outages.announcements import AnnouncementLog
from procedure.outages.dossier import span
from procedure.outages.figures import ObservedPast
from procedure.outages.outage_entries import OutageLog, find_outage
from procedure.outages.service_level import ServiceLevel, service_level
from procedure.pandas_types import Frame
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from procedure.records.privacy import Privacy


class RecordedPast:
    """The records up to `until`, read on first use.

    - `targets`: the targets whose readings are used, or None for all.
    - `privacy`: how the frames show identifiers.
    - `outage`: the id (or a prefix of it, or `last`) of the only declared outage to include;
      observations are then limited to the time that its dossier covers.
    """

    def __init__(
        self,
        journal: Journal,
        history: SqlHistory,
        handbook: Handbook,
        *,
        since: datetime | None = None,
        until: datetime,
        targets: Sequence[str] | None = None,
        privacy: Privacy | None = None,
        outage: str | None = None,
    ) -> None:
        if until.tzinfo is None or (since is not None and since.tzinfo is None):
            raise ValueError("since and until need a time zone, as in 2026-11-24T09:12:00+01:00")
        self.handbook, self.until = handbook, until
        self._journal, self._history, self._since = journal, history, since
        self._targets = targets
        self._privacy = privacy or Privacy()
        self._opened = ExitStack()
        self._confirmed: dict[int, dict[str, list[StatusInterval]]] = {}
        self._only = None if outage is None else find_outage(self._outages.records(), outage)
        if self._only is not None:
            begun, self.until = span(self._only, until)
            self._since = begun if since is None else min(max(begun, since), self.until)

    @cached_property
    def since(self) -> datetime:
        """The time at which the observations begin (aware).

        This is the requested time or, by default, the time of the first observation. For a single
        outage, the default is the start of its dossier, and an earlier requested time is ignored.
        """
        return self._since or self._first

    @cached_property
    def past(self) -> ObservedPast:
        """The announcements, and the states of targets and of services with several targets."""
        announced = AnnouncementLog()
        announced.extend(self._journal.since(kinds=AnnouncementLog.KINDS))
        lanes = {**self._never_read, **self._lanes}
        span = {"since": self.since, "until": self.until}
        return ObservedPast.of_targets(
            lanes, announced.announcements(), self._services_seen, **span
        )

    @cached_property
    def _by_service(self) -> ObservedPast:
        """The past with the states of all services instead of targets."""
        keys = [service.state_key for service in self._services_seen]
        return replace(self.past, states={key: self.past.states[key] for key in keys})

    @cached_property
    def _level(self) -> ServiceLevel | None:
        contract = contract_of(self.handbook)
        keys = {service.key for service in self.past.services}
        return service_level(self.past, contract) if contract.service in keys else None

    @cached_property
    def _services_seen(self) -> tuple[Service, ...]:
        known = services(self.handbook)
        return tuple(
            service for service in known if not self._lanes.keys().isdisjoint(service.targets)
        )

    @cached_property
    def _never_read(self) -> dict[str, list[StatusInterval]]:
        """A gap for each target of `_services_seen` that was never probed."""
        unread = {
            key for service in self._services_seen for key in service.targets
        } - self._lanes.keys()
        return {key: [StatusInterval(key, self._first, self.until, None)] for key in unread}

    @cached_property
    def _outages(self) -> OutageLog:
        log = OutageLog()
        log.extend(self._journal.since(kinds=OutageLog.KINDS))
        return log

    @cached_property
    def _recorded(self) -> Sequence[Recorded]:
        return self._journal.since()

    @cached_property
    def _stored_states(self) -> dict[str, list[StatusInterval]]:
        asked: Sequence[str | None] = [None] if self._targets is None else self._targets
        read = [
            self._history.states(since=EPOCH, until=self.until, target=target) for target in asked
        ]
        return {key: states for each in read for key, states in each.items()}

    @cached_property
    def _first(self) -> datetime:
        """The time of the first observation, or `until` if there is none."""
        read = (
            next((entry.start for entry in lane if entry.status is not None), self.until)
            for lane in self._stored_states.values()
        )
        return min(read, default=self.until)

    @cached_property
    def _lanes(self) -> dict[str, list[StatusInterval]]:
        """The contiguous states of each target ever probed, starting at the first observation."""
        return {
            key: clip(key, lane, self._first, self.until)
            for key, lane in self._stored_states.items()
        }

    @cached_property
    def _reconciliation(self) -> ReconciliationLog:
        return ReconciliationLog(self._recorded)

    @cached_property
    def _table(self) -> Frame:
        return self._reconciliation.table()

    def _entries(self, *kinds: type[Any]) -> list[Any]:
        return [record.entry for record in self._recorded if isinstance(record.entry, kinds)]

    def _redact(self, text: str) -> str:
        return redact_identifiers(text, self.handbook.scans)

    def _replay(self, readings: int | None = None) -> RecordReplay:
        """Replay all readings, or only changes confirmed by `readings` consecutive readings."""
        read = self._journal.since(kinds=KINDS)
        lanes = self._lanes if readings is None else self._confirmed_lanes(readings)
        return RecordReplay(lanes, read, roles_of(self.handbook.targets.values()), self._blind)

    @cached_property
    def _blind(self) -> Sequence[BlindPeriod]:
        return self._history.blind_periods(since=EPOCH, until=self.until)

    def _confirmed_lanes(self, readings: int) -> dict[str, list[StatusInterval]]:
        """Return the states of the handbook's targets, confirmed by this many readings in a row."""
        if readings < 1:
            raise ValueError("readings must be at least 1")
        if readings not in self._confirmed:
            targets = self.handbook.targets
            self._confirmed[readings] = {
                key: confirmed_intervals(
                    lane,
                    self._history.readings(key, since=EPOCH, until=self.until),
                    targets[key],
                    readings,
                    self._blind,
                )
                for key, lane in self._lanes.items()
                if key in targets
            }
        return self._confirmed[readings]

    def _suggested(self, given: AnswerGiven, replay: RecordReplay) -> str | None:
        step = self.handbook.procedure.steps.get(given.step)
        # Browsers' readings are not recorded, so the server's are used.
        evidence = replay.evidence_at(given.at)
        return None if step is None else suggest_answer(step, evidence).answer

    def closed_by(self, opened: ExitStack) -> Self:
        """Let `close` also close the resources in `opened`; return the records."""
        opened.push(self._opened)
        self._opened = opened
        return self

    def close(self) -> None:
        """Close the source; frames that have been computed can still be used."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

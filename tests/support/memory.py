"""A journal, notes and a history in memory, with the same guarantees as the database."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from procedure.circulation.circulation_log import CirculationLog
from procedure.errors import JournalMoved
from procedure.journal import MOVED, Entry, Newest, Recorded
from procedure.monitoring.blind_periods import (
    BlindPeriod,
    BlindPeriods,
    mask_states,
    masked_spans,
    move_to_unknown,
)
from procedure.monitoring.downtime import READING_HOLDS, Downtime, StatusInterval, clip, downtimes
from procedure.monitoring.history import USUAL_INTERVAL
from procedure.monitoring.model import SERVER, Outcome, Status
from procedure.monitoring.rollup import (
    Counts,
    Grain,
    ReadingRows,
    SummaryColumns,
    microseconds,
    pool_latencies_by_hour_of_day,
    summary_figures,
)
from tests.support.states import reading_row, states_by_target, summarise_outcomes


def recorded(*entries: Entry) -> list[Recorded]:
    """Return the entries as records, numbered from 1 and each recorded at its own `at`."""
    return [Recorded(place, entry.at, entry) for place, entry in enumerate(entries, start=1)]


def folded(*entries: Entry) -> CirculationLog:
    return CirculationLog(recorded(*entries))


class MemoryJournal:
    """A journal in memory with the guarantees of the database's journal."""

    def __init__(self, now: Callable[[], datetime], *entries: Entry) -> None:
        self._now = now
        self._kept: list[Recorded] = []
        self._places: dict[object, int] = {}
        if entries:
            self.append(*entries)

    def append(self, *entries: Entry, unless_newer: Newest | None = None) -> tuple[Recorded, ...]:
        if unless_newer is not None:
            kinds, position = unless_newer
            if self.since(position, kinds=kinds):
                raise JournalMoved(MOVED)
        return tuple(self._keep(entry) for entry in entries)

    def submit(
        self, *entries: Entry, unless_newer: Newest | None = None
    ) -> Future[tuple[Recorded, ...]]:
        future: Future[tuple[Recorded, ...]] = Future()
        try:
            future.set_result(self.append(*entries, unless_newer=unless_newer))
        except JournalMoved as moved:
            future.set_exception(moved)
        return future

    async def record(self, *entries: Entry) -> tuple[Recorded, ...]:
        return self.append(*entries)

    def since(
        self,
        position: int = 0,
        *,
        kinds: Collection[str] | None = None,
        at_least: datetime | None = None,
        until: int | None = None,
    ) -> Sequence[Recorded]:
        return [
            record
            for record in islice(self._kept, position, until)
            if (kinds is None or record.entry.KIND in kinds)
            and (at_least is None or record.entry.at >= at_least)
        ]

    def position(self) -> int:
        return len(self._kept)

    def _keep(self, entry: Entry) -> Recorded:
        place = self._places.get(entry.id)
        if place is None:
            place = len(self._kept)
            self._places[entry.id] = place
            self._kept.append(Recorded(place + 1, self._now(), entry))
        return self._kept[place]


class MemoryNotes:
    """Notes about pending loans in memory."""

    def __init__(self) -> None:
        self._notes: dict[UUID, str] = {}

    def write(self, waiting: UUID, note: str) -> Future[None]:
        self._notes[waiting] = note
        return _done()

    def read(self) -> Mapping[UUID, str]:
        return dict(self._notes)

    def forget(self, settled: Collection[UUID]) -> Future[None]:
        self._notes = {key: note for key, note in self._notes.items() if key not in settled}
        return _done()

    def keep_only(self, waiting: Collection[UUID]) -> None:
        self._notes = {key: note for key, note in self._notes.items() if key in waiting}


def _done() -> Future[None]:
    done: Future[None] = Future()
    done.set_result(None)
    return done


class BusyJournal(MemoryJournal):
    """A journal to which somebody else writes just before each append with `unless_newer`.

    Each such append first writes the entries in the next item of `meanwhile`.
    """

    def __init__(self, now: Callable[[], datetime], *meanwhile: Sequence[Entry]) -> None:
        super().__init__(now)
        self.meanwhile = list(meanwhile)

    def append(self, *entries: Entry, unless_newer: Newest | None = None) -> tuple[Recorded, ...]:
        if unless_newer is not None and self.meanwhile:
            super().append(*self.meanwhile.pop(0))
        return super().append(*entries, unless_newer=unless_newer)


class MemoryHistory:
    """A history in memory."""

    def __init__(self) -> None:
        self._kept: dict[tuple[datetime, str, str], Outcome] = {}
        self._intervals: dict[str, timedelta] = defaultdict(lambda: USUAL_INTERVAL)
        self._cuts: dict[tuple[str, datetime], BlindPeriod] = {}

    def record(self, outcomes: Sequence[Outcome]) -> int:
        before = len(self._kept)
        for outcome in outcomes:
            self._kept.setdefault((outcome.at, outcome.target, outcome.vantage), outcome)
        return len(self._kept) - before

    def outcomes(
        self,
        *,
        since: datetime,
        until: datetime | None = None,
        target: str | None = None,
        vantage: str | None = None,
    ) -> Iterator[Outcome]:
        for at, which, whence in sorted(self._kept):
            if at < since or (until is not None and at >= until):
                continue
            if target not in (None, which) or vantage not in (None, whence):
                continue
            yield self._kept[at, which, whence]

    def set_intervals(self, intervals: Mapping[str, timedelta]) -> None:
        self._intervals |= intervals

    def record_blind_period(self, cut: BlindPeriod, *, vantage: str = SERVER.key) -> None:
        self._cuts[vantage, cut.start] = cut

    def blind_periods(
        self, *, since: datetime, until: datetime, vantage: str = SERVER.key
    ) -> tuple[BlindPeriod, ...]:
        cuts = self._cuts_of(vantage)
        return tuple(cut for cut in cuts if cut.start < until and cut.end > since)

    def states(
        self,
        *,
        since: datetime,
        until: datetime,
        target: str | None = None,
        vantage: str = SERVER.key,
    ) -> dict[str, list[StatusInterval]]:
        first = min((at for at, _, _ in self._kept), default=since)
        raw = self._raw(min(first, since), until, target, vantage)
        return {
            key: clip(key, mask_states(states, self._dark(key, vantage)), since, until)
            for key, states in raw.items()
        }

    def downtimes(
        self,
        *,
        since: datetime,
        until: datetime,
        target: str | None = None,
        vantage: str = SERVER.key,
    ) -> list[Downtime]:
        first = min((at for at, _, _ in self._kept), default=until)
        states = self.states(since=first, until=until, target=target, vantage=vantage)
        result = [downtime for mine in states.values() for downtime in downtimes(mine)]
        return [downtime for downtime in result if downtime.end is None or downtime.end > since]

    def summaries(
        self,
        grain: Grain,
        columns: Sequence[str],
        *,
        since: datetime,
        until: datetime | None = None,
        target: str | None = None,
        vantage: str = SERVER.key,
    ) -> SummaryColumns:
        result: dict[str, list[list[int]]] = {}
        for key, mine in self._by_target(target, vantage).items():
            hours, days = summarise_outcomes(key, mine, READING_HOLDS * self._intervals[key])
            rows = [
                [
                    microseconds(summary.start),
                    *(summary_figures(summary)[column] for column in columns),
                ]
                for summary in (hours if grain == "hour" else days)
                if since <= summary.start and (until is None or summary.start < until)
            ]
            if rows:
                starts, *sums = (list(column) for column in zip(*rows, strict=True))
                stretches = self._unseen(key, vantage)
                move_to_unknown(starts, dict(zip(columns, sums, strict=True)), stretches, grain)
                result[key] = [starts, *sums]
        return SummaryColumns(columns, result)

    def latencies_by_hour_of_day(
        self, *, since: datetime, until: datetime | None = None, vantage: str = SERVER.key
    ) -> dict[str, Mapping[int, Counts]]:
        return {
            key: pool_latencies_by_hour_of_day(
                (hour.start, hour.latencies)
                for hour in summarise_outcomes(key, mine, READING_HOLDS * self._intervals[key])[0]
                if since <= hour.start and (until is None or hour.start < until)
            )
            for key, mine in self._by_target(None, vantage).items()
        }

    def readings(
        self, target: str, *, since: datetime, until: datetime, vantage: str = SERVER.key
    ) -> ReadingRows:
        seen = self.outcomes(since=since, until=until, target=target, vantage=vantage)
        return ReadingRows(target, [reading_row(outcome) for outcome in seen])

    def _raw(
        self, since: datetime, until: datetime, target: str | None, vantage: str
    ) -> dict[str, list[StatusInterval]]:
        """Return the states of each target as if there were no blind periods."""
        seen = self._by_target(target, vantage)
        every = [outcome for mine in seen.values() for outcome in mine]
        intervals = {key: self._intervals[key] for key in seen}
        return states_by_target(every, intervals=intervals, since=since, until=until)

    def _unseen(self, target: str, vantage: str) -> Iterator[tuple[int, int, Status]]:
        """Yield the start, end (µs) and raw status of each span that blind periods make unknown."""
        instants = [at for at, _, _ in self._kept]
        until = max(instants) + READING_HOLDS * self._intervals[target]
        states = self._raw(min(instants), until, target, vantage)[target]
        begun = [(microseconds(state.start), state.status, state.cause) for state in states]
        dark = BlindPeriods.counted(self._cuts_of(vantage), self._intervals[target])
        return masked_spans(begun, microseconds(until), dark)

    def _dark(self, target: str, vantage: str) -> BlindPeriods:
        return BlindPeriods.of(self._cuts_of(vantage), self._intervals[target])

    def _cuts_of(self, vantage: str) -> list[BlindPeriod]:
        return [period for (whence, _), period in sorted(self._cuts.items()) if whence == vantage]

    def _by_target(self, target: str | None, vantage: str) -> dict[str, list[Outcome]]:
        """Return the outcomes from one vantage, by target and then by time."""
        seen: dict[str, list[Outcome]] = defaultdict(list)
        for at, which, whence in sorted(self._kept):
            if whence == vantage and target in (None, which):
                seen[which].append(self._kept[at, which, whence])
        return dict(sorted(seen.items()))

"""The history of probes: raw outcomes as they came, kept apart from any judgement over them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from procedure.monitoring.blind_periods import (
    BlindPeriod,
    BlindPeriods,
    mask_states,
    masked_spans,
    move_to_unknown,
)
from procedure.monitoring.downtime import (
    READING_HOLDS,
    Downtime,
    StatusInterval,
    downtimes,
    states_by_target,
    within,
)
from procedure.monitoring.model import SERVER, Outcome, Status
from procedure.monitoring.rollup import (
    Grain,
    ReadingRows,
    SummaryColumns,
    figures,
    microseconds,
    reading,
    summed,
)

# For a target of which nobody has said how often it is read.
USUAL_INTERVAL = timedelta(minutes=1)


class History(Protocol):
    """Where rounds of outcomes are kept, in memory or in the database."""

    def record(self, outcomes: Sequence[Outcome]) -> int:
        """Keep one round in one transaction and return how many of its outcomes are new.

        An outcome already kept changes nothing. The same outcome means the same target, vantage
        and instant.
        """
        ...

    def outcomes(
        self,
        *,
        since: datetime,
        until: datetime | None = None,
        target: str | None = None,
        vantage: str | None = None,
    ) -> Iterator[Outcome]:
        """Return outcomes with `since <= at < until`, ordered by instant, then target."""
        ...

    def expect(self, intervals: Mapping[str, timedelta], *, anew: bool = True) -> None:
        """Say how often targets are read from now on, which tells what a gap is.

        What is known of a target already is changed only `anew`; one of which nothing was said
        counts as read every minute.
        """
        ...

    def cut_off(self, cut: BlindPeriod, *, vantage: str = SERVER.key) -> None:
        """Keep a stretch in which a vantage was cut off; one that grew replaces what it was.

        States, outages, hours and days then count as unknown what was seen in it.
        """
        ...

    def cuts(
        self, *, since: datetime, until: datetime, vantage: str = SERVER.key
    ) -> tuple[BlindPeriod, ...]:
        """Return the stretches that reach into a span, oldest first."""
        ...

    def states(
        self,
        *,
        since: datetime,
        until: datetime,
        target: str | None = None,
        vantage: str = SERVER.key,
    ) -> dict[str, list[StatusInterval]]:
        """Tell the states of every target read from a vantage.

        See `procedure.monitoring.downtime.states`.
        """
        ...

    def outages(
        self,
        *,
        since: datetime,
        until: datetime,
        target: str | None = None,
        vantage: str = SERVER.key,
    ) -> list[Downtime]:
        """Find the outages that reach into a span, whole, by target and then by start.

        What is known at `until` decides whether one has ended.
        """
        ...

    def rolled(
        self,
        grain: Grain,
        columns: Sequence[str],
        *,
        since: datetime,
        until: datetime | None = None,
        target: str | None = None,
        vantage: str = SERVER.key,
    ) -> SummaryColumns:
        """Return the hours or days that are over and began with `since <= start < until`.

        They come by target, in order; `columns` are of `procedure.monitoring.rollup.COLUMNS`.
        """
        ...

    def readings(
        self, target: str, *, since: datetime, until: datetime, vantage: str = SERVER.key
    ) -> ReadingRows:
        """Return what charts need of the outcomes of one target, by instant."""
        ...


class MemoryHistory:
    """A history for tests and replays: the same promises, until the program ends."""

    def __init__(self) -> None:
        self._kept: dict[tuple[datetime, str, str], Outcome] = {}
        self._intervals: dict[str, timedelta] = defaultdict(lambda: USUAL_INTERVAL)
        self._cuts: dict[tuple[str, datetime], BlindPeriod] = {}

    def record(self, outcomes: Sequence[Outcome]) -> int:
        """Keep the outcomes; see `History.record`."""
        before = len(self._kept)
        for one in outcomes:
            self._kept.setdefault((one.at, one.target, one.vantage), one)
        return len(self._kept) - before

    def outcomes(
        self,
        *,
        since: datetime,
        until: datetime | None = None,
        target: str | None = None,
        vantage: str | None = None,
    ) -> Iterator[Outcome]:
        """Return the outcomes of a span; see `History.outcomes`."""
        for at, which, whence in sorted(self._kept):
            if at < since or (until is not None and at >= until):
                continue
            if target not in (None, which) or vantage not in (None, whence):
                continue
            yield self._kept[at, which, whence]

    def expect(self, intervals: Mapping[str, timedelta], *, anew: bool = True) -> None:
        """Keep how often targets are read; see `History.expect`."""
        self._intervals |= intervals if anew else {**intervals, **self._intervals}

    def cut_off(self, cut: BlindPeriod, *, vantage: str = SERVER.key) -> None:
        """Keep a stretch; see `History.cut_off`."""
        self._cuts[vantage, cut.start] = cut

    def cuts(
        self, *, since: datetime, until: datetime, vantage: str = SERVER.key
    ) -> tuple[BlindPeriod, ...]:
        """Return the stretches of a span; see `History.cuts`."""
        found = self._cuts_of(vantage)
        return tuple(one for one in found if one.start < until and one.end > since)

    def states(
        self,
        *,
        since: datetime,
        until: datetime,
        target: str | None = None,
        vantage: str = SERVER.key,
    ) -> dict[str, list[StatusInterval]]:
        """Tell the states of every target; see `History.states`."""
        first = min((at for at, _, _ in self._kept), default=since)
        raw = self._raw(min(first, since), until, target, vantage)
        return {
            key: within(key, mask_states(told, self._dark(key, vantage)), since, until)
            for key, told in raw.items()
        }

    def outages(
        self,
        *,
        since: datetime,
        until: datetime,
        target: str | None = None,
        vantage: str = SERVER.key,
    ) -> list[Downtime]:
        """Find the outages that reach into a span; see `History.downtimes`."""
        first = min((at for at, _, _ in self._kept), default=until)
        told = self.states(since=first, until=until, target=target, vantage=vantage)
        found = [one for mine in told.values() for one in downtimes(mine)]
        return [one for one in found if one.end is None or one.end > since]

    def rolled(
        self,
        grain: Grain,
        columns: Sequence[str],
        *,
        since: datetime,
        until: datetime | None = None,
        target: str | None = None,
        vantage: str = SERVER.key,
    ) -> SummaryColumns:
        """Return the hours or days that are over; see `History.rolled`."""
        found: dict[str, list[list[int]]] = {}
        for key, mine in self._by_target(target, vantage).items():
            hours, days = summed(key, mine, READING_HOLDS * self._intervals[key])
            rows = [
                [microseconds(one.start), *(figures(one)[column] for column in columns)]
                for one in (hours if grain == "hour" else days)
                if since <= one.start and (until is None or one.start < until)
            ]
            if rows:
                starts, *sums = (list(column) for column in zip(*rows, strict=True))
                stretches = self._unseen(key, vantage)
                move_to_unknown(starts, dict(zip(columns, sums, strict=True)), stretches, grain)
                found[key] = [starts, *sums]
        return SummaryColumns(columns, found)

    def readings(
        self, target: str, *, since: datetime, until: datetime, vantage: str = SERVER.key
    ) -> ReadingRows:
        """Return what charts need of the outcomes of one target; see `History.readings`."""
        seen = self.outcomes(since=since, until=until, target=target, vantage=vantage)
        return ReadingRows(target, [reading(one) for one in seen])

    def _raw(
        self, since: datetime, until: datetime, target: str | None, vantage: str
    ) -> dict[str, list[StatusInterval]]:
        """Tell the states as the outcomes have them, whether cut off or not."""
        seen = self._by_target(target, vantage)
        every = [one for mine in seen.values() for one in mine]
        intervals = {key: self._intervals[key] for key in seen}
        return states_by_target(every, intervals=intervals, since=since, until=until)

    def _unseen(self, target: str, vantage: str) -> Iterator[tuple[int, int, Status]]:
        """Yield what was seen of a target while cut off, in microseconds."""
        instants = [at for at, _, _ in self._kept]
        until = max(instants) + READING_HOLDS * self._intervals[target]
        told = self._raw(min(instants), until, target, vantage)[target]
        begun = [(microseconds(one.start), one.verdict, one.cause) for one in told]
        dark = BlindPeriods.counted(self._cuts_of(vantage), self._intervals[target])
        return masked_spans(begun, microseconds(until), dark)

    def _dark(self, target: str, vantage: str) -> BlindPeriods:
        return BlindPeriods.of(self._cuts_of(vantage), self._intervals[target])

    def _cuts_of(self, vantage: str) -> list[BlindPeriod]:
        return [one for (whence, _), one in sorted(self._cuts.items()) if whence == vantage]

    def _by_target(self, target: str | None, vantage: str) -> dict[str, list[Outcome]]:
        """Return the outcomes of each target from one vantage, both in order."""
        seen: dict[str, list[Outcome]] = defaultdict(list)
        for at, which, whence in sorted(self._kept):
            if whence == vantage and target in (None, which):
                seen[which].append(self._kept[at, which, whence])
        return dict(sorted(seen.items()))

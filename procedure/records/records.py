"""The frames of an installation's records, each computed on first use."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas ships its own types

from procedure import frames
from procedure.diagnosis.staff_reports import StaffReport
from procedure.frames.period_frames import Period
from procedure.guide.walk import AnswerGiven
from procedure.monitoring.rollup import PERCENTILES
from procedure.monitoring.service_states import announced_keys
from procedure.outages.figures import is_momentary, several_targets
from procedure.pandas_types import Frame
from procedure.records.export import dictionary, export_frames
from procedure.records.outage_records import RecordedOutages
from procedure.status_pages.reading_validity import PageStatusChanged, PageStatusReadByStaff

# For a single outage, these frames are by hour: the records of an outage do not cover a whole
# month, and often not even a whole day.
_BY_HOUR = ("availability", "periods", "latency")


class Records(RecordedOutages):
    """The records as frames; for units and dtypes, see `procedure.frames` and docs/records.md.

    Frames about targets and services show the server's observations in `since <= t < until`; a
    downtime that overlaps this range is shown in full. Frames about declared outages, loans and
    people's actions are not limited in time. `past` gives the same observations as Python objects.
    For the `outage` column, see `procedure.frames.outage_column`.
    """

    # ----- observations -----

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """Every probe from every vantage, one row each; columns of `frames.OUTCOMES`.

        Ten targets yield ten million rows a year, so open the records with `since` and `until`.
        """
        read = self._history.outcomes(since=self.since, until=self.until)
        return frames.with_categories(frames.outcomes(read))

    @cached_property
    def states(self) -> pd.DataFrame:
        """The status of each target, one row per interval; columns of `frames.STATUS_INTERVALS`."""
        return frames.with_categories(self._target_states)

    @cached_property
    def services(self) -> pd.DataFrame:
        """The status of each service in the handbook; columns of `frames.STATUS_INTERVALS`.

        A service works while at least one of its targets works, and is down while all of them are
        down. A service with several targets has the key of its step in the handbook. A service with
        a single target has the target's key.
        """
        past = self._by_service
        intervals = (interval for key in past.states for interval in past.intervals(key))
        return frames.with_categories(frames.status_intervals(intervals))

    @cached_property
    def downtimes(self) -> pd.DataFrame:
        """The downtimes of each target, oldest first; columns of `frames.DOWNTIMES`."""
        return self._with_declared(frames.downtimes(self.past.downtimes(self._lanes)))

    @cached_property
    def service_downtimes(self) -> pd.DataFrame:
        """The downtimes of services, with announcements; columns of `frames.SERVICE_DOWNTIMES`."""
        found = self._by_service.downtimes(self._by_service.states)
        return self._with_declared(frames.service_downtimes(found))

    @cached_property
    def distinct_downtimes(self) -> pd.DataFrame:
        """The downtimes as the dashboard lists them, with the number of loans in each.

        Columns of `frames.DISTINCT_DOWNTIMES`. No downtime is listed twice: if a target's downtime
        overlaps a downtime of the target's service, only the service's downtime is listed. A
        service with a single target has no downtimes of its own. Downtimes of less than half a
        minute are left out.
        """
        lent, found = self._reconciliation.log.count_lent, self.past.distinct_downtimes()
        return self._with_declared(frames.distinct_downtimes(found, lent, self.until))

    def availability(self, by: Period | None = "month", *, planned: bool = True) -> pd.DataFrame:
        """Return the time in each status per target, service and period.

        Columns of `frames.AVAILABILITY`. `by` is `hour`, `day`, `week`, `month` or `year` in local
        time, or None for the whole time. If `planned` is false, the time of announced work is left
        out for targets and services that the status pages cover.
        """
        shared = [target.key for target in several_targets(self.past.services)]
        work = () if planned else self.past.planned()
        summed = frames.availability(
            pd.concat([self._target_states, self._intervals(shared)], ignore_index=True),
            by,
            work=work,
            announced=announced_keys(self.past.services),
        )
        return frames.with_categories(summed)

    def periods(self, by: Period = "month") -> pd.DataFrame:
        """Return the availability and the downtimes of each target and service per period.

        Columns of `frames.PERIODS`; downtimes of less than half a minute are not counted.
        """
        whole = self.availability(by)
        unplanned = self.availability(by, planned=False) if self.past.planned() else whole
        downtimes = self.past.downtimes(self.past.states)
        began = [downtime for downtime in downtimes if not is_momentary(downtime)]
        return frames.with_categories(frames.periods(whole, unplanned, frames.downtimes(began), by))

    def latency(self, by: Literal["hour", "day"] = "day") -> pd.DataFrame:
        """Return the latency of each target's answers per completed hour or day.

        Columns of `frames.LATENCY`.
        """
        rolled = self._history.summaries(
            by, ("probes", *PERCENTILES), since=self.since, until=self.until
        )
        return frames.with_categories(frames.latency_by(rolled))

    @cached_property
    def hours_of_day(self) -> pd.DataFrame:
        """Each target's latency by hour of the day; columns of `frames.HOURS_OF_DAY`."""
        answers = self._history.latencies_by_hour_of_day(since=self.since, until=self.until)
        return frames.with_categories(frames.hours_of_day(answers))

    @cached_property
    def planned_work(self) -> pd.DataFrame:
        """Planned work, from status pages or entered by staff; columns of `frames.PLANNED`."""
        return frames.with_categories(frames.planned(self.past.planned()))

    @cached_property
    def lost_time(self) -> pd.DataFrame:
        """The time lost under the vendor's contract, by month; columns of `frames.LOST_TIME`."""
        return frames.lost_time(self._level.months if self._level else ())

    @cached_property
    def disputed(self) -> pd.DataFrame:
        """The downtimes that the vendor did not fully announce; columns of `frames.DISPUTED`."""
        found = self._level.disputed if self._level else ()
        return self._with_declared(frames.disputed_downtimes(found))

    # ----- reports from status pages and people -----

    @cached_property
    def readings(self) -> pd.DataFrame:
        """The readings of status pages by feeds and staff; columns of `frames.PAGE_READINGS`."""
        kinds = (PageStatusChanged, PageStatusReadByStaff)
        return self._of_people(frames.page_readings(self._entries(*kinds)))

    @cached_property
    def reports(self) -> pd.DataFrame:
        """Staff reports on whether Alma worked; columns of `frames.REPORTS`."""
        return self._of_people(frames.reports(self._entries(StaffReport), self._redact))

    @cached_property
    def answers(self) -> pd.DataFrame:
        """The answers to the procedure's questions; columns of `frames.ANSWERS`.

        `suggested` is the answer that the current rules would suggest from the data available when
        the question was answered. `suggested` is missing if there is no suggestion, or if the
        handbook no longer has the step.
        """
        given = sorted(self._entries(AnswerGiven), key=lambda entry: entry.at)
        replay = self._replay()
        return self._of_people(
            frames.answers((answer, self._suggested(answer, replay)) for answer in given)
        )

    # ----- files -----

    def export(
        self,
        folder: str | Path,
        format: Literal["parquet", "csv"] = "parquet",  # noqa: A002
    ) -> None:
        """Write every frame, and the meanings of all columns (docs/records.md), to a new folder.

        Availability and periods are by month, and latency is by day. For a single outage, all three
        are by hour.

        Raises:
            ExportRefused: the format is Parquet, but pyarrow is not installed; or the folder is
                not empty or not writable. Nothing was written.
        """
        export_frames(self.all_frames(), Path(folder), format)

    def all_frames(self) -> Mapping[str, pd.DataFrame]:
        """Return every frame by name, as `export` writes them."""
        every: dict[str, Frame] = {}
        for name in dictionary():
            frame = getattr(self, name)
            if callable(frame):
                by_hour = self._only is not None and name in _BY_HOUR
                frame = frame(by="hour") if by_hour else frame()
            every[name] = frame
        return every

    @cached_property
    def _target_states(self) -> pd.DataFrame:
        return self._intervals(self._lanes)

    def _intervals(self, keys: Iterable[str]) -> pd.DataFrame:
        return frames.status_intervals(
            interval for key in keys for interval in self.past.intervals(key)
        )

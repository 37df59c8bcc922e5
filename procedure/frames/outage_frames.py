"""Downtimes, declared outages, and the conclusions of the current diagnosis rules, as frames."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas ships its own types

from procedure.diagnosis.record_replay import LocatedFault, SuggestedAnswer
from procedure.diagnosis.rules import FaultLocation
from procedure.diagnosis.suspected_outage import Condition
from procedure.frames.column_building import (
    DURATION,
    INSTANT,
    Dtypes,
    category,
    from_attributes,
    from_rows,
    records,
)
from procedure.frames.downtime_frames import DOWNTIMES, downtimes
from procedure.monitoring.downtime import Downtime
from procedure.outages.outage_entries import OutageRecord
from procedure.outages.outage_loans import OutageLoans
from procedure.pandas_types import Frame, Values

SERVICE_DOWNTIMES: Dtypes = {**DOWNTIMES, "official_lag": DURATION}
DISTINCT_DOWNTIMES: Dtypes = {**DOWNTIMES, "loans": "int64"}
DECLARED: Dtypes = {
    "outage": "str",
    "title": "str",
    "begun": INSTANT,
    "ended": INSTANT,
    "failed_at": INSTANT,
    "declared_at": INSTANT,
    "answered_at": INSTANT,
    "ended_at": INSTANT,
    "planned": "bool",
    "suspected": category(*FaultLocation),
    "lending_start": INSTANT,
    "lending_end": INSTANT,
    "loans": "int64",
    "voids": "int64",
    "withdrawn": "bool",
}
DIAGNOSES: Dtypes = {
    "start": INSTANT,
    "end": INSTANT,
    "diagnosis": category(*FaultLocation),
    "condition": category(*Condition),
}

SUGGESTIONS: Dtypes = {
    "start": INSTANT,
    "end": INSTANT,
    "step": "str",
    "answer": "str",
}
SUSPICIONS: Dtypes = {
    "at": INSTANT,
    "end": INSTANT,
    "delay": DURATION,
    "planned": "bool",
}
DECLARATIONS = ("begun", "declared", "lending_start", "lending_end", "ended")
EVENTS = ("diagnosis", "suggestion", "suspected", *DECLARATIONS)
REPLAYED: Dtypes = {
    "at": INSTANT,
    "event": category(*EVENTS),
    "step": "str",
    "value": "str",
    "outage": "str",
}


@dataclass(frozen=True, slots=True)
class DeclaredOutage:
    """A declared outage, its loans, and when the system failed and answered again (UTC)."""

    record: OutageRecord
    loans: OutageLoans = field(default_factory=OutageLoans)
    failed: datetime | None = None
    answered: datetime | None = None


def service_downtimes(periods: Iterable[Downtime]) -> pd.DataFrame:
    """Return the downtimes of services; columns as in `SERVICE_DOWNTIMES`.

    `official_lag` is the time from the first failed reading to the announcement. It is negative if
    the announcement came first, and missing if there was no announcement.
    """
    frame: Frame = downtimes(periods)
    lag = (frame["official_start"] - frame["start"]).astype(DURATION)
    return frame.assign(official_lag=lag)


def distinct_downtimes(
    periods: Iterable[Downtime], count_lent: Callable[[datetime, datetime], int], until: datetime
) -> pd.DataFrame:
    """Return downtimes, with the number of loans during each; columns as in `DISTINCT_DOWNTIMES`.

    `count_lent` counts the loans between two times. If a downtime is still going on, the loans up
    to `until` are counted.
    """
    periods = list(periods)
    loans = [count_lent(period.start, period.end or until) for period in periods]
    frame: Frame = downtimes(periods)
    return frame.assign(loans=pd.Series(loans, dtype="int64"))


def declared(outages: Iterable[DeclaredOutage], title: Callable[[str], str]) -> pd.DataFrame:
    """Return the declared outages, one row each; columns as in `DECLARED`.

    - `begun`, `ended`: when the outage began and ended, as stated by people.
    - `declared_at`, `ended_at`: when people made these statements.
    - `failed_at`, `answered_at`: when the library system first failed and last began to answer
      again, as observed.
    - `lending_start`, `lending_end`: when the lending step (C1) first came into force, and when the
      step was last lifted. While the step is in force, `lending_end` is missing.
    - `loans`: the number of valid loans; `voids`: the number of voided loans.
    - `withdrawn`: whether the outage was declared by mistake. Such an outage has no loans, and is
      left out of all other frames.
    """
    return from_rows(DECLARED, (_declared(outage, title) for outage in outages))


def diagnoses(concluded: Iterable[LocatedFault]) -> pd.DataFrame:
    """Return the diagnoses, with the start and end of each; columns as in `DIAGNOSES`."""
    return from_attributes(DIAGNOSES, concluded)


def suggestions(suggested: Iterable[SuggestedAnswer]) -> pd.DataFrame:
    """Return the suggested answers, with the start and end of each; columns as in `SUGGESTIONS`."""
    return from_attributes(SUGGESTIONS, suggested)


def replayed(
    concluded: Frame, suggested: Frame, declared_outages: Frame, suspect_after: timedelta
) -> pd.DataFrame:
    """Return diagnoses, suggestions, suspicions and declarations, one row per event, in order.

    Columns as in `REPLAYED`. The frames come from `diagnoses`, `suggestions` and `declared`. An
    outage is `suspected` once there has been trouble for `suspect_after`.
    """
    made: Frame = pd.DataFrame
    parts = [
        made({"at": concluded["start"], "event": "diagnosis", "value": concluded["diagnosis"]}),
        made(
            {
                "at": suggested["start"],
                "event": "suggestion",
                "step": suggested["step"],
                "value": suggested["answer"],
            }
        ),
        made({"at": suspicions(concluded, suspect_after)["at"], "event": "suspected"}),
        _declarations(declared_outages),
    ]
    # `reindex` gives missing columns another dtype, so the parts are joined as plain rows.
    rows = [row for part in parts for row in records(part.reindex(columns=list(REPLAYED)))]
    order = {name: number for number, name in enumerate(EVENTS)}
    rows.sort(key=lambda row: (row["at"], order[row["event"]]))
    return from_rows(REPLAYED, rows)


def _declarations(declared_outages: Frame) -> Frame:
    """Return the times named in `DECLARATIONS`, one row per declared outage and time."""
    named = declared_outages.rename(columns={"declared_at": "declared"})
    rows = named.melt(["outage", "title"], list(DECLARATIONS), "event", "at").dropna(subset=["at"])
    return rows.rename(columns={"title": "value"})


def suspicions(concluded: Frame, after: timedelta) -> pd.DataFrame:
    """Return the times at which an outage would have been suspected, one row each, in UTC.

    An outage is suspected (`at`) once trouble has lasted for `after`; `end` is when the trouble
    ended. `concluded` is a frame of `diagnoses`; consecutive rows of trouble are joined.
    """
    trouble = concluded[concluded["condition"] == Condition.TROUBLE.value]
    begins = trouble["start"] != trouble["end"].shift()
    spans: Frame = trouble.groupby(begins.cumsum()).agg(start=("start", "min"), end=("end", "max"))
    spans = spans[spans["end"] - spans["start"] >= after]
    made: Frame = pd.DataFrame({"at": spans["start"] + after, "end": spans["end"]})
    return made.astype(INSTANT).reset_index(drop=True)


def reach_into(starts: Values, ends: Values, spans: Frame) -> Values:
    """Return a mask of the periods from `starts` to `ends` that overlap at least one of `spans`."""
    reaching = np.zeros(len(starts), bool)
    for start, end in zip(spans["start"], spans["end"].fillna(ends.max()), strict=True):
        reaching |= ((starts < end) & (ends > start)).to_numpy()
    return reaching


def _declared(outage: DeclaredOutage, title: Callable[[str], str]) -> Mapping[str, object]:
    record = outage.record
    made, over = record.declared, record.over
    first = next((at for at, lending in _lending(record) if lending), None)
    ceased = [at for at, lending in _lending(record) if not lending]
    still = record.lending or first is None
    return {
        "outage": str(made.id),
        "title": title(made.title),
        "begun": made.begun,
        "ended": over.ended if over else None,
        "failed_at": outage.failed,
        "declared_at": made.at,
        "answered_at": outage.answered,
        "ended_at": over.at if over else None,
        "planned": made.planned,
        "suspected": made.suspected or None,
        "lending_start": first,
        "lending_end": None if still else ceased[-1],
        "loans": outage.loans.count,
        "voids": len(outage.loans.void),
        "withdrawn": record.withdrawn is not None,
    }


def _lending(record: OutageRecord) -> Iterator[tuple[datetime, bool]]:
    """Yield each time at which the lending step (C1) came into force (true) or ended (false)."""
    in_force = False
    stated = [(record.declared.at, record.declared.lending)]
    stated += [(news.at, news.lending) for news in record.news if news.lending is not None]
    stated += [(end.at, False) for end in (record.over, record.withdrawn) if end]
    for at, lending in stated:
        if lending != in_force:
            in_force = lending
            yield at, lending

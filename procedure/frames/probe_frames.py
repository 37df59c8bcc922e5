"""Probe outcomes as frames: every attempt, readings for charts, and summaries."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields

import numpy as np
import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas ships its own types

from procedure.frames.column_building import (
    INSTANT,
    Dtypes,
    categories,
    category,
    durations,
    from_attributes,
    from_rows,
    instants,
    milliseconds,
    rolled_column,
    whole_numbers,
)
from procedure.monitoring.model import FailureCause, Outcome, Phase, Phases, Status
from procedure.monitoring.rollup import (
    PERCENTILES,
    Counts,
    ReadingRows,
    SummaryColumns,
    percentile,
)
from procedure.pandas_types import Values

OUTCOMES: Dtypes = {
    "at": INSTANT,
    "target": "str",
    "vantage": "str",
    "status": category(*Status),
    "cause": category(*FailureCause),
    "phase": category(*Phase),
    "http_status": "Int16",
    "latency_ms": "float64",
    "dns_ms": "float64",
    "connect_ms": "float64",
    "tls_ms": "float64",
    "first_byte_ms": "float64",
    "url": "str",
    "final_url": "str",
    "reserved": "bool",
    "detail": "str",
    "expires": INSTANT,
}
HOURS_OF_DAY: Dtypes = {
    "target": "str",
    "hour": "int64",
    "answers": "int64",
    **{f"{name}_ms": "float64" for name in PERCENTILES},
}
READINGS: Dtypes = {name: OUTCOMES[name] for name in ("at", "status", "cause", "latency_ms")}


def outcomes(attempts: Iterable[Outcome]) -> pd.DataFrame:
    """Return raw outcomes, one row per attempt, in the order given; columns as in `OUTCOMES`.

    `at` is when the attempt began. `http_status` is `Int16`, missing if there was no answer.
    `expires` is when the certificate expires. Redirect hops are left out.
    """
    return from_attributes(OUTCOMES, attempts, _PATHS)


def readings(rows: ReadingRows) -> pd.DataFrame:
    """Return one target's readings for charts, one row per attempt; columns as in `READINGS`."""
    at, status, cause, spent = whole_numbers(rows.rows, 4)
    return pd.DataFrame(
        {
            "at": instants(at),
            "status": categories(status, READINGS["status"]),
            "cause": categories(cause, READINGS["cause"]),
            "latency_ms": milliseconds(spent),
        }
    )


def summaries(rolled: SummaryColumns) -> pd.DataFrame:
    """Return each target's completed hours or days, one row each, with the columns in `rolled`.

    `target` is categorical, `start` is when the hour or day began, durations are `timedelta64[us]`,
    and `probes` is `int64`. The percentiles of the answers' latencies are in milliseconds, accurate
    to 4.5%, and NaN if there were no answers.
    """
    start, *values = (rolled_column(rolled, place) for place in range(1 + len(rolled.columns)))
    lengths = [len(columns[0]) for columns in rolled.targets.values()]
    targets = pd.CategoricalDtype(list(rolled.targets))
    table: dict[str, Values] = {
        "target": categories(np.repeat(np.arange(len(lengths)), lengths), targets),
        "start": instants(start),
    }
    for name, sums in zip(rolled.columns, values, strict=True):
        table[_SHOWN_AS.get(name, name)] = _SUMMED.get(name, durations)(sums)
    return pd.DataFrame(table)


def hours_of_day(answers: Mapping[str, Mapping[int, Counts]]) -> pd.DataFrame:
    """Return targets' latency at each hour of the day, 0 to 23; columns as in `HOURS_OF_DAY`.

    `answers` is the result of `History.latencies_by_hour_of_day`. The percentiles of the latencies
    at each hour are in milliseconds, accurate to 4.5%. An hour with no answers has no row.
    """
    return from_rows(
        HOURS_OF_DAY,
        (
            {
                "target": target,
                "hour": hour,
                "answers": sum(counts.values()),
                **{f"{name}_ms": percentile(counts, share) for name, share in PERCENTILES.items()},
            }
            for target, hours in answers.items()
            for hour, counts in hours.items()
            if counts
        ),
    )


_PATHS = {f"{phase.name}_ms": f"phases.{phase.name}" for phase in fields(Phases)}
_SUMMED: Mapping[str, Callable[[Values], Values]] = {
    "probes": np.asarray,
    **dict.fromkeys(PERCENTILES, milliseconds),
}
_SHOWN_AS = {name: f"{name}_ms" for name in PERCENTILES}

"""The log as tidy pandas frames, one row an event, for tables, charts and notebooks.

In every frame: instants are `datetime64[us, UTC]` (missing: NaT), durations `timedelta64[us]`,
phases and latencies `float64` in milliseconds (missing: NaN), keys and names `str`, flags `bool`,
and what can only be one of a few words is categorical, with every word of the table as category.
A frame without rows has the same columns and dtypes. `frame["at"].dt.tz_convert("Europe/Zurich")`
gives local times.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from hashlib import blake2s
from typing import Any

import numpy as np
import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas carries its own types

from procedure.circulation.log import LoanRow, LoanState
from procedure.columns import (
    categories,
    durations,
    instants,
    milliseconds,
    rolled_column,
    whole_numbers,
)
from procedure.monitoring.downtime import Downtime, StatusInterval
from procedure.monitoring.model import FailureCause, Outcome, Phase, Status
from procedure.monitoring.rollup import PERCENTILES, ReadingRows, SummaryColumns

GAP = "gap"
INSTANT = "datetime64[us, UTC]"
DURATION = "timedelta64[us]"


def _words(*words: str) -> pd.CategoricalDtype:
    return pd.CategoricalDtype([str(word) for word in words])


OUTCOMES: Mapping[str, Any] = {
    "at": INSTANT,
    "target": "str",
    "vantage": "str",
    "verdict": _words(*Status),
    "cause": _words(*FailureCause),
    "phase": _words(*Phase),
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
READINGS: Mapping[str, Any] = {
    name: OUTCOMES[name] for name in ("at", "verdict", "cause", "latency_ms")
}
STATES: Mapping[str, Any] = {
    "target": "str",
    "start": INSTANT,
    "end": INSTANT,
    "verdict": _words(*Status, GAP),
    "cause": _words(*FailureCause),
    "lasted": DURATION,
}
OUTAGES: Mapping[str, Any] = {
    "target": "str",
    "start": INSTANT,
    "end": INSTANT,
    "lasted": DURATION,
    "unread": DURATION,
    "cause": _words(*FailureCause),
    "planned": "bool",
    "official_start": INSTANT,
    "official_end": INSTANT,
}
LOANS: Mapping[str, Any] = {
    "id": "str",
    "at": INSTANT,
    "desk": "str",
    "patron": "str",
    "item": "str",
    "state": _words(*LoanState),
    "late": "bool",
    "warning": "str",
    "workstation": "str",
    "sequence": "int64",
    "recorded_at": INSTANT,
    "exported_at": INSTANT,
    "export": "str",
    "voided_at": INSTANT,
}


def outcomes(seen: Iterable[Outcome]) -> pd.DataFrame:
    """Lay out raw outcomes, one row an attempt, in the order given; columns as in `OUTCOMES`.

    `at` is when the attempt began. `http_status` is `Int16`, missing where no answer came.
    `expires` is when the certificate runs out. The hops of a redirect chain are left out.
    """
    return _frame(
        OUTCOMES,
        (
            (
                *(one.at, one.target, one.vantage, one.verdict, one.cause, one.phase),
                *(one.http_status, one.latency_ms),
                *(one.phases.dns, one.phases.connect, one.phases.tls, one.phases.first_byte),
                *(one.url, one.final_url, one.reserved, one.detail, one.expires),
            )
            for one in seen
        ),
    )


def states(told: Iterable[StatusInterval]) -> pd.DataFrame:
    """Lay out states, one row a stretch `start <= t < end`; columns as in `STATES`.

    `verdict` is `gap` where nothing was read.
    """
    return _frame(
        STATES,
        (
            (one.target, one.start, one.end, one.verdict or GAP, one.cause, one.lasted)
            for one in told
        ),
    )


def outages(found: Iterable[Downtime]) -> pd.DataFrame:
    """Lay out outages, one row each; columns as in `OUTAGES`.

    `end` and `lasted` are missing while an outage lasts; `unread` is the part of it in which
    nothing could be read.
    """
    return _frame(
        OUTAGES,
        (
            (
                *(one.target, one.start, one.end, one.end and one.end - one.start, one.unread),
                *(one.cause, one.planned, one.official_start, one.official_end),
            )
            for one in found
        ),
    )


def readings(told: ReadingRows) -> pd.DataFrame:
    """Lay out what charts need of one target, one row an attempt; columns as in `READINGS`."""
    at, verdict, cause, spent = whole_numbers(told.rows, 4)
    return pd.DataFrame(
        {
            "at": instants(at),
            "verdict": categories(verdict, READINGS["verdict"]),
            "cause": categories(cause, READINGS["cause"]),
            "latency_ms": milliseconds(spent),
        }
    )


def summaries(rolled: SummaryColumns) -> pd.DataFrame:
    """Lay out hours or days that are over, one row each; columns as they were asked for.

    `target` is categorical, `start` when the hour or day began; durations are `timedelta64[us]`,
    `probes` is `int64`. Percentiles are of the latency of answers, in milliseconds, off by 4.5 %
    at the most; NaN where no answer came.
    """
    start, *values = (rolled_column(rolled, place) for place in range(1 + len(rolled.columns)))
    lengths = [len(columns[0]) for columns in rolled.targets.values()]
    targets = pd.CategoricalDtype(list(rolled.targets))
    frame: dict[str, Any] = {
        "target": categories(np.repeat(np.arange(len(lengths)), lengths), targets),
        "start": instants(start),
    }
    for name, told in zip(rolled.columns, values, strict=True):
        frame[_SHOWN_AS.get(name, name)] = _SUMMED.get(name, durations)(told)
    return pd.DataFrame(frame)


def loans(
    rows: Iterable[LoanRow], *, identifiers: bool = False, key: bytes | None = None
) -> pd.DataFrame:
    """Lay out the rows of a loan log, one a loan, in the order given; columns as in `LOANS`.

    `at` is when it was lent, `recorded_at` when it was committed; `export` is the name of the
    offline file. `patron` is a pseudonym of `pseudonyms` under `key`, unless `identifiers` asks
    for the real ones. Operators' initials and the reasons of voids, free words, are left out.
    """
    told = list(rows)
    real = [row.loan.patron for row in told]
    patrons = real if identifiers else pseudonyms(real, key=key)
    return _frame(
        LOANS,
        (
            (
                *(str(row.loan.id), row.loan.at, row.loan.desk, patron, row.loan.item),
                *(row.state, row.loan.late, row.loan.warning),
                *(row.loan.workstation, row.loan.sequence, row.recorded_at),
                *(row.export and row.export.at, row.export and row.export.name),
                row.void and row.void.at,
            )
            for row, patron in zip(told, patrons, strict=True)
        ),
    )


def pseudonyms(identifiers: Iterable[str], *, key: bytes | None = None) -> list[str]:
    """Replace each identifier by 16 hexadecimal digits that say nothing about it.

    Equal identifiers give equal pseudonyms under one key (at most 32 bytes). Without a key, one
    is made for this call and forgotten: nobody can go back, and two calls cannot be joined.
    """
    key = secrets.token_bytes(32) if key is None else key
    return [blake2s(one.encode(), key=key, digest_size=8).hexdigest() for one in identifiers]


def _frame(dtypes: Mapping[str, Any], rows: Iterable[tuple[Any, ...]]) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True)) or [()] * len(dtypes)
    return pd.DataFrame(
        {
            name: pd.Series([_plain(one) for one in column], dtype=dtype)
            for (name, dtype), column in zip(dtypes.items(), columns, strict=True)
        }
    )


_SUMMED: Mapping[str, Callable[[Any], Any]] = {
    "probes": np.asarray,
    **dict.fromkeys(PERCENTILES, milliseconds),
}
_SHOWN_AS = {name: f"{name}_ms" for name in PERCENTILES}


def _plain(value: object) -> object:
    # A StrEnum is a str, but pandas would keep and show it as an enum.
    return value.value if isinstance(value, StrEnum) else value

"""Whole numbers to the columns of a frame, without an object for each cell.

Instants and durations are microseconds, categories are places in a list, -1 where nothing is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas carries its own types

from procedure.monitoring.rollup import SummaryColumns


def whole_numbers(rows: Iterable[Sequence[int]], width: int) -> Any:
    """Return the columns of rows that are `width` numbers wide."""
    return np.fromiter(chain.from_iterable(rows), np.int64).reshape(-1, width).T


def rolled_column(rolled: SummaryColumns, place: int) -> Any:
    """Return one column of every target, one after the other; the first are the starts."""
    told = (np.asarray(columns[place], np.int64) for columns in rolled.targets.values())
    return np.concatenate([np.array([], np.int64), *told])


def categories(places: Any, words: pd.CategoricalDtype) -> Any:
    """Return the words at these places; missing at -1."""
    made: Any = pd.Categorical
    return made.from_codes(places, dtype=words)


def instants(microseconds: Any) -> Any:
    """Return instants since 1970, in UTC."""
    made: Any = pd.Series(microseconds.view("datetime64[us]"))
    return made.dt.tz_localize("UTC")


def durations(microseconds: Any) -> Any:
    """Return durations."""
    return microseconds.view("timedelta64[us]")


def milliseconds(microseconds: Any) -> Any:
    """Return milliseconds; NaN at -1."""
    return np.where(microseconds < 0, np.nan, microseconds / 1000)

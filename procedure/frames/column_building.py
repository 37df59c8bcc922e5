"""Builds frame columns from records, or from integers without creating an object for each cell.

An integer stands for a time or a duration in microseconds, or for the index of a category. For a
category or a latency, -1 means that it is missing.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas ships its own types

from procedure.monitoring.rollup import SummaryColumns
from procedure.pandas_types import Frame, Values

Dtype = str | pd.CategoricalDtype
Dtypes = Mapping[str, Dtype]  # the dtype of each column, in order
INSTANT = "datetime64[us, UTC]"
DURATION = "timedelta64[us]"
# Columns with few distinct values, such as handbook keys and reason keys.
FEW = (
    "target",
    "vantage",
    "page",
    "step",
    "answer",
    "suggested",
    "contact",
    "desk",
    "site",
    "cart",
    "warning",
    "reason",
)


def category(*words: str) -> pd.CategoricalDtype:
    """Return the dtype of a categorical column with these words as categories."""
    return pd.CategoricalDtype([str(word) for word in words])


def with_categories(frame: Frame, *more: str) -> Frame:
    """Return the frame with its columns in `FEW` and `more` made categorical.

    The categories of each column are the values that occur in it.
    """
    names = [name for name in (*FEW, *more) if name in frame]
    return frame.astype(dict.fromkeys(names, "category"))


def from_rows(dtypes: Dtypes, rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Return rows as a frame with these columns and dtypes, even if there are no rows.

    Raises:
        KeyError: a row lacks a column.
        ValueError: a row has a field that is not a column.
    """
    rows = list(rows)
    if any(len(row) > len(dtypes) for row in rows):
        raise ValueError(f"a row has fields besides the columns {', '.join(dtypes)}")
    return from_columns(dtypes, {name: [row[name] for row in rows] for name in dtypes})


def from_attributes(
    dtypes: Dtypes,
    records: Iterable[object],
    paths: Mapping[str, str] = MappingProxyType({}),
) -> pd.DataFrame:
    """Return attributes of records as a frame with these columns and dtypes.

    A column holds the attribute of the same name or, if `paths` contains the column, the attribute
    at that path, such as `phases.dns`.
    """
    records = list(records)
    columns = {name: attrgetter(paths.get(name, name)) for name in dtypes}
    return from_columns(dtypes, {name: list(map(read, records)) for name, read in columns.items()})


def from_columns(dtypes: Dtypes, columns: Mapping[str, Values]) -> pd.DataFrame:
    """Return columns as a frame, in the order of `dtypes`."""
    return pd.DataFrame({name: _series(columns[name], dtype) for name, dtype in dtypes.items()})


def empty(dtypes: Dtypes) -> pd.DataFrame:
    return from_rows(dtypes, ())


def _series(values: Values, dtype: Dtype) -> Values:
    made: Values = pd.Series
    if isinstance(dtype, pd.CategoricalDtype):
        # pandas would keep and show a StrEnum as an enum, and take twice as long.
        places = {word: place for place, word in enumerate(dtype.categories)}
        return made(categories([places.get(value, -1) for value in values], dtype))
    return made(values, dtype=dtype)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return each row as a dict of Python values, such as `datetime`; a missing value is None."""
    names: list[str] = list(frame.columns)
    columns = [_values(frame[name]) for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _values(column: Values) -> list[object]:
    plain = {"M": "to_pydatetime", "m": "to_pytimedelta"}.get(column.dtype.kind)
    return [
        None if missing else getattr(value, plain)() if plain else value
        for value, missing in zip(column.tolist(), column.isna(), strict=True)
    ]


def whole_numbers(rows: Iterable[Sequence[int]], width: int) -> Values:
    """Return the columns of a table whose rows have `width` whole numbers each, as arrays."""
    return np.fromiter(chain.from_iterable(rows), np.int64).reshape(-1, width).T


def rolled_column(rolled: SummaryColumns, place: int) -> Values:
    """Concatenate a column of all targets; `place` is its index, and index 0 holds the starts."""
    arrays = (np.asarray(columns[place], np.int64) for columns in rolled.targets.values())
    return np.concatenate([np.array([], np.int64), *arrays])


def categories(places: Values, dtype: Dtype) -> Values:
    """Return a column of categories, given their indices in `dtype`; -1 means missing."""
    made: Values = pd.Categorical
    return made.from_codes(places, dtype=dtype)


def instants(microseconds: Values) -> Values:
    """Return UTC times from microseconds since 1970."""
    made: Values = pd.Series(microseconds.view("datetime64[us]"))
    return made.dt.tz_localize("UTC")


def microseconds(instants: Values) -> Values:
    """Return aware times as microseconds since 1970."""
    index: Values = pd.DatetimeIndex(instants)
    return index.as_unit("us").asi8


def durations(microseconds: Values) -> Values:
    return microseconds.view("timedelta64[us]")


def milliseconds(microseconds: Values) -> Values:
    """Convert microseconds to milliseconds, and -1 to NaN."""
    return np.where(microseconds < 0, np.nan, microseconds / 1000)

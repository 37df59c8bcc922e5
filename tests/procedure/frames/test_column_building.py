"""A frame built from rows of named cells has all columns, each in its place."""

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from procedure.frames.column_building import from_rows

PERSONS = {"workstation": "str", "operator": "str", "count": "int64"}


def test_from_rows_puts_each_value_below_its_name() -> None:
    rows = [
        {"operator": "LM", "count": 2, "workstation": "pc-1"},
        {"workstation": "pc-2", "operator": None, "count": 0},
    ]
    expected = pd.DataFrame(
        {"workstation": ["pc-1", "pc-2"], "operator": ["LM", None], "count": [2, 0]}
    ).astype(PERSONS)
    assert_frame_equal(from_rows(PERSONS, rows), expected)


def test_from_rows_without_rows_has_the_columns() -> None:
    assert from_rows(PERSONS, []).dtypes.astype("str").to_dict() == PERSONS


def test_from_rows_refuses_a_row_with_other_columns() -> None:
    whole = {"workstation": "pc-1", "operator": "LM", "count": 2}
    with pytest.raises(ValueError, match="fields besides the columns"):
        from_rows(PERSONS, [whole | {"desk": "CMU"}])
    with pytest.raises(KeyError, match="operator"):
        from_rows(PERSONS, [{"workstation": "pc-1", "count": 2}])

"""The data dictionary, procedure/records/frames.md, says what the frames are."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property

import pandas as pd
import pytest

from procedure import open_records
from procedure.io.database.database import open_database
from procedure.records import Records
from procedure.records.dictionary import dictionary
from tests.procedure.records.recorded import UNTIL, fill

METHODS = ("availability", "latency", "periods", "replayed", "suspicions")
NO_FRAMES = {"since", "past"}


def documented() -> dict[str, dict[str, str]]:
    """Return the dtype of each column of each frame, in order."""
    return {
        name: {column: dtype for column, (dtype, _) in text.columns.items()}
        for name, text in dictionary().items()
    }


def frame(records: Records, name: str) -> pd.DataFrame:
    value = getattr(records, name)
    return value() if name in METHODS else value


@pytest.fixture(scope="module", params=["sample", "empty"])
def records(request: pytest.FixtureRequest, module_database_url: str) -> Iterator[Records]:
    with open_database(module_database_url, now=lambda: datetime.now(UTC)) as database:
        if request.param == "sample":
            fill(database)
    with open_records(module_database_url, until=UNTIL) as opened:
        yield opened


def test_dictionary_has_every_frame() -> None:
    offered = {
        name
        for kind in Records.__mro__
        for name, value in vars(kind).items()
        if isinstance(value, cached_property)
    }
    public = {name for name in offered if not name.startswith("_")} - NO_FRAMES
    assert documented().keys() == public | set(METHODS)


@pytest.mark.parametrize("name", documented())
def test_dictionary_has_columns_and_dtypes_of_the_frames(records: Records, name: str) -> None:
    dtypes = {column: str(dtype) for column, dtype in frame(records, name).dtypes.items()}
    assert list(dtypes.items()) == list(documented()[name].items())

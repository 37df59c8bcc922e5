"""Every frame is unchanged when its file is read back, and is documented next to the file."""

import json
import re
import stat
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import pandas as pd
import pytest

from procedure import open_records
from procedure.errors import ExportRefused
from procedure.io.database.database import open_database
from procedure.records import Records
from procedure.records.export import dictionary
from tests.procedure.records.recorded import DECLARED, PATRON, UNTIL, at, fill
from tests.support import make

DOCS = Path(__file__).resolve().parents[3] / "docs" / "records.md"
AWKWARD = 'a "b", c;\n\\N d\r\n=1+1'


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('export') / 'relais.sqlite3'}"
    with open_database(url, now=lambda: UNTIL) as database:
        fill(database)
        database.journal.append(
            make.back(900, "1060000049", at=at(640.000001), desk="CMU", cart="2"),
            make.note(901, DECLARED, AWKWARD, at=at(641)),
            make.note(902, DECLARED, "", at=at(642), contact="cad"),
            make.news(903, DECLARED, AWKWARD, at=at(643)),
        )
    return url


@pytest.fixture(scope="module", params=[None, "last"], ids=["all", "last"])
def records(url: str, request: pytest.FixtureRequest) -> Iterator[Records]:
    with open_records(url, until=UNTIL, outage=request.param) as opened:
        yield opened


@pytest.fixture(scope="module")
def read_csv() -> Callable[[Path, str], pd.DataFrame]:
    """Return the function from the documentation that reads a frame from CSV."""
    (code,) = re.findall(r"```python\n(import json.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    return names["read_frame"]


def test_parquet_read_back_is_the_frame(records: Records, tmp_path: Path) -> None:
    records.export(tmp_path / "out")
    frames = records.all_frames()
    for name, frame in frames.items():
        read = pd.read_parquet(tmp_path / "out" / f"{name}.parquet")
        for column in frame.select_dtypes("category"):
            if not len(frame[column].cat.categories):  # pandas reads the column as objects
                assert not len(read[column].cat.categories)
                read[column] = read[column].astype(frame[column].dtype)
        pd.testing.assert_frame_equal(read, frame)
    assert {file.name for file in (tmp_path / "out").iterdir()} == {
        *(f"{name}.parquet" for name in frames),
        "frames.json",
        "frames.md",
    }
    assert frames.keys() == dictionary().keys()


def test_csv_read_back_by_its_documentation_is_the_frame(
    records: Records, tmp_path: Path, read_csv: Callable[[Path, str], pd.DataFrame]
) -> None:
    records.export(tmp_path / "out", format="csv")
    for name, frame in records.all_frames().items():
        pd.testing.assert_frame_equal(read_csv(tmp_path / "out", name), frame)


def test_export_is_readable_only_by_its_owner(records: Records, tmp_path: Path) -> None:
    records.export(tmp_path / "frames", format="csv")
    modes = {file.stat().st_mode & 0o777 for file in (tmp_path / "frames").iterdir()}
    assert (modes, (tmp_path / "frames").stat().st_mode & 0o777) == ({0o600}, 0o700)


def test_documentation_has_dtypes_units_and_meanings(records: Records, tmp_path: Path) -> None:
    records.export(tmp_path / "out")
    told = json.loads((tmp_path / "out" / "frames.json").read_text("utf-8"))
    assert told["format"] == "parquet"
    for name, frame in records.all_frames().items():
        columns = told["frames"][name]["columns"]
        shown = {column["name"]: column["dtype"] for column in columns}
        assert shown == {column: str(dtype) for column, dtype in frame.dtypes.items()}
        assert all(column["meaning"] for column in columns)
        assert told["frames"][name]["rows"] == len(frame)
    units = {column["name"]: column["unit"] for column in told["frames"]["latency"]["columns"]}
    assert (units["start"], units["p95_ms"], units["probes"]) == ("UTC", "ms", "")
    parquet = pytest.importorskip("pyarrow.parquet")
    schema = parquet.read_schema(tmp_path / "out" / "loans.parquet")
    assert json.loads(schema.metadata[b"relais"]) == told["frames"]["loans"]
    text = (tmp_path / "out" / "frames.md").read_text("utf-8")
    assert all(f"\n## {name}\n" in text for name in told["frames"])


def test_export_of_one_outage_is_hourly(url: str) -> None:
    with open_records(url, until=UNTIL, outage=str(DECLARED)[:8]) as records:
        frames = records.all_frames()
    assert set(frames["loans"]["outage"]) == {str(UUID(int=100))}
    assert len(frames["latency"]["start"].unique()) > 1
    assert frames["availability"]["start"].diff().dropna().max() <= pd.Timedelta("1h")


def test_export_hides_identifiers_unless_unlocked(url: str, tmp_path: Path) -> None:
    with open_records(url, until=UNTIL) as hidden:
        hidden.export(tmp_path / "hidden", format="csv")
    written = "".join(file.read_text("utf-8") for file in (tmp_path / "hidden").iterdir())
    assert PATRON not in written
    assert "Claire Rey" not in written
    with open_records(url, until=UNTIL, identifiers=["patron"]) as shown:
        shown.export(tmp_path / "shown", format="csv")
    assert PATRON in (tmp_path / "shown" / "loans.csv").read_text("utf-8")
    assert "Claire Rey" not in (tmp_path / "shown" / "signatures.csv").read_text("utf-8")


def test_export_is_complete_or_absent(
    records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(ExportRefused, match="already exists"):
        records.export(full)
    with pytest.raises(ExportRefused, match="is not one of parquet, csv"):
        records.export(tmp_path / "out", format="xlsx")  # type: ignore[arg-type]
    with pytest.raises(ExportRefused, match="cannot be written"):
        records.export(tmp_path / "none" / "out")

    def fails(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(pd.DataFrame, "to_csv", fails)
        with pytest.raises(ExportRefused, match="No space left"):
            records.export(tmp_path / "out", format="csv")
    with monkeypatch.context() as bare:
        bare.setitem(sys.modules, "pyarrow.parquet", None)
        with pytest.raises(ExportRefused, match=r"pip install 'alma-relais\[analysis\]'"):
            records.export(tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["full"]
    empty = tmp_path / "empty"
    empty.mkdir()
    records.export(empty, format="csv")
    assert stat.S_IMODE(empty.stat().st_mode) == 0o700


METHODS = ("availability", "latency", "periods", "replayed", "suspicions")
NO_FRAMES = {"since", "past"}


def documented() -> dict[str, dict[str, str]]:
    """Return the documented dtype of each column of each frame, in order."""
    return {
        name: {column: dtype for column, (dtype, _) in text.columns.items()}
        for name, text in dictionary().items()
    }


def frame(records: Records, name: str) -> pd.DataFrame:
    value = getattr(records, name)
    return value() if name in METHODS else value


@pytest.fixture(scope="module", params=["sample", "empty"])
def recorded(request: pytest.FixtureRequest, module_database_url: str) -> Iterator[Records]:
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


def test_references_to_columns_of_other_frames_are_valid() -> None:
    frames = dictionary()
    wrong = [
        (name, column, meaning)
        for name, frame in frames.items()
        for column, (_, meaning) in frame.columns.items()
        for other in re.findall(r"as in `(\w+)`", meaning)
        if other not in frames or column not in frames[other].columns
    ]
    assert wrong == []


@pytest.mark.parametrize("name", documented())
def test_dictionary_has_columns_and_dtypes_of_the_frames(recorded: Records, name: str) -> None:
    dtypes = {column: str(dtype) for column, dtype in frame(recorded, name).dtypes.items()}
    assert list(dtypes.items()) == list(documented()[name].items())

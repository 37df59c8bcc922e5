"""Exports every frame of the records as files, with the meaning of each column."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas ships its own types

from procedure.io.frame_files import write_frames, zip_folders
from procedure.pandas_types import Frame, Values

TEXT = Path(__file__).with_name("meaning_of_columns.md")
_FRAME = re.compile(r"^## ([a-z_]+)\n(.*?)\n(?=\n).*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_COLUMN = re.compile(r"^\| `(\w+)` \| `([^`]+)` \| (\S.*) \|$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FrameText:
    """The documentation of a frame: the dtype and meaning of each column, in order."""

    about: str
    columns: Mapping[str, tuple[str, str]]


@cache
def dictionary() -> Mapping[str, FrameText]:
    """Return the documentation of each frame of `Records` by name, in the order of `TEXT`."""
    return {
        found[1]: FrameText(
            found[2], {name: (dtype, text) for name, dtype, text in _COLUMN.findall(found[0])}
        )
        for found in _FRAME.finditer(TEXT.read_text("utf-8"))
    }


# The frames about patrons or staff: the journal records how many rows of each are downloaded.
ABOUT_PEOPLE = (
    "loans",
    "returns",
    "answers",
    "reports",
    "messages",
    "notes",
    "reviews",
    "signatures",
)


def export_frames(
    frames: Mapping[str, Frame],
    folder: Path,
    form: str,
    when_written: Callable[[], object] | None = None,
) -> None:
    """Write the frames of `Records.all_frames` to a new folder, with their documentation.

    Raises:
        ExportRefused: see `write_frames`.
    """
    texts = dictionary()
    described = {name: _described(frame, texts[name]) for name, frame in frames.items()}
    text = TEXT.read_text("utf-8")
    write_frames(folder, frames, described, text, form=form, when_written=when_written)


def zip_frames(frames: Mapping[str, Frame]) -> bytes:
    """Return a ZIP archive of the files from `export_frames`: `csv/` and, with pyarrow, `parquet/`.

    Raises:
        ExportRefused: temporary files cannot be written, or there is no room for them.
    """
    return zip_folders(lambda folder, form: export_frames(frames, folder, form))


def journal_name(name: str, frames: Mapping[str, Frame], unlocked: Collection[str] = ()) -> str:
    """Return the name under which the journal records a download.

    It contains `name` (the name of the folder or archive), the number of rows in each frame about
    people, and the identifiers that were shown.
    """
    rows = [f"{len(frames[key])} {key}" for key in ABOUT_PEOPLE if len(frames[key])]
    identifiers = f"{' and '.join(unlocked)} shown" if unlocked else "pseudonyms"
    return f"{name} ({', '.join([*rows, identifiers])})"


def _described(frame: Frame, text: FrameText) -> dict[str, object]:
    columns = [_column(frame[name], meaning) for name, (_, meaning) in text.columns.items()]
    return {"about": text.about, "rows": len(frame), "columns": columns}


def _column(column: Values, meaning: str) -> dict[str, object]:
    words = (
        {"categories": list(column.dtype.categories)}
        if isinstance(column.dtype, pd.CategoricalDtype)
        else {}
    )
    kind = {"name": column.name, "dtype": str(column.dtype), "unit": _unit(column)}
    return {**kind, "meaning": meaning, **words}


def _unit(column: Values) -> str:
    if column.name.endswith("_ms"):
        return "ms"
    kinds = {"M": "UTC" if getattr(column.dtype, "tz", None) else "local date", "m": "s"}
    shares = {"ratio": "share of 1", "unplanned": "share of 1"}
    return kinds.get(column.dtype.kind, shares.get(column.name, ""))

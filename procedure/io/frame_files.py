"""Writes data frames and their documentation to a folder, as Parquet or CSV."""

import json
import os
import shutil
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import cast
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas ships its own types

from procedure.errors import ExportRefused
from procedure.io.atomic_files import sync_folder
from procedure.io.pyarrow_extra import import_pyarrow
from procedure.pandas_types import Frame, Values

# The content of a CSV cell for a missing string; an empty cell in a text column is an empty string.
MISSING_TEXT = "\\N"


def write_frames(
    folder: Path,
    frames: Mapping[str, Frame],
    described: Mapping[str, Mapping[str, object]],
    text: str,
    *,
    form: str,
    when_written: Callable[[], object] | None = None,
) -> None:
    """Write frames into a new folder as `parquet` or `csv` files, durably.

    `described` documents each frame and is written to `frames.json`; `text` is written to
    `frames.md`. The folder gets its name once it is complete and `when_written` has returned. Only
    its owner can read it.

    Raises:
        ExportRefused: the format is unknown, pyarrow is missing for Parquet, or the folder is not
            empty or not writable; nothing was written.
    """
    write = _WRITERS.get(form)
    if write is None:
        raise ExportRefused(f"{form!r} is not one of {', '.join(_WRITERS)}")
    try:
        if form == "parquet":
            import_pyarrow()
        with _new_folder(folder.resolve()) as part:
            for name, frame in frames.items():
                write(part / f"{name}.{form}", frame, described[name])
            listed = json.dumps({"format": form, "frames": described}, ensure_ascii=False, indent=1)
            (part / "frames.json").write_text(listed, "utf-8")
            (part / "frames.md").write_text(text, "utf-8")
            if when_written is not None:
                when_written()
    except ImportError as missing:
        raise ExportRefused(str(missing)) from missing
    except OSError as refusal:
        raise ExportRefused(f"{folder} cannot be written to: {refusal.strerror}") from refusal


def zip_folders(write: Callable[[Path, str], None]) -> bytes:
    """Return a ZIP archive of the folders that `write` makes, one per format and named after it.

    Parquet is left out if pyarrow is missing. Exceptions from `write` are not caught.
    """
    packed = BytesIO()
    with TemporaryDirectory() as kept, ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for form in _formats():
            write(Path(kept, form), form)
        for file in sorted(Path(kept).glob("*/*")):
            archive.write(file, file.relative_to(kept))
    return packed.getvalue()


def _formats() -> list[str]:
    try:
        import_pyarrow()
    except ImportError:
        return ["csv"]
    return ["csv", "parquet"]


def refuse_unless_new(folder: Path) -> None:
    """Raise `ExportRefused` if the path is a file, or a folder that is not empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportRefused(f"{folder} already exists: name a new folder")


@contextmanager
def _new_folder(folder: Path) -> Generator[Path]:
    """Yield an empty folder to write to; if nothing fails, it becomes `folder` at the end."""
    refuse_unless_new(folder)
    part = Path(mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        yield part
        for file in part.iterdir():
            file.chmod(0o600)  # keeps the file private if it is moved elsewhere
            with file.open("rb") as written:
                os.fsync(written.fileno())
        sync_folder(part)
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    sync_folder(folder.parent)


def _write_parquet(file: Path, frame: Frame, described: Mapping[str, object]) -> None:
    arrow, parquet = import_pyarrow()
    schema = arrow.Schema.from_pandas(frame, preserve_index=False)
    for place, field in enumerate(schema):
        # pyarrow cannot infer a type from an empty set of categories, so pandas would not read the
        # column back as categorical.
        if arrow.types.is_dictionary(field.type) and arrow.types.is_null(field.type.value_type):
            texts = arrow.dictionary(field.type.index_type, arrow.large_string())
            schema = schema.set(place, field.with_type(texts))
    about = {b"relais": json.dumps(described, ensure_ascii=False).encode()}
    table = arrow.Table.from_pandas(
        frame, schema.with_metadata({**schema.metadata, **about}), preserve_index=False
    )
    parquet.write_table(table, file)


def _write_csv(file: Path, frame: Frame, _: Mapping[str, object]) -> None:
    cells: Frame = pd.DataFrame({name: _cells(frame[name]) for name in frame})
    cells.to_csv(file, index=False, encoding="utf-8", lineterminator="\n")


def _cells(column: Values) -> Values:
    """Return a column as CSV cells: times in ISO 8601, durations in seconds."""
    match column.dtype.kind:
        case "M":
            aware = getattr(column.dtype, "tz", None) is not None
            plain = column.dt.tz_convert("UTC").dt.tz_localize(None) if aware else column
            texts = cast("Values", np.datetime_as_string)(plain.to_numpy(), unit="us")
            cells: Values = pd.Series(texts, dtype="str") + ("+00:00" if aware else "")
            return cells.where(column.notna(), "")
        case "m":
            whole = column.to_numpy().view("int64")
            seconds = [f"{duration // 10**6}.{duration % 10**6:06}" for duration in whole.tolist()]
            cells = pd.Series(seconds, dtype="str")
            return cells.where(column.notna(), "")
        case "O":
            return column.astype("str").where(column.notna(), MISSING_TEXT)
        case _:
            return column


_WRITERS: Mapping[str, Callable[[Path, Frame, Mapping[str, object]], None]] = {
    "parquet": _write_parquet,
    "csv": _write_csv,
}

"""Files of outcomes on the disk: CSV (`procedure.monitoring.history_csv`) and Parquet."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from procedure.errors import HistoryFileError
from procedure.io.atomic_files import replacing
from procedure.io.pyarrow_extra import import_pyarrow
from procedure.monitoring.downtime import usual_interval
from procedure.monitoring.history_csv import COLUMNS, cells, read_outcomes
from procedure.monitoring.model import Outcome

BATCH = 10_000
READINGS_ENOUGH = 10_000  # to find out how often a target is probed


def write_outcomes(file: Path, outcomes: Iterable[Outcome]) -> int:
    """Write the outcomes in the format of the file's suffix, `.csv` or `.parquet`; return how many.

    The file is replaced atomically when it is complete.

    Raises:
        HistoryFileError: another ending, no right to write there, or no pyarrow for Parquet.
    """
    write = _WRITERS.get(file.suffix.lower())
    if write is None:
        raise HistoryFileError(f"{file}: the name must end in {' or '.join(_WRITERS)}")
    try:
        with replacing(file) as part:
            return write(part, outcomes)
    except BlockingIOError as refusal:
        raise HistoryFileError(
            f"{file} cannot be written: another process is writing it"
        ) from refusal
    except OSError as refusal:
        raise HistoryFileError(f"{file} cannot be written: {refusal.strerror}") from refusal


def outcomes_of(file: Path) -> Iterator[Outcome]:
    """Read the outcomes of a CSV file, or of a Parquet file as `write_outcomes` makes it.

    Raises:
        HistoryFileError: the file or one of its lines cannot be read.
    """
    if file.suffix.lower() == ".parquet":
        return _read_parquet(file)
    return _read_csv(file)


def usual_intervals(outcomes: Iterable[Outcome]) -> dict[str, timedelta]:
    """Return how often each target was usually probed, by its first outcomes."""
    instants: dict[str, list[datetime]] = defaultdict(list)
    for outcome in outcomes:
        if len(instants[outcome.target]) < READINGS_ENOUGH:
            instants[outcome.target].append(outcome.at)
    return {target: usual_interval(own) for target, own in instants.items()}


def batches(outcomes: Iterable[Outcome]) -> Iterator[list[Outcome]]:
    """Yield the outcomes in lists of `BATCH`, which fit in memory."""
    remaining = iter(outcomes)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _write_csv(file: Path, outcomes: Iterable[Outcome]) -> int:
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(COLUMNS)
        count = 0
        for batch in batches(outcomes):
            rows.writerows(map(cells, batch))
            count += len(batch)
        return count


def _write_parquet(file: Path, outcomes: Iterable[Outcome]) -> int:
    """Write the columns of `procedure.frames.outcomes`, so that pandas reads the same frame."""
    arrow, parquet = _pyarrow()
    from procedure import frames  # noqa: PLC0415 - pandas is slow to import, and CSV needs none

    def table(batch: list[Outcome]) -> Any:
        return arrow.Table.from_pandas(frames.outcomes(batch), preserve_index=False)

    count = 0
    with parquet.ParquetWriter(file, table([]).schema) as out:
        for batch in batches(outcomes):
            out.write_table(table(batch))
            count += len(batch)
    return count


def _read_csv(file: Path) -> Iterator[Outcome]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            yield from read_outcomes(lines)
    except HistoryFileError as fault:
        raise HistoryFileError(f"{file}: {fault}") from fault
    except (UnicodeDecodeError, csv.Error) as fault:
        raise HistoryFileError(f"{file} is no CSV file in UTF-8: {fault}") from fault
    except OSError as refusal:
        raise HistoryFileError(f"{file} cannot be read: {refusal.strerror}") from refusal


def _read_parquet(file: Path) -> Iterator[Outcome]:
    arrow, parquet = _pyarrow()
    from procedure import frames  # noqa: PLC0415 - as above

    try:
        with parquet.ParquetFile(file) as table:
            for batch in table.iter_batches(BATCH):
                yield from frames.to_outcomes(batch.to_pandas())
    except (OSError, KeyError, ValueError, arrow.ArrowException) as fault:
        raise HistoryFileError(f"{file} is no Parquet file of Relais: {fault}") from fault


def _pyarrow() -> tuple[Any, Any]:
    try:
        return import_pyarrow()
    except ImportError as missing:
        raise HistoryFileError(str(missing)) from missing


_WRITERS: Mapping[str, Callable[[Path, Iterable[Outcome]], int]] = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
}

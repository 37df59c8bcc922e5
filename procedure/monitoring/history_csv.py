"""Outcomes as CSV, one row per attempt, as `relais history export` writes and import reads them.

The first line names the columns, in any order. `at` (ISO 8601 with an offset), `target` and
`verdict` are required; other columns and cells may be missing or empty. Durations are in
milliseconds, `hops` is JSON. Semicolons are accepted as separators, as spreadsheets write them.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from itertools import chain
from math import nan
from typing import Any

import msgspec

from procedure.errors import HistoryFileError
from procedure.monitoring.model import SERVER, FailureCause, Hop, Outcome, Phase, Phases, Status

Reader = Callable[[str], Any]
REQUIRED = ("at", "target", "verdict")
PHASES = ("dns", "connect", "tls", "first_byte")
COLUMNS = (
    *("at", "target", "vantage", "verdict", "cause", "phase", "http_status", "latency_ms"),
    *(f"{phase}_ms" for phase in PHASES),
    *("url", "final_url", "reserved", "detail", "expires", "hops"),
)


def cells(outcome: Outcome) -> list[str]:
    """Return the cells of one outcome; unknown values are empty."""
    values: dict[str, Any] = {f"{name}_ms": getattr(outcome.phases, name) for name in PHASES}
    values |= {field.name: getattr(outcome, field.name) for field in fields(outcome)}
    values["verdict"] = outcome.status
    values["hops"] = msgspec.json.encode(outcome.hops).decode() if outcome.hops else None
    return [_text(values[column]) for column in COLUMNS]


def read_outcomes(lines: Iterable[str]) -> Iterator[Outcome]:
    """Yield the outcomes of a CSV file, line by line.

    Without a cause column, the cause of an outcome that is down follows from its HTTP status: 400
    and above is `status`, any other `content`, and none or 0 gives no cause.

    Raises:
        HistoryFileError: with the line and the column that cannot be read.
    """
    rows = _rows(lines)
    columns = _columns(next(rows, None) or ())
    for row in rows:
        if row:
            values = dict(_read(row, columns, rows.line_num))
            yield _outcome(values, caused="cause" in columns)


def _rows(lines: Iterable[str]) -> Any:
    """Return a CSV reader with the separator of the first line."""
    left = iter(lines)
    first = next(left, "")
    separator = ";" if first.count(";") > first.count(",") else ","
    return csv.reader(chain([first], left), delimiter=separator)


def _instant(text: str) -> datetime:
    """Return an ISO 8601 instant with an offset as aware UTC, within the years 1970 to 2100.

    Raises:
        ValueError: it is not; the message says how to write one.
    """
    at = _in_utc(text)
    if not 1970 <= at.year <= 2100:
        raise ValueError(f"{text!r} is not between the years 1970 and 2100")
    return at


def _in_utc(text: str) -> datetime:
    # A certificate may expire in the year 9999.
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"{text!r} is not an instant; write it like 2026-11-24T09:12:00Z")


def _columns(actual: Sequence[str]) -> dict[str, int]:
    """Return the position of each of our columns in the file."""
    places = {column: actual.index(column) for column in COLUMNS if column in actual}
    missing = [column for column in REQUIRED if column not in places]
    if missing:
        raise HistoryFileError(
            f"the first line names no column for {_list(missing)}; it names "
            f"{_list(actual) or 'nothing'}. The columns are {_list(COLUMNS)}, of which "
            f"{_list(REQUIRED)} are needed: rename those of another monitor"
        )
    return places


def _read(row: list[str], columns: Mapping[str, int], number: int) -> Iterator[tuple[str, Any]]:
    for column, place in columns.items():
        text = row[place].strip() if place < len(row) else ""
        if not text and column in REQUIRED:
            raise HistoryFileError(f"{column} is empty", line=number)
        if text:
            try:
                yield column, _READERS.get(column, str)(text)
            except ValueError as fault:
                raise HistoryFileError(f"{column}: {fault}", line=number) from None


def _outcome(values: dict[str, Any], *, caused: bool) -> Outcome:
    phases = Phases(**{name: values.pop(f"{name}_ms", None) for name in PHASES})
    values = {"url": "", "vantage": SERVER.key} | values
    if not caused:
        values["cause"] = _cause(values["verdict"], values.get("http_status"))
    return Outcome(status=values.pop("verdict"), phases=phases, **values)


def _cause(status: Status, http_status: int | None) -> FailureCause | None:
    if status is not Status.DOWN or http_status is None:
        return None
    return FailureCause.STATUS if http_status >= 400 else FailureCause.CONTENT


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _status(text: str) -> int | None:
    if not _STATUS.fullmatch(text):
        raise ValueError(f"{text!r} is no HTTP status; it has three digits, or is 0")
    return int(text) or None


def _milliseconds(text: str) -> float:
    try:
        # Python reads 1_0 as ten.
        spent = nan if "_" in text else float(text)
    except ValueError:
        spent = nan
    if not 0 <= spent <= _DAY:
        raise ValueError(f"{text!r} is no number of milliseconds up to a day")
    return spent


def _choice(words: Iterable[str], kind: Callable[[str], Any]) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        if text not in words:
            raise ValueError(f"{text!r} is not one of {_list(words)}")
        return kind(text)

    return read


def _hops(text: str) -> tuple[Hop, ...]:
    try:
        return msgspec.json.decode(text, type=tuple[Hop, ...])
    except msgspec.DecodeError as fault:
        raise ValueError(f"no hops as Relais writes them: {fault}") from None


def _list(words: Iterable[str]) -> str:
    return ", ".join(words)


_STATUS = re.compile(r"0+|[1-9][0-9]{2}")
_DAY = 86_400_000.0  # milliseconds
_READERS: Mapping[str, Reader] = {
    "at": _instant,
    "verdict": _choice(tuple(Status), Status),
    "cause": _choice(tuple(FailureCause), FailureCause),
    "phase": _choice(tuple(Phase), Phase),
    "http_status": _status,
    "latency_ms": _milliseconds,
    **{f"{phase}_ms": _milliseconds for phase in PHASES},
    "reserved": _choice(("true", "false"), "true".__eq__),
    "expires": _in_utc,
    "hops": _hops,
}

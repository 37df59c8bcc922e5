"""The statements that read the roll-ups; parameters `series`, `since`, `until`, `vantage`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, cast, func, literal_column, select

from procedure.io.database.rollup_tables import CADENCE, STATE, SUMMARIES
from procedure.io.database.schema import OUTCOME, SERIES, WORD
from procedure.monitoring.rollup import Grain

_SERIES_ID = bindparam("series", type_=BigInteger)
_SINCE = bindparam("since", type_=BigInteger)
_UNTIL = bindparam("until", type_=BigInteger)
_CONCATENATE = {"sqlite": func.group_concat, "postgresql": func.string_agg}
_VANTAGE = WORD.alias("vantage_word")


def select_words() -> Any:
    """Select every word with its id."""
    return select(WORD.c.id, WORD.c.text)


def select_summaries(grain: Grain, columns: Sequence[str], dialect: str) -> Any:
    """Select the starts and columns of a series in a span, each as one text of numbers.

    A text of many numbers comes in a third of the time that as many rows take.
    """
    table = SUMMARIES[grain].c
    texts = (
        _CONCATENATE[dialect](cast(table[name], Text), literal_column("','"))
        for name in ("start", *columns)
    )
    return select(*texts).where(
        table.series == _SERIES_ID, table.start >= _SINCE, table.start < _UNTIL
    )


def select_series() -> Any:
    """Select every series of a vantage: id, target, interval, newest outcome; by target."""
    newest = select(func.max(OUTCOME.c.at)).where(OUTCOME.c.series == SERIES.c.id)
    return (
        select(SERIES.c.id, WORD.c.text, CADENCE.c.interval, newest.scalar_subquery())
        .join(WORD, WORD.c.id == SERIES.c.target)
        .join(_VANTAGE, _VANTAGE.c.id == SERIES.c.vantage)
        .outerjoin(CADENCE, CADENCE.c.target == SERIES.c.target)
        .where(_VANTAGE.c.text == bindparam("vantage"))
        .order_by(WORD.c.text)
    )


def select_states() -> Any:
    """Select the states that begin in a span, and the one that holds at its beginning."""
    earlier = STATE.alias("earlier")
    current = select(func.max(earlier.c.start)).where(
        earlier.c.series == _SERIES_ID, earlier.c.start <= _SINCE
    )
    return (
        select(STATE.c.start, STATE.c.verdict, STATE.c.cause)
        .where(
            STATE.c.series == _SERIES_ID,
            STATE.c.start >= func.coalesce(current.scalar_subquery(), literal_column("0")),
            STATE.c.start < _UNTIL,
        )
        .order_by(STATE.c.start)
    )


def select_readings() -> Any:
    """Select the outcomes of a series in a span: instant, status, cause, latency."""
    outcome = OUTCOME.c
    return (
        select(outcome.at, outcome.verdict, outcome.cause, outcome.latency)
        .where(outcome.series == _SERIES_ID, outcome.at >= _SINCE, outcome.at < _UNTIL)
        .order_by(outcome.at)
    )

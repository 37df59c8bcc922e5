"""The statements that read the roll-ups; parameters `series`, `since`, `until`, `vantage`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, cast, func, literal_column, select

from procedure.io.database.rollup_tables import CADENCE, STATE, SUMMARIES
from procedure.io.database.schema import OUTCOME, SERIES, WORD
from procedure.monitoring.rollup import Grain

SERIES_NUMBER = bindparam("series", type_=BigInteger)
SINCE = bindparam("since", type_=BigInteger)
UNTIL = bindparam("until", type_=BigInteger)
JOINED = {"sqlite": func.group_concat, "postgresql": func.string_agg}
_VANTAGE = WORD.alias("vantage_word")


def all_words() -> Any:
    """Return every word by its number."""
    return select(WORD.c.id, WORD.c.text)


def summaries_of_one(grain: Grain, columns: Sequence[str], dialect: str) -> Any:
    """Return the starts and columns of a series in a span, each as one text of numbers.

    A text of many numbers comes in a third of the time that as many rows take.
    """
    table = SUMMARIES[grain].c
    texts = (
        JOINED[dialect](cast(table[name], Text), literal_column("','"))
        for name in ("start", *columns)
    )
    mine = select(*texts).where(table.series == SERIES_NUMBER, table.start >= SINCE)
    return mine.where(table.start < UNTIL)


def series_read() -> Any:
    """Return every series of a vantage, with its interval and its newest reading, by target."""
    newest = select(func.max(OUTCOME.c.at)).where(OUTCOME.c.series == SERIES.c.id)
    return (
        select(SERIES.c.id, WORD.c.text, CADENCE.c.interval, newest.scalar_subquery())
        .join(WORD, WORD.c.id == SERIES.c.target)
        .join(_VANTAGE, _VANTAGE.c.id == SERIES.c.vantage)
        .outerjoin(CADENCE, CADENCE.c.target == SERIES.c.target)
        .where(_VANTAGE.c.text == bindparam("vantage"))
        .order_by(WORD.c.text)
    )


def states_of_one() -> Any:
    """Return the states that begin in a span, and the one that stands at its beginning."""
    earlier = STATE.alias("earlier")
    standing = select(func.max(earlier.c.start)).where(
        earlier.c.series == SERIES_NUMBER, earlier.c.start <= SINCE
    )
    return (
        select(STATE.c.start, STATE.c.verdict, STATE.c.cause)
        .where(
            STATE.c.series == SERIES_NUMBER,
            STATE.c.start >= func.coalesce(standing.scalar_subquery(), literal_column("0")),
            STATE.c.start < UNTIL,
        )
        .order_by(STATE.c.start)
    )


def readings_of_one() -> Any:
    """Return the outcomes of a series in a span, as far as a chart needs them."""
    outcome = OUTCOME.c
    return (
        select(outcome.at, outcome.verdict, outcome.cause, outcome.latency)
        .where(outcome.series == SERIES_NUMBER, outcome.at >= SINCE, outcome.at < UNTIL)
        .order_by(outcome.at)
    )

"""Compares the last quarter of a simulated day with the first, after a warm-up."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

WARM_UP = 1 / 12  # the share of a day, after the restart, that is not compared: two hours
# The memory growth that is allowed for each loan, in kB.
LOAN = 4.0
FRESH = 1.25  # the most memory allowed after a day, as a multiple of a new process's memory


@dataclass(frozen=True)
class Rule:
    """A limit for the last quarter: a multiple of the first quarter's value, plus a constant."""

    what: str
    column: str
    times: float
    plus: float


# These columns are compared by their medians.
LEVELS = (
    Rule("descriptors", "descriptors", 1, 5),
    Rule("threads", "threads", 1, 2),
    Rule("files beside the database", "files", 1, 1),
    Rule("write-ahead log, MB", "wal", 1.1, 4),
)
# These columns are compared by their growth per hour.
GROWTHS = (
    Rule("database, MB per hour", "database", 1.25, 0.1),
    Rule("log, MB per hour", "log", 1.25, 0.05),
)


@dataclass(frozen=True)
class Comparison:
    """A figure in the first and the last quarter, and its limit."""

    what: str
    first: float
    last: float
    limit: float

    @property
    def is_flat(self) -> bool:
        return self.last <= self.limit


def compare(
    samples: pd.DataFrame, latencies: pd.DataFrame, *, since: float, until: float
) -> Iterator[Comparison]:
    """Compare the first and last quarters of a period; `latencies` has a row per message.

    `since` and `until`, the start and end of the period, are in hours.
    """
    first, last = _quarters(samples, since, until)
    lent = int(latencies["hours"].between(first["hours"].median(), last["hours"].median()).sum())
    yield _compared(Rule("memory (PSS), MB", "pss", 1.1, lent * LOAN / 1000), first, last)
    for rule in LEVELS:
        yield _compared(rule, first, last)
    for rule in GROWTHS:
        yield _comparison(rule, _an_hour(first, rule.column), _an_hour(last, rule.column))
    first, last = (part["seconds"] * 1000 for part in _quarters(latencies, since, until))
    for name, share in (("p50", 0.5), ("p95", 0.95)):
        rule = Rule(f"scan to acknowledged, {name}, ms", "seconds", 1.5, 5)
        yield _comparison(rule, first.quantile(share), last.quantile(share))


def by_hours(samples: pd.DataFrame, latencies: pd.DataFrame, hours: float) -> pd.DataFrame:
    """Return medians of the samples, and the count and latencies of messages, per `hours` hours."""
    table = samples.groupby(samples["hours"] // hours * hours).median().drop(columns="hours")
    took = (1000 * latencies["seconds"]).groupby(latencies["hours"] // hours * hours)
    table.insert(0, "messages", took.count())
    table.insert(1, "p50 ms", took.quantile(0.5))
    table.insert(2, "p95 ms", took.quantile(0.95))
    return table


def fresh_memory(after: pd.DataFrame, fresh: float) -> Comparison:
    """Compare the memory at the end of the day with a new process's memory."""
    last = after["pss"].tail(10).median()
    return Comparison(
        "memory (PSS) of a new process and of the old one, MB", fresh, last, FRESH * fresh
    )


def has_failed(failures: Sequence[str]) -> bool:
    """Return whether requests failed; one timeout is allowed, because the machine may be busy."""
    late = [why for why in failures if "Timeout" in why]
    return len(failures) > 1 or len(late) < len(failures)


def _quarters(frame: pd.DataFrame, since: float, until: float) -> Iterable[pd.DataFrame]:
    quarter, hours = (until - since) / 4, frame["hours"]
    yield frame[hours.between(since, since + quarter)]
    yield frame[hours.between(until - quarter, until)]


def _an_hour(part: pd.DataFrame, column: str) -> float:
    begin, end = part.iloc[0], part.iloc[-1]
    return (end[column] - begin[column]) / (end["hours"] - begin["hours"])


def _compared(rule: Rule, first: pd.DataFrame, last: pd.DataFrame) -> Comparison:
    return _comparison(rule, first[rule.column].median(), last[rule.column].median())


def _comparison(rule: Rule, first: float, last: float) -> Comparison:
    return Comparison(rule.what, first, last, rule.times * first + rule.plus)

"""The tables of the roll-ups: states by their start, and summaries of completed hours and days.

Times, durations and percentiles are whole microseconds, as in `outcome`; statuses and causes are
word ids. A state ends when the next state of its series begins, or when the newest outcome expires.
A state without a status is a gap.
"""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Table

from procedure.monitoring.rollup import COLUMNS

ROLLUPS = MetaData()


def _key(name: str) -> Column[int]:
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def _summaries(name: str) -> Table:
    return Table(
        name,
        ROLLUPS,
        _key("series"),
        _key("start"),
        *(Column(column, BigInteger, nullable=False) for column in COLUMNS),
        Column("latencies", LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )


STATE = Table(
    "state",
    ROLLUPS,
    _key("series"),
    _key("start"),
    Column("verdict", Integer),
    Column("cause", Integer),
    sqlite_with_rowid=False,
)
SUMMARIES = {"hour": _summaries("hour"), "day": _summaries("day")}

# The interval between a target's probes, by the word id of the target's key.
CADENCE = Table(
    "cadence",
    ROLLUPS,
    _key("target"),
    Column("interval", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# A single row. `token` changes with every round, so a process notices that another process has
# written, or that its own transaction was rolled back. Outcomes before `purged` may have been
# deleted.
ROLLUP = Table(
    "rollup",
    ROLLUPS,
    _key("id"),
    Column("token", BigInteger, nullable=False),
    Column("purged", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# The blind periods of each vantage, by the word id of the vantage's key.
CUT_OFF = Table(
    "cut_off",
    MetaData(),
    _key("vantage"),
    _key("start"),
    Column("end", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

"""The statements that read and write roll-ups, compiled once for each database."""

from sqlalchemy import BigInteger, Table, bindparam, delete, func, select, update

from procedure.io.database.backend import Backend
from procedure.io.database.rollup_tables import CADENCE, ROLLUP, STATE, SUMMARIES
from procedure.io.database.schema import OUTCOME, SERIES, WORD

_HOUR, _DAY = SUMMARIES["hour"], SUMMARIES["day"]
_SERIES = bindparam("series", type_=BigInteger)
_SINCE = bindparam("since", type_=BigInteger)
_BEFORE = bindparam("before", type_=BigInteger)
_CAUSE = WORD.alias("cause_word")


class RollupStatements:
    """The compiled statements.

    Most take a `series` and times in microseconds: `start`, `since`, `until`, `at` or `before`. A
    statement that adds rows has a parameter for each column of its table.
    """

    def __init__(self, backend: Backend) -> None:
        compose = backend.compose
        self.find_token = compose(select(ROLLUP.c.token))
        self.set_token = compose(update(ROLLUP).values(token=bindparam("token")))
        self.find_purged = compose(select(ROLLUP.c.purged))
        self.set_purged = compose(
            update(ROLLUP).values(purged=_BEFORE).where(ROLLUP.c.purged < _BEFORE)
        )
        self.add_cadence = _add_to(backend, CADENCE)
        self.drop_cadence = compose(delete(CADENCE).where(CADENCE.c.target == bindparam("target")))
        self.interval = compose(
            select(CADENCE.c.interval)
            .join(SERIES, SERIES.c.target == CADENCE.c.target)
            .where(SERIES.c.id == _SERIES)
        )
        self.add_state, self.drop_states = _add_to(backend, STATE), _drop_from(backend, STATE)
        self.add_hour, self.drop_hours = _add_to(backend, _HOUR), _drop_from(backend, _HOUR)
        self.add_day, self.drop_days = _add_to(backend, _DAY), _drop_from(backend, _DAY)
        start = _HOUR.c.start
        self.hours = compose(
            select(_HOUR).where(
                _HOUR.c.series == _SERIES, start >= _SINCE, start < bindparam("until")
            )
        )
        outcome = OUTCOME.c
        own = outcome.series == _SERIES
        self.last = compose(select(func.max(outcome.at)).where(own))
        self.first = compose(select(func.min(outcome.at)).where(own))
        self.outcomes = compose(
            select(outcome.at, WORD.c.text, _CAUSE.c.text, outcome.latency)
            .join(WORD, WORD.c.id == outcome.verdict)
            .outerjoin(_CAUSE, _CAUSE.c.id == outcome.cause)
            .where(own, outcome.at >= _SINCE)
            .order_by(outcome.at)
        )
        self.find_outcome = compose(select(outcome.at).where(own, outcome.at == bindparam("at")))
        self.drop_outcomes = compose(delete(OUTCOME).where(own, outcome.at < _BEFORE))


def _add_to(backend: Backend, table: Table) -> str:
    return backend.insert_new(table, *table.columns.keys())


def _drop_from(backend: Backend, table: Table) -> str:
    from_start = (table.c.series == _SERIES) & (table.c.start >= bindparam("start"))
    return backend.compose(delete(table).where(from_start))

"""The statements of the roll-ups' writer, composed once for the database at hand."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, Table, bindparam, delete, func, select, update

from procedure.io.database.backend import Backend
from procedure.io.database.rollup_tables import CADENCE, ROLLUP, STATE, SUMMARIES
from procedure.io.database.schema import OUTCOME, SERIES, WORD

_HOUR, _DAY = SUMMARIES["hour"], SUMMARIES["day"]
_SERIES = bindparam("series", type_=BigInteger)
_BEFORE = bindparam("before", type_=BigInteger)
_CAUSE = WORD.alias("cause_word")


@dataclass(frozen=True)
class RollupStatements:
    """Parameters by name: `series`, `start`, `since`, `until`, `at`, `before`, and columns."""

    find_token: str
    set_token: str
    find_purged: str
    set_purged: str
    add_cadence: str
    drop_cadence: str
    interval: str
    add_state: str
    drop_states: str
    add_hour: str
    drop_hours: str
    hours: str
    add_day: str
    drop_days: str
    last: str
    first: str
    kept: str
    knows: str
    drop_outcomes: str

    @classmethod
    def of(cls, backend: Backend) -> RollupStatements:
        """Compose them."""

        def drop_from(table: Table) -> str:
            chosen = (table.c.series == _SERIES) & (table.c.start >= bindparam("start"))
            return backend.compose(delete(table).where(chosen))

        def add_to(table: Table) -> str:
            return backend.insert_new(table, *table.columns.keys())

        compose = backend.compose
        outcome = OUTCOME.c
        mine = outcome.series == _SERIES
        return cls(
            find_token=compose(select(ROLLUP.c.token)),
            set_token=compose(update(ROLLUP).values(token=bindparam("token"))),
            find_purged=compose(select(ROLLUP.c.purged)),
            set_purged=compose(
                update(ROLLUP).values(purged=_BEFORE).where(ROLLUP.c.purged < _BEFORE)
            ),
            add_cadence=add_to(CADENCE),
            drop_cadence=compose(delete(CADENCE).where(CADENCE.c.target == bindparam("target"))),
            interval=compose(
                select(CADENCE.c.interval)
                .join(SERIES, SERIES.c.target == CADENCE.c.target)
                .where(SERIES.c.id == _SERIES)
            ),
            add_state=add_to(STATE),
            drop_states=drop_from(STATE),
            add_hour=add_to(_HOUR),
            drop_hours=drop_from(_HOUR),
            hours=compose(
                select(_HOUR).where(
                    _HOUR.c.series == _SERIES,
                    _HOUR.c.start >= bindparam("since"),
                    _HOUR.c.start < bindparam("until"),
                )
            ),
            add_day=add_to(_DAY),
            drop_days=drop_from(_DAY),
            last=compose(select(func.max(outcome.at)).where(mine)),
            first=compose(select(func.min(outcome.at)).where(mine)),
            kept=compose(
                select(outcome.at, WORD.c.text, _CAUSE.c.text, outcome.latency)
                .join(WORD, WORD.c.id == outcome.verdict)
                .outerjoin(_CAUSE, _CAUSE.c.id == outcome.cause)
                .where(mine, outcome.at >= bindparam("since"))
                .order_by(outcome.at)
            ),
            knows=compose(select(outcome.at).where(mine, outcome.at == bindparam("at"))),
            drop_outcomes=compose(delete(OUTCOME).where(mine, outcome.at < _BEFORE)),
        )

"""Shares status page readings and workstations' outcomes among the processes on a database."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import bindparam, delete, func, literal_column, select

from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.database_writer import Writer
from procedure.io.database.schema import LATEST
from procedure.io.database.sql_journal import instant_text
from procedure.io.status_page_scheduler import PageScheduler
from procedure.monitoring.model import Outcome, Vantage
from procedure.monitoring.workstation_registry import WorkstationRegistry
from procedure.status_pages.reading_validity import Reading

KEPT = timedelta(days=1)
# `planned_work` is stored as `windows`, its name in earlier versions, because another process may
# still be running an earlier version.
PLANNED_WORK, STORED_AS = "planned_work", "windows"


@dataclass(frozen=True, slots=True)
class WorkstationRound:
    """A workstation's newest outcomes; none if it was renamed or its last open page was closed."""

    vantage: Vantage
    outcomes: tuple[Outcome, ...] = ()


Known = Reading | WorkstationRound
KINDS: Mapping[str, type[Known]] = {
    "page": Reading,
    "workstation": WorkstationRound,
}


class SqlLatest:
    """The newest value for each (kind, key), whichever process wrote it."""

    def __init__(self, backend: Backend, writer: Writer, now: Callable[[], datetime]) -> None:
        self._backend, self._writer, self._now = backend, writer, now
        self._process = str(uuid4())
        self._read_until = 0
        row: dict[str, Any] = {
            name: bindparam(f"new_{name}") for name in ("kind", "key", "process", "at", "body")
        }
        newest = select(func.max(LATEST.c.number)).scalar_subquery()
        # Only one process writes at a time, so numbers become visible in order.
        number = func.coalesce(newest, literal_column("0")) + literal_column("1")
        insertion = backend.insert(LATEST).values(number=number, **row)
        changed = {name: insertion.excluded[name] for name in ("number", "process", "at", "body")}
        key = [LATEST.c.kind, LATEST.c.key]
        self._put = backend.compose(
            insertion.on_conflict_do_update(index_elements=key, set_=changed)
        )
        # The newest row is kept, so that no number is reused.
        old = (LATEST.c.at < bindparam("before")) & (LATEST.c.number < newest)
        self._drop_old = backend.compose(delete(LATEST).where(old))

    def put(self, kind: str, key: str, value: Known) -> Future[None]:
        """Queue a value for the other processes; the caller need not wait for the future."""
        row = {
            "new_kind": kind,
            "new_key": key,
            "new_process": self._process,
            "new_at": instant_text(self._now()),
            "new_body": _encode(value),
        }

        def work(connection: DatabaseConnection) -> None:
            connection.execute(self._drop_old, {"before": instant_text(self._now() - KEPT)})
            connection.execute(self._put, row)

        return self._writer.submit(work)

    def newer(self) -> Sequence[tuple[str, str, Any]]:
        """Return (kind, key, value) for each value put by other processes since the last call."""
        query = select(LATEST).where(LATEST.c.number > self._read_until).order_by(LATEST.c.number)
        with self._backend.reading() as connection:
            rows = connection.execute(query).all()
        self._read_until = rows[-1].number if rows else self._read_until
        return [
            (row.kind, row.key, _decode(row.kind, row.body))
            for row in rows
            if row.process != self._process and row.kind in KINDS
        ]


def _encode(value: Known) -> str:
    fields = msgspec.to_builtins(value)
    if PLANNED_WORK in fields:
        fields[STORED_AS] = fields.pop(PLANNED_WORK)
    return msgspec.json.encode(fields).decode()


def _decode(kind: str, body: str) -> Known:
    fields = msgspec.json.decode(body)
    if STORED_AS in fields:
        fields[PLANNED_WORK] = fields.pop(STORED_AS)
    return msgspec.convert(fields, KINDS[kind])


class SharedWatch:
    """Shares the leader's status page readings and every workstation's outcomes among processes.

    A workstation's browser reports to one process, but all processes use the report.
    """

    def __init__(
        self,
        latest: SqlLatest,
        pages: PageScheduler,
        workstations: WorkstationRegistry,
    ) -> None:
        self._latest, self._pages, self._workstations = latest, pages, workstations
        pages.publish = partial(latest.put, "page")
        workstations.publish = self._put_workstation

    async def read_new(self) -> None:
        """Read the values that other processes have stored since the last call.

        Raises:
            JournalError: the new values cannot be read; the known values go out of date.
        """
        for _, key, value in await asyncio.to_thread(self._latest.newer):
            if isinstance(value, WorkstationRound):
                self._workstations.take_recorded(value.vantage, value.outcomes)
            else:
                self._pages.accept(key, value)

    def _put_workstation(self, vantage: Vantage, outcomes: tuple[Outcome, ...]) -> None:
        self._latest.put("workstation", vantage.key, WorkstationRound(vantage, outcomes))

"""Elects a leader among the processes on a PostgreSQL database, using an advisory lock.

The lock has its own connection. PostgreSQL releases the lock when the leading process ends. It also
does so when that process hangs: the process then sends no more heartbeats, so PostgreSQL's
`idle_session_timeout` ends the connection. Even before that, a process that has hung can tell from
its own clock that it no longer leads.
"""

import asyncio
import logging
import selectors
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import monotonic, time
from typing import Any

BEAT = 1.0  # seconds between heartbeats, or between attempts to become the leader
# The seconds from a leader's last heartbeat until it stops leading, and until PostgreSQL releases
# its lock.
LEADS_FOR = 4.0
FREED_AFTER = 6.0
CLOCK_TOLERANCE = 2.0  # seconds by which clocks may differ without a warning
LOCK = 1382378594
HANGS_SINCE = 140000  # the first version of PostgreSQL that can end idle connections
_NOW = "SELECT extract(epoch FROM clock_timestamp())::float"
_TRY = "SELECT pg_try_advisory_lock(%s)"

_log = logging.getLogger(__name__)
_log.setLevel(logging.INFO)  # to log changes of leader, whatever the server's log level


class PostgresLeadership:
    """Holds or awaits the lock; see `Leadership`.

    `connect` opens a psycopg connection, and `channel` is where processes announce entries.
    """

    def __init__(self, connect: Callable[[], Any], channel: str) -> None:
        self._connect, self._channel = connect, channel
        self._connection: Any = None
        self._has_lock = self._is_alone = self._is_announced = self._clock_differs = False
        self._leads_until = 0.0
        self._announced, self._beaten = asyncio.Event(), asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def leads(self) -> bool:
        """Whether the lock is certainly held, because a heartbeat was answered a moment ago."""
        return monotonic() < self._leads_until

    @property
    def watches(self) -> bool:
        """Whether this process leads, or the database cannot be reached."""
        return self.leads or self._is_alone

    def ensure_started(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(), name="leadership")

    async def stop(self) -> None:
        """Stop taking part, and let another process lead."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def until_watching(self) -> None:
        while not self.watches:
            await self._beaten.wait()

    async def announcement(self, longest: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._announced.wait(), longest)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        # The loop requests each heartbeat, so the lock is released if the loop hangs.
        with ThreadPoolExecutor(1, "relais-leadership") as thread:
            try:
                while True:
                    led = self.leads
                    if await loop.run_in_executor(thread, self._beat):
                        self._announced.set()
                        self._announced = asyncio.Event()
                    self._beaten.set()
                    self._beaten = asyncio.Event()
                    if self.leads is not led:
                        _log.info("This process %s.", "leads now" if self.leads else "follows now")
                    if self._connection is None:
                        await asyncio.sleep(BEAT)
            finally:
                await loop.run_in_executor(thread, self._close)

    def _beat(self) -> bool:
        """Send a heartbeat; return whether an announcement arrived since the previous heartbeat."""
        self._is_announced = False
        try:
            if self._connection is None:
                self._open()
            else:
                self._wait_for_news()
            self._renew()
        except Exception as fault:
            if not self._is_alone and self._connection is None:
                _log.warning("It is unknown which process leads: %s", type(fault).__name__)
            self._is_alone = self._connection is None
            self._close()
        return self._is_announced

    def _open(self) -> None:
        connection = self._connection = self._connect()
        connection.add_notify_handler(self._note)
        connection.execute(f"LISTEN {self._channel}")
        if connection.info.server_version >= HANGS_SINCE:
            connection.execute(f"SET idle_session_timeout = {round(1000 * FREED_AFTER)}")
        else:
            _log.warning("PostgreSQL before 14 lets a process that hangs keep leading: upgrade it.")
        # Wake the waiting tasks, which then read whatever was announced before this connection.
        self._is_announced = True

    def _wait_for_news(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._connection.fileno(), selectors.EVENT_READ)
            selector.select(BEAT)

    def _renew(self) -> None:
        began = monotonic()
        (now,) = self._connection.execute(_NOW).fetchone()
        if not self._has_lock:
            (self._has_lock,) = self._connection.execute(_TRY, (LOCK,)).fetchone()
        self._is_alone = False
        self._leads_until = began + LEADS_FOR if self._has_lock else 0.0
        self._compare_clocks(now - time())

    def _note(self, _: object) -> None:
        self._is_announced = True

    def _compare_clocks(self, ahead: float) -> None:
        differs = abs(ahead) > CLOCK_TOLERANCE
        if differs and not self._clock_differs:
            _log.warning(
                "The clock of this machine is %.0f s away from the database server's: the ages of "
                "readings are wrong by that much. Synchronise both with NTP.",
                abs(ahead),
            )
        self._clock_differs = differs

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        self._has_lock, self._leads_until = False, 0.0
        if connection is not None:
            with suppress(Exception):
                connection.close()

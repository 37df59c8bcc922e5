"""A server in a process of its own, which ends when the process that started it ends.

Its standard input is a pipe, and it stops when the pipe is closed: by the parent, or by the system
once the parent has ended in any way. Signals would not work on Windows.
"""

import asyncio
import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from threading import Thread

import httpx

PAUSE = 0.25  # seconds between two checks of the process
GRACE = 15.0  # seconds it has to end on its own


class ChildPhase(StrEnum):
    """The phases of a child server."""

    OFF = "off"
    STARTING = "starting"
    RUNNING = "running"
    ENDING = "ending"
    FAILED = "failed"


class ChildServer:
    """The parent's side: at most one process at a time; use it within an event loop."""

    def __init__(self) -> None:
        self.phase = ChildPhase.OFF
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process id, or None while there is no process."""
        return self._process and self._process.pid

    def start(self, command: Sequence[str], environ: Mapping[str, str], url: str) -> None:
        """Start the server unless it is running; it counts as running once `url` answers."""
        if self._process is None:
            self.phase = ChildPhase.STARTING
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own command
                    command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
                )
            except OSError:
                self.phase = ChildPhase.FAILED
                return
            watch = self._until_ended(self._process, url)
            self._watch = asyncio.get_running_loop().create_task(watch)

    def end(self) -> None:
        """Ask the server to end; `ended` waits for that."""
        if self._process is not None and self._process.stdin is not None:
            self.phase = ChildPhase.ENDING
            self._process.stdin.close()

    async def ended(self) -> None:
        """Wait until the process has ended; return at once if there is none."""
        if self._watch is not None:
            await self._watch

    async def _until_ended(self, process: subprocess.Popen[bytes], url: str) -> None:
        await self._until_answering(process, url)
        patience = GRACE
        while process.poll() is None:
            await asyncio.sleep(PAUSE)
            patience -= PAUSE if self.phase is ChildPhase.ENDING else 0
            if patience < 0:
                process.kill()
        failed = self.phase is ChildPhase.STARTING
        self.end()
        self.phase = ChildPhase.FAILED if failed else ChildPhase.OFF
        self._process = None

    async def _until_answering(self, process: subprocess.Popen[bytes], url: str) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            while self.phase is ChildPhase.STARTING and process.poll() is None:
                with suppress(httpx.HTTPError, httpx.InvalidURL):
                    await client.get(url)
                    if self.phase is ChildPhase.STARTING:
                        self.phase = ChildPhase.RUNNING
                await asyncio.sleep(PAUSE)


def stop_at_end_of_input(loop: asyncio.AbstractEventLoop, longest: float) -> None:
    """Stop the child's loop when the standard input is closed, or after `longest` seconds."""

    def wait() -> None:
        # Not through `sys.stdin`: its lock, held by this thread, would abort the interpreter's
        # shutdown.
        while os.read(0, 1024):
            pass
        with suppress(RuntimeError):  # the loop is closed already
            loop.call_soon_threadsafe(loop.stop)

    Thread(target=wait, name="end-of-input", daemon=True).start()
    loop.call_later(longest, loop.stop)

"""Runs a server in a child process, which ends when its parent ends.

The child's standard input is a pipe, and the child stops when the pipe is closed: by the parent, or
by the system once the parent has ended. Signals would not work on Windows.
"""

import asyncio
import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from threading import Thread

import httpx

PAUSE = 0.25  # seconds between checks of the process
GRACE = 15.0  # seconds from asking the process to end until it is killed


class ChildPhase(StrEnum):
    """The phases of a child server."""

    OFF = "off"
    STARTING = "starting"
    RUNNING = "running"
    ENDING = "ending"
    FAILED = "failed"


class ChildServer:
    """Starts and ends at most one child process at a time; `start` needs a running event loop."""

    def __init__(self) -> None:
        self.phase = ChildPhase.OFF
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._process and self._process.pid

    def start(self, command: Sequence[str], environ: Mapping[str, str], url: str) -> None:
        """Start the server unless it is running; `phase` is `RUNNING` once `url` responds."""
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
        """Ask the server to end; await `ended` to wait until it has ended."""
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
    """Stop this child process's loop when its standard input closes, or after `longest` seconds."""

    def wait() -> None:
        # Do not read `sys.stdin`: this thread would hold the lock of `sys.stdin`, and the
        # interpreter would abort at shutdown.
        while os.read(0, 1024):
            pass
        with suppress(RuntimeError):  # the loop is already closed
            loop.call_soon_threadsafe(loop.stop)

    Thread(target=wait, name="end-of-input", daemon=True).start()
    loop.call_later(longest, loop.stop)

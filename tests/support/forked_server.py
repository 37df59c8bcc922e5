"""`relais` in its own process, forked from a process that has imported the server's modules.

A server needs 5 s of CPU time to start, three quarters of it for imports.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

from dashboard.entry_point import main

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        "bokeh.command.subcommands.serve",
        "dashboard.app",
        "dashboard.cli.serve",
        "dashboard.routes",
        "tests.support.loaded_places",
        "holidays.countries",
        "panel.command",
    ]
)


class ForkedServer:
    """A running `relais …` that appends its output to the `log` file and ends with the tests.

    Error output goes to the `errors` file if given, and otherwise to `log`.
    `words` are the arguments after `relais`. The process calls `program` with them in `sys.argv`,
    in the working directory `folder` if given.
    """

    def __init__(
        self,
        words: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        program: Callable[[], object] = main,
        folder: Path | None = None,
        errors: Path | None = None,
    ) -> None:
        self._process: BaseProcess = FORKS.Process(
            target=_run,
            args=(program, list(words), dict(environment), (log, errors or log), folder),
            daemon=True,
        )
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def send_signal(self, which: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, which)

    def poll(self) -> int | None:
        """Return the exit code, or None while the process is running."""
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def wait(self, seconds: float | None = None) -> int | None:
        """Wait for the process to end; return its exit code, or None after `seconds`."""
        self._process.join(seconds)
        return self.poll()


def _run(
    program: Callable[[], object],
    words: list[str],
    environment: dict[str, str],
    outputs: tuple[Path, Path],
    folder: Path | None,
) -> None:
    if folder is not None:
        os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for stream, output in zip((sys.stdout, sys.stderr), outputs, strict=True):
        file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, stream.fileno())
    sys.argv = ["relais", *words]
    # A server reads its own arguments from here, for example to start a drill.
    sys.orig_argv = [sys.executable, "-m", "dashboard.cli", *words]
    program()

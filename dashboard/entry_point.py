"""The `relais` command as a process: Ctrl-C ends it with 130, whatever it is doing."""

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130  # as shells count: 128 and the number of SIGINT


def main() -> NoReturn:
    """Run the command and exit with its code."""
    # An exception in the midst of an import shows as a traceback, or is lost in one of them. Where
    # SIGINT is ignored, as in a shell's background job, it stays so.
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heard:
        signal.signal(signal.SIGINT, exit_interrupted)
    from dashboard.cli import run  # noqa: PLC0415

    code = run()
    if heard:
        signal.signal(signal.SIGINT, exit_interrupted)
    sys.exit(code)


def exit_interrupted(number: int, frame: FrameType | None) -> None:
    """End the process at once; nothing is under way that has to be put away."""
    del number, frame
    os._exit(INTERRUPTED)

"""Handling of Ctrl-C before a command runs, for example while its modules are imported."""

import os
from types import FrameType

INTERRUPTED = 130  # the exit code, as in shells: 128 + SIGINT


def exit_interrupted(number: int, frame: FrameType | None) -> None:
    """End the process at once: there is nothing to clean up yet."""
    del number, frame
    os._exit(INTERRUPTED)

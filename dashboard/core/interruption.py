"""Handling of Ctrl-C before a command runs: the process ends with 130, even during an import."""

import os
from types import FrameType

INTERRUPTED = 130  # as in shells: 128 plus the signal number of SIGINT


def exit_interrupted(number: int, frame: FrameType | None) -> None:
    """End the process immediately; there is nothing to clean up yet."""
    del number, frame
    os._exit(INTERRUPTED)

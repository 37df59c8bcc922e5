"""Ctrl-C before a command runs ends the process with 130, even during an import."""

import os
from types import FrameType

INTERRUPTED = 130  # as in shells: 128 plus the number of SIGINT


def exit_interrupted(number: int, frame: FrameType | None) -> None:
    """End the process at once; there is nothing to clean up yet."""
    del number, frame
    os._exit(INTERRUPTED)

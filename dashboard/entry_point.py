"""Entry point of the `relais` command.

Unless SIGINT is ignored, Ctrl-C ends the process with status 130.
"""

import signal
import sys
from typing import NoReturn

from dashboard.core.interruption import exit_interrupted


def main() -> NoReturn:
    # During an import, KeyboardInterrupt would show a traceback or be swallowed. If SIGINT is
    # ignored, as in a shell's background job, it stays ignored.
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heard:
        signal.signal(signal.SIGINT, exit_interrupted)
    from dashboard.cli import run  # noqa: PLC0415

    code = run()
    if heard:
        signal.signal(signal.SIGINT, exit_interrupted)
    sys.exit(code)

"""What all tests begin with.

Property tests: the same examples at every run, `make campaign` for new ones.

A change is judged by what it changed, not by the luck of a draw; `HYPOTHESIS_PROFILE=nightly`
draws anew, twenty times as much, and prints how to see a fault again.
"""

from __future__ import annotations

import os
import signal

from hypothesis import settings

# Time is no verdict on a machine that others use too.
settings.register_profile("default", deadline=None, derandomize=True)
settings.register_profile("nightly", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# A job in the background is started with SIGINT ignored, and so would be every process that a test
# starts and interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)

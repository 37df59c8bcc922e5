"""The exit codes of the way back beside 0, 1 and 2."""

from __future__ import annotations

# Done, and something waits for a person.
NEEDS_A_PERSON = 3
# Stopped before the end; what was learnt is kept: run it again to go on.
STOPPED = 4

"""The exit codes of the reconciliation beside 0, 1 and 2."""

from __future__ import annotations

# Done, and something waits for a person.
NEEDS_A_PERSON = 3
# Stopped before the end; the results so far are kept: run it again to go on.
STOPPED = 4

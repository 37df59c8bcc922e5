"""How long answers took, exactly: for a week of one target, where every reading is at hand."""

from __future__ import annotations

from procedure.monitoring.downtime import WORKING
from procedure.monitoring.rollup import VERDICTS, ReadingRows

_ANSWERED = frozenset(VERDICTS.index(one) for one in WORKING)


def percentile(told: ReadingRows, percent: int) -> float | None:
    """Return the latency (ms) within which so many of a hundred answers came; None without any.

    What failed has no part in it. It is a latency that was measured (nearest rank).
    """
    spent = sorted(us for _, verdict, _, us in told.rows if verdict in _ANSWERED and us >= 0)
    # In whole numbers: 0.95 times a count may come out a little above the rank.
    return spent[-(-percent * len(spent) // 100) - 1] / 1000 if spent else None

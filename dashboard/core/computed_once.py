"""What is the same on several pages is computed once, and given to all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

HOLDS = timedelta(seconds=1)  # what is old by then, or an age that is shown, is computed anew
NEWEST = 16  # of one name: pages on which something else is chosen

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Computed:
    inputs: tuple[object, ...]
    at: datetime
    value: Any
    holds: timedelta | None

    def is_fresh(self, now: datetime) -> bool:
        return self.holds is None or abs(now - self.at) < self.holds


class ComputedOnce:
    """Returns what was computed lately, by its name and by what it was computed from."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._computed: defaultdict[str, list[_Computed]] = defaultdict(list)

    def __call__(
        self,
        name: str,
        compute: Callable[[], T],
        *inputs: object,
        holds: timedelta | None = HOLDS,
    ) -> T:
        """Return what `compute` returned for equal inputs a moment ago, or what it returns now.

        `inputs` are all that it depends on, but for the time; what it raises is not kept. What
        `holds` is None for is kept as long as the server runs.
        """
        now = self._now()
        fresh = [computed for computed in self._computed[name] if computed.is_fresh(now)]
        known = next((computed for computed in fresh if computed.inputs == inputs), None)
        if known is None:
            known = _Computed(inputs, now, compute(), holds)
            fresh = [known, *fresh[: NEWEST - 1]]
        self._computed[name] = fresh
        return known.value

    def forget(self, *names: str) -> None:
        """Compute these anew, or all if none is named, but not what is kept as long as it runs."""
        for name in names or tuple(self._computed):
            self._computed[name] = [one for one in self._computed[name] if one.holds is None]

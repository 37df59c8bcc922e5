"""What is the same on several pages, computed once for all of them."""

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


class ComputedOnce:
    """Returns what was computed lately, by its name and by what it was computed from."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._computed: defaultdict[str, list[_Computed]] = defaultdict(list)

    def __call__(self, name: str, compute: Callable[[], T], *inputs: object) -> T:
        """Return what `compute` returned for equal inputs a moment ago, or what it returns now.

        `inputs` are all that it depends on, but for the time; what it raises is not kept.
        """
        now = self._now()
        fresh = [computed for computed in self._computed[name] if abs(now - computed.at) < HOLDS]
        known = next((computed for computed in fresh if computed.inputs == inputs), None)
        if known is None:
            known = _Computed(inputs, now, compute())
            fresh = [known, *fresh[: NEWEST - 1]]
        self._computed[name] = fresh
        return known.value

    def forget(self) -> None:
        """Compute everything anew."""
        self._computed.clear()

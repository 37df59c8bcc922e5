"""Values that are the same on several pages, computed once for all of them."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

HOLDS = timedelta(seconds=1)  # values older than this are computed again, as are displayed ages
NEWEST = 16  # values kept under one name, for pages with different choices

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Computed:
    inputs: tuple[object, ...]
    at: datetime
    value: Any


class ComputedOnce:
    """Returns recently computed values, by their name and by the inputs they were computed from."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._computed: defaultdict[str, list[_Computed]] = defaultdict(list)

    def __call__(self, name: str, compute: Callable[[], T], *inputs: object) -> T:
        """Return what `compute` recently returned for equal inputs, or else call it now.

        `inputs` are everything it depends on except the time; an exception it raises is not kept.
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
        """Forget every value, so that everything is computed again."""
        self._computed.clear()

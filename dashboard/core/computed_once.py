"""A cache for values that are the same on several pages."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

HOLDS = timedelta(seconds=1)  # how long a value is reused: pages show ages to the second
NEWEST = 16  # values kept for each name, because pages may show different selections

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Computed:
    inputs: tuple[object, ...]
    at: datetime
    value: Any


class ComputedOnce:
    """Caches computed values by their names and inputs."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._computed: defaultdict[str, list[_Computed]] = defaultdict(list)

    def __call__(self, name: str, compute: Callable[[], T], *inputs: object) -> T:
        """Return a recent result of `compute` for equal inputs; if there is none, call `compute`.

        `inputs` must include everything that the value depends on, except the time. Exceptions are
        not cached.
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
        self._computed.clear()

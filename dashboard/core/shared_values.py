"""Values and HTML that are the same on several pages: computed once, and given to all of them."""

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


class SharedValues:
    """What was computed within `HOLDS`, by its name and by what it was computed from."""

    def __init__(self) -> None:
        self._computed: defaultdict[str, list[_Computed]] = defaultdict(list)

    def get(
        self, name: str, inputs: tuple[object, ...], now: datetime, compute: Callable[[], T]
    ) -> T:
        """Return what `compute` returned for equal inputs a moment ago, or what it returns now.

        `inputs` are all that it depends on, but for the time; what it raises is not kept.
        """
        fresh = [computed for computed in self._computed[name] if abs(now - computed.at) < HOLDS]
        known = next((computed for computed in fresh if computed.inputs == inputs), None)
        if known is None:
            known = _Computed(inputs, now, compute())
            fresh = [known, *fresh[: NEWEST - 1]]
        self._computed[name] = fresh
        return known.value

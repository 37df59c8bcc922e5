"""The base of the state classes: values set only when they differ, and failures that are kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import param


class State(param.Parameterized):
    """What a page knows, as parameters; it holds no widgets."""

    failures: dict[str, Exception] = param.Dict(
        default={}, doc="Why values could not be computed, by the method of `keeps_failure`."
    )

    def set(self, **values: Any) -> None:
        """Set the values that differ by equality, as one change.

        Param itself calls the watchers of a dataclass that is replaced by an equal one.
        """
        changed = {name: value for name, value in values.items() if getattr(self, name) != value}
        if changed:
            self.param.update(changed)


S = TypeVar("S", bound=State)


def keeps_failure(compute: Callable[[S], None]) -> Callable[[S], None]:
    """Wrap a method that depends on parameters: what it raises is kept in `failures`.

    Param calls what depends on a change one after another, and stops at the first that raises.
    """
    name = compute.__name__

    @wraps(compute)
    def guarded(state: S) -> None:
        try:
            compute(state)
        except Exception as error:
            state.failures = state.failures | {name: error}
        else:
            state.set(failures={key: one for key, one in state.failures.items() if key != name})

    return guarded

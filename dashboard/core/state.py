"""The base of the state classes, and how the states and views of one page are made."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import param


class State(param.Parameterized):
    """What a page knows, as parameters; it holds no widgets."""

    failures: dict[str, Exception] = param.Dict(
        default={}, doc="Why values could not be computed, by the method of `keep_failure`."
    )

    def set(self, **values: object) -> None:
        """Set the values that differ by equality, as one change.

        Param itself calls the watchers of a dataclass that is replaced by an equal one.
        """
        changed = {name: value for name, value in values.items() if getattr(self, name) != value}
        if changed:
            self.param.update(changed)


S = TypeVar("S", bound=State)


def keep_failure(compute: Callable[[S], None]) -> Callable[[S], None]:
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
            state.set(
                failures={key: failure for key, failure in state.failures.items() if key != name}
            )

    return guarded


T = TypeVar("T", bound=param.Parameterized)


class States:
    """What the states and views of a page may need, by the class that their parameters name."""

    def __init__(self, known: dict[type, object]) -> None:
        self._known = known

    def make(self, kind: type[T], **more: Any) -> T:
        """Return a state or a view; a `ClassSelector` of a class that is known gets that object."""
        classes = {
            name: parameter.class_
            for name, parameter in kind.param.objects().items()
            if isinstance(parameter, param.ClassSelector)
        }
        needs = {name: self._known[of] for name, of in classes.items() if of in self._known}
        return kind(**needs, **more)

    def add(self, kind: type[T], **more: Any) -> T:
        """Return a state that is made, and given to what needs one of its class."""
        made = self._known[kind] = self.make(kind, **more)
        return made

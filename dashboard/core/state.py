"""The base class of states, and the factory for the states and views of a page."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

import param


class State(param.Parameterized):
    """Part of a page's state, as parameters without widgets."""

    failures = param.ClassSelector(
        class_=dict,
        default=dict[str, Exception](),
        doc="The exceptions that `keep_failure` stores, keyed by the name of the method.",
    )

    def set(self, **values: object) -> None:
        """Set the values that have changed, in one update.

        Param would call the watchers even if a dataclass is replaced by an equal one.
        """
        changed = {name: value for name, value in values.items() if getattr(self, name) != value}
        if changed:
            self.param.update(changed)


S = TypeVar("S", bound=State)


def keep_failure(compute: Callable[[S], None]) -> Callable[[S], None]:
    """Decorate a method under `param.depends` to store its exceptions in `failures`.

    Without this, Param would not call the other dependents of a change after an exception.
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


T = TypeVar("T")
P = TypeVar("P", bound=param.Parameterized)


class Needs(param.ClassSelector):
    """A parameter that `States.make` sets to the page's part of a given class."""

    @property
    def kind(self) -> type:
        """The class of the part."""
        assert isinstance(self.class_, type)  # `needs` takes one class
        return self.class_


def needs(kind: type[T]) -> T:
    """Declare a part that a state or view needs, and that `States.make` supplies."""
    return cast("T", Needs(class_=kind, constant=True, precedence=-1))


def set_at_start(kind: type[T], doc: str) -> T:
    """Declare a parameter that the constructor sets, so that other code never finds None."""
    return cast("T", param.ClassSelector(class_=kind, doc=doc))


class States:
    """The parts of a page: those that all pages share, and its states."""

    def __init__(self, *parts: object) -> None:
        self._parts = list(parts)

    def make(self, kind: type[P], **more: object) -> P:
        """Create a state or view with the parts that it needs; `more` sets other parameters.

        Raises:
            LookupError: a part that it needs does not exist (yet).
        """
        needed = {
            name: parameter.kind
            for name, parameter in kind.param.objects().items()
            if isinstance(parameter, Needs) and name not in more
        }
        return kind(**{name: self._find(of, kind) for name, of in needed.items()}, **more)

    def add(self, kind: type[P], **more: object) -> P:
        """Create a state, and add it to the parts of the page."""
        made = self.make(kind, **more)
        self._parts.append(made)
        return made

    def _find(self, kind: type[T], for_whom: type) -> T:
        for part in self._parts:
            if isinstance(part, kind):
                return part
        raise LookupError(f"{for_whom.__name__} needs a {kind.__name__}, which does not exist yet")

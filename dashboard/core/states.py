"""The states and views of one page, each made of those before it that its parameters ask for."""

from __future__ import annotations

from typing import Any, TypeVar

import param

T = TypeVar("T", bound=param.Parameterized)


class States:
    """What the states and views of a page may need, by the class that their parameters name."""

    def __init__(self, known: dict[type, Any]) -> None:
        self._known = known

    def make(self, kind: type[T], **more: Any) -> T:
        """Return a state or a view; a `ClassSelector` of a class that is known gets that object."""
        classes = {
            name: one.class_
            for name, one in kind.param.objects().items()
            if isinstance(one, param.ClassSelector)
        }
        needs = {name: self._known[of] for name, of in classes.items() if of in self._known}
        return kind(**needs, **more)

    def add(self, kind: type[T], **more: Any) -> T:
        """Return a state that is made, and given to what needs one of its class."""
        made = self._known[kind] = self.make(kind, **more)
        return made

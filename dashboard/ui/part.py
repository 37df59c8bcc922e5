"""A part of the page: what shows it, and the style that all parts share."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property, wraps
from typing import Any, TypeVar

import param
from panel.viewable import Viewer

from dashboard.translations import Language
from dashboard.ui.templating import asset_url

STYLED: dict[str, Any] = {"stylesheets": [asset_url("relais.css")], "margin": 0}
WIDE: dict[str, Any] = STYLED | {"sizing_mode": "stretch_width"}


class Part(Viewer):
    """A part of the page, over states that are its parameters.

    What it shows are methods that return it, each under a `param.depends` that names all it reads;
    a pane or a widget that is given such a method calls it again when one of these changes. `_view`
    is the pane or the column that shows them.
    """

    language: Language = param.ClassSelector(class_=Language, constant=True)

    _view: Any

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.dependencies = cache(self.param.method_dependencies)

    def __panel__(self) -> Any:
        return self._view

    @cached_property
    def context(self) -> Any:
        """The context of its states, which all pages share."""
        return next(one.context for one in self.param.values().values() if hasattr(one, "context"))

    @property
    def own(self) -> object:
        """What it shows of its page alone; nothing, where all that it shows is on every page."""
        return None


P = TypeVar("P", bound=Part)


def computed_once(show: Callable[[P], str]) -> Callable[[P], str]:
    """Wrap a method under `param.depends`: pages of one language share what it returns.

    They do as long as the parameters that it depends on are equal, and `own`: so it reads nothing
    else, but for the time.
    """

    @wraps(show)
    def shared(part: Any) -> str:
        name = f"{show.__qualname__} {part.language.code}"
        on = [getattr(one.inst, one.name) for one in part.dependencies(show.__name__)]
        return part.context.computed_once(name, lambda: show(part), part.own, *on)

    return shared

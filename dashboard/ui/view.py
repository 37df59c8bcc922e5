"""The base class of the page's parts, their common style, and the message shown if a part fails."""

from collections.abc import Callable
from functools import cache, cached_property, wraps
from inspect import ismethod
from types import MethodType
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import panel as pn
from bokeh.document import Document
from panel.viewable import Viewer

from dashboard.core.state import needs
from dashboard.translations import SOURCE, Language, language
from dashboard.ui.failure_log import log_failure
from dashboard.ui.templating import asset_url, render

STYLED: dict[str, Any] = {"stylesheets": [asset_url("relais.css")], "margin": 0}
WIDE: dict[str, Any] = STYLED | {"sizing_mode": "stretch_width"}
FIELD: dict[str, Any] = STYLED | {"css_classes": ["field-widget"], "description": None}
CODE_FIELD: dict[str, Any] = FIELD | {"css_classes": ["field-widget", "takes-scans"]}


class View(Viewer):
    """A part of the page, based on states that are its parameters.

    Methods return a view's content. Each method has a `param.depends` that names everything it
    reads, so that the pane or widget that shows its result calls it again when one of these
    changes. `_view` is the pane or column that shows the content.
    """

    language = needs(Language)

    _view: Any

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        self.dependencies = cache(self.param.method_dependencies)

    def __panel__(self) -> Any:
        return self._view

    @cached_property
    def context(self) -> Any:
        return next(
            value.context for value in self.param.values().values() if hasattr(value, "context")
        )


P = TypeVar("P", bound=View)


def computed_once(show: Callable[[P], str]) -> Callable[[P], str]:
    """Let pages in the same language share the result of a `param.depends` method.

    They share it for up to a second if the method's dependencies have equal values, so the method
    must not read anything else except the time.
    """

    @wraps(show)
    def shared(part: P) -> str:
        name = f"{show.__qualname__} {part.language.code}"
        on = [
            getattr(parameter.inst, parameter.name)
            for parameter in part.dependencies(show.__name__)
        ]
        return part.context.computed_once(name, lambda: show(part), *on)

    return shared


_languages: WeakKeyDictionary[Document, Language] = WeakKeyDictionary()


def set_page_language(page_language: Language) -> None:
    """Show the error messages of the current session's page in this language."""
    if pn.state.curdoc is not None:
        _languages[pn.state.curdoc] = page_language


def failure_html(error: Exception, *, kept: bool = False, brief: bool = False) -> str:
    """Log the error, and return the HTML to show in place of content that cannot be rendered.

    If `kept`, the message is shown above the content that could not be updated. If `brief`, it fits
    into a line of text, such as a heading.
    """
    log_failure(error)
    return render("ui/failure", _page_language(), kept=kept, brief=brief)


def page_failure(error: Exception, page_language: Language) -> str:
    """Log the error, and return the text to show in place of a whole page."""
    log_failure(error)
    say = page_language.say
    return " ".join(
        [
            say("Cette page ne peut pas être affichée."),
            say("Rechargez la page."),
            say("Si cela continue, appelez la coordination et suivez la procédure sur papier."),
        ]
    )


def html_or_failure(html: object, *, brief: bool = False) -> object:
    """Wrap a `param.depends` method so that it returns an error message instead of raising.

    The result is still a method of the object, so Param knows its dependencies. A value that is not
    a method, such as rendered HTML, is returned as it is. `brief` is as for `failure_html`.
    """
    if not ismethod(html):
        return html

    @wraps(html.__func__)
    def render(part: object) -> Any:
        # The other parts must still be updated if a view fails.
        try:
            return html.__func__(part)
        except Exception as error:
            return failure_html(error, brief=brief)

    return MethodType(render, html.__self__)


def _page_language() -> Language:
    document = pn.state.curdoc
    return (_languages.get(document) if document else None) or language(SOURCE)

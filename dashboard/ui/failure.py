"""Shows an error message in place of a part of the page that fails."""

from __future__ import annotations

from functools import wraps
from inspect import ismethod
from types import MethodType
from typing import Any
from weakref import WeakKeyDictionary

import panel as pn
from bokeh.document import Document

from dashboard.translations import SOURCE, Language, language
from dashboard.ui.failure_log import log_failure
from dashboard.ui.templating import render

_languages: WeakKeyDictionary[Document, Language] = WeakKeyDictionary()


def set_page_language(page_language: Language) -> None:
    """Show the error messages of the current session's page in this language."""
    if pn.state.curdoc is not None:
        _languages[pn.state.curdoc] = page_language


def not_shown(error: Exception, *, brief: bool = False) -> str:
    """Log the error; return the HTML to show in place of what cannot be rendered.

    `brief` is for a place within a line of text: a heading, the age of the last round.
    """
    log_failure(error)
    return render("ui/failure", _page_language(), kept=False, brief=brief)


def not_updated(error: Exception) -> str:
    """Log the error; return the HTML to show above what could not be updated."""
    log_failure(error)
    return render("ui/failure", _page_language(), kept=True, brief=False)


def page_failed(error: Exception, page_language: Language) -> str:
    """Log the error; return the text to show in place of a whole page."""
    log_failure(error)
    say = page_language.say
    return " ".join(
        [
            say("Cette page ne peut pas être affichée."),
            say("Rechargez la page."),
            say("Si cela continue, appelez la coordination et suivez la procédure sur papier."),
        ]
    )


def catch_failures(html: Any, *, brief: bool = False) -> Any:
    """Wrap a method under `param.depends`: where it would raise, it returns the error message.

    It stays a method of its object, which Param asks for what it depends on. Anything else, such as
    HTML that is rendered already, is returned as it is. `brief` is that of `not_shown`.
    """
    if not ismethod(html):
        return html

    @wraps(html.__func__)
    def render(part: Any) -> Any:
        # The parts beside a view that fails must still be updated.
        try:
            return html.__func__(part)
        except Exception as error:
            return not_shown(error, brief=brief)

    return MethodType(render, html.__self__)


def _page_language() -> Language:
    document = pn.state.curdoc
    return (_languages.get(document) if document else None) or language(SOURCE)

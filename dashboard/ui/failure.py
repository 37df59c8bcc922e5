"""Shows an error message in place of a part of the page that fails, and logs one traceback."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from functools import wraps
from inspect import ismethod
from types import MethodType
from typing import Any
from weakref import WeakKeyDictionary

import panel as pn
from bokeh.document import Document

from dashboard.translations import SOURCE, Language, language
from dashboard.ui.templating import render

_log = logging.getLogger(__name__)
_languages: WeakKeyDictionary[Document, Language] = WeakKeyDictionary()
_counts: dict[str, int] = {}  # by traceback: bounded by the paths through the code


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


def succeeds(act: Callable[[], object]) -> bool:
    """Call the function and return True; if it raises, log the error and return False."""
    try:
        act()
    except Exception as error:
        log_failure(error)
        return False
    return True


def log_failure(error: Exception) -> None:
    """Log an error with its traceback the first time, then only every tenfold repetition.

    A page is updated every second: the same error would fill the log. The error's own message is
    left out, because it may quote a patron identifier.
    """
    lines = "".join(_lines(error)).rstrip()
    count = _counts[lines] = _counts.get(lines, 0) + 1
    if count == 1:
        _log.error("a part of the page failed\n%s", lines)
    elif count == 10 ** (len(str(count)) - 1):
        _log.error("a part of the page failed %d times: %s", count, lines.rpartition("  File ")[2])


def failure_count() -> int:
    """Return how many errors were logged or counted since the start."""
    return sum(_counts.values())


def _lines(error: BaseException) -> Iterator[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _lines(before)
    yield from traceback.format_list(traceback.extract_tb(error.__traceback__))
    yield f"{type(error).__module__}.{type(error).__qualname__}\n"


def _page_language() -> Language:
    document = pn.state.curdoc
    return (_languages.get(document) if document else None) or language(SOURCE)

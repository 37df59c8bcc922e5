"""The content of the desk page, for use without a server: procedure, contacts and texts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from dashboard.desk.texts import desk_texts
from dashboard.guide.contacts import weekdays
from dashboard.loans.scan_text import scan_texts
from dashboard.translations import Language, language as language_of, offered_languages
from dashboard.ui.templating import render
from procedure.circulation.double_scans import DOUBLE_READ
from procedure.guide.steps import Step
from procedure.handbook.model import Handbook


def desk_content(handbook: Handbook, version: str, *, demo: str = "") -> dict[str, Any]:
    """Return the content of `papers.json`: what all languages share, and a page for each.

    `demo` ("demo", "drill") says on the page that what it shows is made up.
    """
    return {
        "version": version,
        "desks": {code: desk.name for code, desk in handbook.desks.items()},
        "rules": handbook.scans.for_page(),
        "double_read": DOUBLE_READ // timedelta(milliseconds=1),
        "languages": {
            code: _page(handbook, language_of(code), demo=demo) for code in offered_languages()
        },
    }


def _page(handbook: Handbook, language: Language, *, demo: str) -> dict[str, Any]:
    words = handbook.words[language.code]
    page = render(
        "desk/page",
        language,
        words=words,
        demo=demo,
        steps=handbook.procedure.steps,
        targets=handbook.targets,
        desks=handbook.desks,
        contacts=list(_contacts(handbook, language)),
        weekdays=lambda days: weekdays(days, language),
    )
    return {
        "page": page,
        "words": scan_texts(language) | desk_texts(language),
        "targets": {key: target.name for key, target in words.targets.items()},
    }


def _contacts(handbook: Handbook, language: Language) -> Iterator[tuple[Step, Any, Any]]:
    """Yield each step at which somebody is called, with the contact and its texts."""
    words = handbook.words[language.code].contacts
    for step in handbook.procedure.steps.values():
        if step.contact is not None:
            yield step, handbook.contacts[step.contact], words[step.contact]

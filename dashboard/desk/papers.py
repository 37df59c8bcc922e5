"""What the desk page knows by heart: procedure, contacts and every word, in each language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from dashboard.desk.texts import desk_texts
from dashboard.guide.contacts import weekdays
from dashboard.loans.scan_text import scan_texts
from dashboard.settings import LANGUAGES
from dashboard.translations import Language, language
from dashboard.ui.templating import render
from procedure.circulation.double_scans import DOUBLE_READ
from procedure.guide.steps import Step
from procedure.handbook.model import Handbook


def desk_content(handbook: Handbook, version: str) -> dict[str, Any]:
    """Lay out `papers.json`: what is the same in every language, and a page for each of them."""
    return {
        "version": version,
        "desks": {code: desk.name for code, desk in handbook.desks.items()},
        "rules": handbook.scans.for_page(),
        "double_read": DOUBLE_READ // timedelta(milliseconds=1),
        "languages": {code: _page(handbook, language(code)) for code in LANGUAGES},
    }


def _page(handbook: Handbook, spoken: Language) -> dict[str, Any]:
    words = handbook.words[spoken.code]
    page = render(
        "desk/page",
        spoken,
        words=words,
        steps=handbook.procedure.steps,
        targets=handbook.targets,
        desks=handbook.desks,
        contacts=list(_contacts(handbook, spoken)),
        weekdays=lambda days: weekdays(days, spoken),
    )
    return {
        "page": page,
        "words": scan_texts(spoken) | desk_texts(spoken),
        "targets": {key: one.name for key, one in words.targets.items()},
    }


def _contacts(handbook: Handbook, spoken: Language) -> Iterator[tuple[Step, Any, Any]]:
    """Give each step at which somebody is called, with whom and in which words."""
    words = handbook.words[spoken.code].contacts
    for step in handbook.procedure.steps.values():
        if step.contact is not None:
            yield step, handbook.contacts[step.contact], words[step.contact]

"""The procedure on one sheet of paper, shown only to a printer."""

from __future__ import annotations

import panel as pn

from dashboard.guide.contacts import contact_card
from dashboard.guide.guide import Guide
from dashboard.monitoring.cell_text import cell_text
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import Part
from dashboard.ui.templating import render


class PrintSheet(Part):
    """The answers so far, the contacts, the whole tree with boxes to tick, how to lend."""

    def __init__(self, guide: Guide, language: Language) -> None:
        super().__init__()
        self._guide, self._language = guide, language
        html = guide.context.shared_html(f"sheet {language.code}", self._html)
        # It says of what minute it is: not every outcome is worth sending it to every page.
        updates, state = guide.updates.param, guide.grid.param.state
        shown = pn.bind(html, updates.handbook, guide.param.walk, updates.minute, state)
        self._view = LiveHTML(shown, css_classes=["only-print"])

    def _html(self, *_: object) -> str:
        guide, handbook = self._guide, self._guide.handbook
        words, steps = handbook.words[self._language.code], guide.procedure.steps.values()
        called = [(step, step.contact) for step in steps if step.contact]
        return render(
            "guide/print_sheet",
            self._language,
            now=guide.context.now(),
            words=words,
            questions=[step for step in steps if step.kind == "question"],
            given=dict(guide.path),
            contacts=[(one, contact_card(guide, key, self._language)) for one, key in called],
            tell=next((words.contacts[key].tell for _, key in called), ""),
            lending=guide.procedure.lending,
            targets=handbook.targets,
            cells=guide.cells,
            cell_text=lambda cell: cell_text(cell, self._language, self._guide.context.now()),
        )

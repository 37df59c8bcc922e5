"""The printable sheet of the guide."""

import param

from dashboard.core.state import needs
from dashboard.guide.contact_card import contact_card
from dashboard.guide.guide import Guide
from dashboard.monitoring.cell_text import cell_text
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render
from dashboard.ui.view import computed_once


class PrintSheet(HtmlView):
    """The answers so far, the contacts, a checklist of the procedure, and lending instructions."""

    guide = needs(Guide)
    css_classes = ("only-print",)

    # Redraw at most once a minute: redrawing after each outcome would cost too much.
    @param.depends(
        "guide.updates.handbook", "guide.updates.minute", "guide.walk", "guide.grid.state"
    )
    @computed_once
    def _html(self) -> str:
        guide, handbook = self.guide, self.guide.handbook
        words, steps = handbook.words[self.language.code], guide.procedure.steps.values()
        called = [(step, step.contact) for step in steps if step.contact]
        return render(
            "guide/print_sheet",
            self.language,
            now=self.context.clock.now(),
            words=words,
            questions=[step for step in steps if step.kind == "question"],
            given=dict(guide.path),
            contacts=[(step, contact_card(guide, key, self.language)) for step, key in called],
            tell=next((words.contacts[key].tell for _, key in called), ""),
            lending=guide.procedure.lending,
            targets=handbook.targets,
            cells=guide.cells,
            cell_text=lambda cell: cell_text(cell, self.language, self.context.clock.now()),
        )

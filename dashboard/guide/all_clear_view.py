"""The page of a working day: everything answers, and what to do if Alma fails here all the same."""

from __future__ import annotations

from collections.abc import Mapping

import panel as pn
from panel.viewable import Viewer

from dashboard.guide.guide import Guide
from dashboard.monitoring.cell_text import cell_text
from dashboard.monitoring.neighbour_text import NeighbourText, beside_sentence
from dashboard.monitoring.report_view import add_word, report_values
from dashboard.monitoring.sparkline import sparkline
from dashboard.monitoring.status_pages import status_page_texts
from dashboard.monitoring.workstations import Workstations
from dashboard.outage.planned_work import PlannedWork
from dashboard.outage.planned_work_view import announcements
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from procedure.monitoring.model import Status


class AllClearView(Viewer):
    """The list of addresses, a person's word from here, announced work, ways into the procedure."""

    def __init__(
        self, eyes: Workstations, planning: PlannedWork, guide: Guide, language: Language
    ) -> None:
        super().__init__()
        self._eyes, self._planning, self._guide = eyes, planning, guide
        self._language = language
        self._words = eyes.context.handbook.words[language.code].targets
        board, told = eyes.board.param, eyes.insight.param
        shown = pn.bind(
            self._html,
            board.rows,
            board.last_outage,
            eyes.param.reports,
            eyes.param.quorum,
            told.windows,
            told.officials,
            eyes.param.beyond,
        )
        self._pane = LiveHTML(shown, self._act, self._form)

    def __panel__(self) -> LiveHTML:
        return self._pane

    def _html(self, *_: object) -> str:
        board, language = self._eyes.board, self._language
        now = self._eyes.context.now()
        return render(
            "guide/all_clear",
            language,
            rows=[(row, row.cells[0]) for row in board.rows],
            state=board.state,
            words=self._words,
            vendor=status_page_texts(self._eyes.insight, language),
            windows=announcements(self._planning, language),
            glance=lambda cell: cell_text(cell, language, now),
            spark=lambda row, cell: sparkline(cell.hour, row.target.interval, now),
            last_outage=board.last_outage,
            neighbours=self._failing_next_door(),
            now=now,
            **report_values(self._eyes),
        )

    def _failing_next_door(self) -> list[NeighbourText]:
        """Say at which neighbours Alma fails, though it answers here: it may soon fail here too."""
        ways, now = self._eyes.insight.evidence.roles.alma, self._eyes.context.now()
        seen = [one for key in ways for one in self._eyes.beyond.get(key, ()) if one is not None]
        failing = {one.neighbour.key: one for one in seen if one.verdict is Status.DOWN}
        up = Status.UP
        return [beside_sentence(one, up, self._language, now) for one in failing.values()]

    def _act(self, act: str, value: str) -> None:
        if act == "fails":
            self._eyes.insight.report(works=False)
            self._guide.begin()
        elif act == "report":
            self._eyes.insight.report(works=value == "yes")
        elif act == "read":
            self._guide.begin()

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        if act == "about":
            add_word(self._eyes, fields)

"""« Pourquoi »: the diagnosis with its reasons, what does not fit, and what would decide."""

from __future__ import annotations

import panel as pn
from panel.viewable import Viewer

from dashboard.monitoring.diagnosis_text import ground_words, observation, place
from dashboard.monitoring.neighbour_text import Told, beside_sentence
from dashboard.monitoring.neighbours import Beyond
from dashboard.monitoring.workstations import Eyes
from dashboard.translations import Language
from dashboard.ui.live_html import Pane
from dashboard.ui.templating import piece
from procedure.diagnosis.rules import Diagnosis, Origin


class Why(Viewer):
    """Under the grid while there is something to explain; nothing while all is well."""

    def __init__(self, eyes: Eyes, language: Language) -> None:
        super().__init__()
        self._eyes, self._language = eyes, language
        shown = pn.bind(self._html, eyes.insight.param.diagnosis, eyes.param.beyond)
        self._pane = Pane(shown)

    def __panel__(self) -> Pane:
        return self._pane

    def _html(self, found: Diagnosis, beyond: Beyond) -> str:
        if found.fault is Origin.NOTHING and not found.against:
            return ""
        language = self._language
        return piece(
            "monitoring/diagnosis",
            language,
            place=place(found.fault, language),
            grounds=[ground_words(one, language) for one in found.grounds],
            against=[ground_words(one, language) for one in found.against],
            others=[place(one, language) for one in found.others],
            decides=observation(found.decides, language) if found.decides else "",
            neighbours=self._neighbours(beyond),
        )

    def _neighbours(self, beyond: Beyond) -> list[Told]:
        """Say what each neighbour sees of the usual way into Alma, or of the first shared one."""
        board, now = self._eyes.board, self._eyes.house.now()
        ways = self._eyes.insight.evidence.roles.alma
        shared = {
            one.neighbour.key: one
            for key in reversed(ways)
            for one in beyond.get(key, ())
            if one is not None
        }
        return [
            beside_sentence(one, board.cell(one.target).verdict, self._language, now)
            for one in shared.values()
        ]

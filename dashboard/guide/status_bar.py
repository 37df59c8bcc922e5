"""The band across the page: in one sentence what is true and what to do."""

from __future__ import annotations

from dataclasses import replace

import panel as pn
from panel.viewable import Viewer

from dashboard.guide.diagnosis_advice import diagnosis_advice
from dashboard.guide.next_action import NextAction, lending, next_action
from dashboard.guide.situation_text import StatusText, status_text
from dashboard.guide.suggested_path import SuggestedPath
from dashboard.outage.outage import OutageState
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from procedure.outages.record import OutageRecord


class StatusBar(Viewer):
    """A live region that changes only when its sentence does.

    Where the workstations, the pages and the people know more than the server's grid, their
    diagnosis speaks. What to do is what the guide asks for; while an outage is declared, what it
    asks of the desks comes first.
    """

    def __init__(
        self, proposal: SuggestedPath, coordination: OutageState, language: Language
    ) -> None:
        super().__init__()
        self._proposal, self._coordination = proposal, coordination
        self._language = language
        self._insight = insight = proposal.insight
        words = insight.context.handbook.words[language.code].targets
        self._names = {key: one.name for key, one in words.items()}
        told, guide = insight.param, proposal.guide.param
        said = pn.bind(
            self._html,
            insight.board.param.state,
            told.diagnosis,
            told.suggestions,
            told.windows,
            insight.updates.param.unwritable,
            guide.walk,
            guide.step,
            guide.applying,
            guide.begun,
            proposal.param.singly,
            coordination.param.record,
            coordination.param.to_bring,
        )
        self._pane = LiveHTML(said, role="status")

    def __panel__(self) -> LiveHTML:
        return self._pane

    def _html(self, *_: object) -> str:
        return render("guide/status_bar", self._language, said=self._said())

    def _said(self) -> StatusText:
        if self._insight.updates.unwritable:
            return self._unrecorded()
        todo, record = next_action(self._proposal, self._language), self._coordination.record
        state, now = self._insight.board.state, self._insight.context.now()
        told = diagnosis_advice(self._insight, todo, self._language)
        to_bring = self._coordination.to_bring
        said = told or status_text(state, self._names, self._language, now, todo, to_bring=to_bring)
        if record is not None and told is None and self._proposal.guide.all_well:
            return self._not_over(record, todo)
        if record is not None and record.lending:
            return replace(said, act=lending(todo, self._language))
        if todo.step and todo.open and todo.step not in said.act:
            return replace(said, act=todo.step)
        return said

    def _unrecorded(self) -> StatusText:
        """Say before all else that nothing is recorded, and that no loan is lost by going on."""
        say = self._language.say
        damaged = say("Relais n’enregistre plus rien\u202f: sa base de données est endommagée.")
        gone = say("Relais n’enregistre plus rien\u202f: sa base de données n’est plus à sa place.")
        fact = damaged if self._insight.updates.unwritable == "damaged" else gone
        act = say("Continuez à prêter, tout reste sur les postes, et prévenez la coordination.")
        return StatusText("down", "down", fact, act, say("Rien n’est enregistré"))

    def _not_over(self, record: OutageRecord, todo: NextAction) -> StatusText:
        """Say that all is well, and that nobody has said yet that the outage is over."""
        say = self._language.say
        fact = say("Alma répond, mais la panne n’est pas déclarée finie.")
        if record.lending and todo.step:
            act = lending(todo, self._language)
        elif record.lending:
            act = say("C1 est en vigueur\u202f: prêtez en secours.")
        else:
            act = todo.step or say("Suivez la coordination, ci-dessous.")
        return StatusText("slow", "slow", fact, act, say("Panne déclarée"))

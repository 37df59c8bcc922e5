"""The status bar of the page: the situation and the next action."""

from __future__ import annotations

from dataclasses import replace

import panel as pn

from dashboard.guide.diagnosis_advice import diagnosis_advice
from dashboard.guide.next_action import NextAction, lending_text, next_action
from dashboard.guide.situation_text import StatusText, status_text
from dashboard.guide.suggested_path import SuggestedPath
from dashboard.outage.outage import OutageState
from dashboard.translations import Language
from dashboard.translations.sentences import to_bring_text
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import Part
from dashboard.ui.templating import render
from procedure.outages.declared_outage import OutageRecord


class StatusBar(Part):
    """A live region that changes only when its sentence does.

    Where the workstations, the pages and the people know more than the server's grid, their
    diagnosis speaks. What to do is what the guide asks for; while an outage is declared, what it
    asks of the desks comes first.
    """

    def __init__(
        self, suggested_path: SuggestedPath, outage: OutageState, language: Language
    ) -> None:
        super().__init__()
        self._suggested_path, self._outage = suggested_path, outage
        self._language = language
        self._diagnosis = diagnosis = suggested_path.diagnosis
        diagnosis_param, guide_param = diagnosis.param, suggested_path.guide.param
        html = pn.bind(
            self._html,
            diagnosis.updates.param.handbook,
            diagnosis.grid.param.state,
            diagnosis_param.result,
            diagnosis_param.suggestions,
            diagnosis_param.windows,
            diagnosis.updates.param.unwritable,
            diagnosis.updates.param.spooled,
            diagnosis.updates.param.takes_loans,
            guide_param.walk,
            guide_param.step,
            guide_param.applying,
            guide_param.begun,
            suggested_path.param.one_by_one,
            suggested_path.guide.session.param.page,
            outage.param.record,
            outage.param.to_bring,
            outage.param.block_off,
            outage.param.still_open,
        )
        self._render = diagnosis.context.shared_html(
            f"state {language.code}", lambda text: render("guide/status_bar", language, text=text)
        )
        self._view = LiveHTML(html, role="status")

    def _html(self, *_: object) -> str:
        return self._render(self._text())

    def _text(self) -> StatusText:
        updates = self._diagnosis.updates
        if not updates.takes_loans:
            return self._unrecorded()
        if updates.unwritable or updates.spooled:
            return self._spooled(updates.spooled)
        todo, record = next_action(self._suggested_path, self._language), self._outage.record
        state, now = self._diagnosis.grid.state, self._diagnosis.context.now()
        advice = diagnosis_advice(self._diagnosis, todo, self._language)
        text = advice or status_text(
            state, self._names(), self._language, now, todo, left=self._left()
        )
        if record is not None and advice is None and self._suggested_path.guide.all_well:
            return self._not_over(record, todo)
        if record is not None and record.lending:
            return replace(text, act=lending_text(todo, self._language))
        if todo.step and todo.open and todo.step not in text.act:
            return replace(text, act=todo.step)
        return text

    def _left(self) -> str | None:
        """Return what is left of the reconciliation, empty for nothing, None while not known."""
        outage, say = self._outage, self._language.say
        if outage.to_bring is None:
            return None
        if outage.to_bring:
            return to_bring_text(outage.to_bring, self._language)
        if outage.block_off is not None:
            return say("Dans Alma, remettez le blocage comme avant.")
        left = {
            "signature": say("Le transfert dans Alma attend une signature."),
            "carts": say("Des documents sur les chariots sont à rendre dans Alma."),
        }
        return left.get(outage.still_open, "")

    def _names(self) -> dict[str, str]:
        targets = self._suggested_path.guide.handbook.words[self._language.code].targets
        return {key: target.name for key, target in targets.items()}

    def _unrecorded(self) -> StatusText:
        """Return the text while the journal is not writable; it precedes every other."""
        say = self._language.say
        fact = {
            "damaged": say(
                "Relais n’enregistre plus rien\u202f: sa base de données est endommagée."
            ),
            "gone": say(
                "Relais n’enregistre plus rien\u202f: sa base de données n’est plus à sa place."
            ),
            "unread": say("Relais n’enregistre plus rien\u202f: sa base de données est illisible."),
        }[self._diagnosis.updates.unwritable]
        spool = self._diagnosis.context.spool
        if spool is not None and spool.fault:
            fact = say(
                "Relais n’enregistre plus rien\u202f: ni sa base de données ni son fichier à "
                "part ne s’écrivent."
            )
        act = say("Continuez à prêter, tout reste sur les postes, et prévenez la coordination.")
        return StatusText("down", "down", fact, act, say("Rien n’est enregistré"))

    def _spooled(self, count: int) -> StatusText:
        """Return the text while loans wait in the spool of the server."""
        say, plural = self._language.say, self._language.plural
        fact = say(
            "La base de données de Relais ne s’écrit plus\u202f: les prêts sont en sécurité."
        )
        if count:
            fact = plural(
                "La base de données de Relais ne s’écrit plus. Gardé à part sur le "
                "serveur\u202f: {count} prêt ou retour, pas encore dans les listes.",
                "La base de données de Relais ne s’écrit plus. Gardés à part sur le "
                "serveur\u202f: {count} prêts et retours, pas encore dans les listes.",
                count,
            )
        act = say("Continuez à prêter et prévenez la coordination.")
        return StatusText("slow", "slow", fact, act, say("Prêts gardés à part"))

    def _not_over(self, record: OutageRecord, todo: NextAction) -> StatusText:
        """Return the text while Alma works and a declared outage was not ended."""
        say = self._language.say
        fact = say("Alma répond, mais la panne n’est pas déclarée finie.")
        if record.lending and todo.step:
            act = lending_text(todo, self._language)
        elif record.lending:
            act = say("C1 est en vigueur\u202f: prêtez en secours.")
        else:
            act = todo.step or say("Suivez la coordination, ci-dessous.")
        return StatusText("slow", "slow", fact, act, say("Panne déclarée"))

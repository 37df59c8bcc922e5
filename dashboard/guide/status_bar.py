"""The status bar of the page: the situation and the next action."""

from dataclasses import replace

import param

from dashboard.guide.diagnosis_advice import diagnosis_advice
from dashboard.guide.next_action import NextAction, lending_text, next_action
from dashboard.guide.situation_text import StatusText, status_text
from dashboard.guide.suggested_path import SuggestedPath
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.outage.outage import OutageState
from dashboard.translations.sentences import to_bring_text
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render
from procedure.outages.declared_outage import OutageRecord


class StatusBar(HtmlView):
    """A live region that changes only when its sentence does.

    Where the workstations, the pages and the people know more than the server's grid, their
    diagnosis speaks. What to do is what the guide asks for; while an outage is declared, what it
    asks of the desks comes first.
    """

    suggested_path: SuggestedPath = param.ClassSelector(class_=SuggestedPath, constant=True)
    outage: OutageState = param.ClassSelector(class_=OutageState, constant=True)
    role = "status"

    @property
    def _diagnosis(self) -> DiagnosisState:
        return self.suggested_path.diagnosis

    @param.depends(
        "suggested_path.diagnosis.updates.handbook",
        "suggested_path.diagnosis.updates.unwritable",
        "suggested_path.diagnosis.updates.spooled",
        "suggested_path.diagnosis.updates.takes_loans",
        "suggested_path.diagnosis.grid.state",
        "suggested_path.diagnosis.result",
        "suggested_path.diagnosis.suggestions",
        "suggested_path.diagnosis.windows",
        "suggested_path.guide.walk",
        "suggested_path.guide.step",
        "suggested_path.guide.applying",
        "suggested_path.guide.is_open",
        "suggested_path.guide.session.page",
        "suggested_path.one_by_one",
        "outage.record",
        "outage.to_bring",
        "outage.block_off",
        "outage.still_open",
    )
    def _html(self) -> str:
        text, language = self._text(), self.language
        return self.context.computed_once(
            f"status bar {language.code}",
            lambda: render("guide/status_bar", language, text=text),
            text,
        )

    def _text(self) -> StatusText:
        updates = self._diagnosis.updates
        if not updates.takes_loans:
            return self._unrecorded()
        if updates.unwritable or updates.spooled:
            return self._spooled(updates.spooled)
        todo, record = next_action(self.suggested_path, self.language), self.outage.record
        state, now = self._diagnosis.grid.state, self._diagnosis.context.now()
        advice = diagnosis_advice(self._diagnosis, todo, self.language)
        text = advice or status_text(
            state, self._names(), self.language, now, todo, left=self._left()
        )
        if record is not None and advice is None and self.suggested_path.guide.all_well:
            return self._not_over(record, todo)
        if record is not None and record.lending:
            return replace(text, act=lending_text(todo, self.language))
        if todo.step and todo.open and todo.step not in text.act:
            return replace(text, act=todo.step)
        return text

    def _left(self) -> str | None:
        """Return what is left of the reconciliation, empty for nothing, None while not known."""
        outage, say = self.outage, self.language.say
        if outage.to_bring is None:
            return None
        if outage.to_bring:
            return to_bring_text(outage.to_bring, self.language)
        if outage.block_off is not None:
            return say("Dans Alma, remettez le blocage comme avant.")
        left = {
            "pending": say("Des prêts attendent encore une carte oubliée."),
            "signature": say("Le transfert dans Alma attend une signature."),
            "carts": say("Des documents sur les chariots sont à rendre dans Alma."),
        }
        return left.get(outage.still_open, "")

    def _names(self) -> dict[str, str]:
        targets = self.suggested_path.guide.handbook.words[self.language.code].targets
        return {key: target.name for key, target in targets.items()}

    def _unrecorded(self) -> StatusText:
        """Return the text while the journal is not writable; it precedes every other."""
        say = self.language.say
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
        say, plural = self.language.say, self.language.plural
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
        say = self.language.say
        fact = say("Alma répond, mais la panne n’est pas déclarée finie.")
        if record.lending and todo.step:
            act = lending_text(todo, self.language)
        elif record.lending:
            act = say("C1 est en vigueur\u202f: prêtez en secours.")
        else:
            act = todo.step or say("Suivez la coordination, ci-dessous.")
        return StatusText("slow", "slow", fact, act, say("Panne déclarée"))

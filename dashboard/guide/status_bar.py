"""The status bar: the fact, the action, and the coordinators' message."""

from dataclasses import replace

import param

from dashboard.core.state import needs
from dashboard.guide.diagnosis_advice import diagnosis_advice
from dashboard.guide.guide_phase import GuideMode, GuidePhase
from dashboard.guide.situation_text import StatusText, lend_text, status_text
from dashboard.guide.tell_text import tells
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.outage.outage import OutageState
from dashboard.translations.sentences import to_bring_text
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render


class StatusBar(HtmlView):
    """The status bar, a live region that changes only when its sentences do.

    If workstations, status pages and staff know more than the server, it shows the diagnosis. While
    an outage is declared, the instructions to the desks take precedence.
    """

    guide_phase = needs(GuidePhase)
    role = "status"

    @property
    def _diagnosis(self) -> DiagnosisState:
        return self.guide_phase.suggested_path.diagnosis

    @property
    def _outage(self) -> OutageState:
        return self.guide_phase.outage

    @param.depends(
        "guide_phase.phase",
        "guide_phase.since",
        "guide_phase.downtime",
        "guide_phase.suggested_path.diagnosis.updates.handbook",
        "guide_phase.suggested_path.diagnosis.updates.unwritable",
        "guide_phase.suggested_path.diagnosis.updates.spooled",
        "guide_phase.suggested_path.diagnosis.updates.takes_loans",
        "guide_phase.suggested_path.diagnosis.grid.state",
        "guide_phase.suggested_path.diagnosis.result",
        "guide_phase.suggested_path.diagnosis.suggestions",
        "guide_phase.suggested_path.diagnosis.planned_work",
        "guide_phase.suggested_path.guide.walk",
        "guide_phase.outage.record",
        "guide_phase.outage.suspected",
        "guide_phase.outage.overdue",
        "guide_phase.outage.over",
        "guide_phase.outage.withdrawn",
        "guide_phase.outage.is_signed",
        "guide_phase.outage.to_bring",
        "guide_phase.outage.block_off",
        "guide_phase.outage.still_open",
    )
    def _html(self) -> str:
        text, language = self._text(), self.language
        lines, leads = tells(self.guide_phase, language), self._leads()
        is_one = self.guide_phase.phase is not GuideMode.ASK
        return self.context.computed_once(
            f"status bar {language.code}",
            lambda: render(
                "guide/status_bar", language, text=text, tells=lines, leads=leads, is_one=is_one
            ),
            text,
            lines,
            leads,
            is_one,
        )

    def _leads(self) -> str:
        """Return the label of a coordinator's link to the outage; empty for everybody else."""
        outage, say = self._outage, self.language.say
        if not outage.coordinates:
            return ""
        if outage.record is not None:
            return say("Suivre la panne")
        is_asked = self.guide_phase.phase is GuideMode.ASK
        return say("Déclarer une panne") if outage.suspected or is_asked else ""

    def _text(self) -> StatusText:
        updates, record = self._diagnosis.updates, self._outage.record
        if not updates.takes_loans:
            return self._unrecorded()
        if updates.unwritable or updates.spooled:
            return self._spooled(updates.spooled)
        if self.guide_phase.phase in {GuideMode.LEND_ON, GuideMode.LENT}:
            return self._answers_again()
        state, now = self._diagnosis.grid.state, self._diagnosis.context.clock.now()
        text = diagnosis_advice(self._diagnosis, self.language) or status_text(
            state, self._names(), self.language, now, left=self._left()
        )
        return replace(text, act=lend_text(self.language)) if record and record.lending else text

    def _answers_again(self) -> StatusText:
        """Return the text to show once Alma answers: keep lending in Relais, or go back to Alma."""
        say, record, since = self.language.say, self._outage.record, self.guide_phase.since
        fact = say("Alma répond.")
        if since is not None:
            at = self.language.moment(since, self._diagnosis.context.clock.now(), short=True)
            fact = say("Alma répond depuis {at}.", at=at)
        if record is None:
            act = say("Prêtez de nouveau dans Alma.")
        else:
            act = say("Prêtez encore ici.") if record.lending else say("Suivez la coordination.")
        return StatusText("up", "up", fact, act, say("Alma répond"))

    def _left(self) -> str | None:
        """Return a sentence on what is left to reconcile; empty if nothing is, None while unknown.

        The sentence is always empty for desks, which do not take part in the reconciliation.
        """
        outage, say = self._outage, self.language.say
        if not outage.coordinates:
            return ""
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
        targets = self._diagnosis.updates.handbook.words[self.language.code].targets
        return {key: target.name for key, target in targets.items()}

    def _unrecorded(self) -> StatusText:
        """Return the text that takes precedence over all others while no loan can be recorded."""
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
        spool = self._diagnosis.context.store.spool
        if spool is not None and spool.fault:
            fact = say(
                "Relais n’enregistre plus rien\u202f: ni sa base de données ni son fichier à "
                "part ne s’écrivent."
            )
        act = say("Continuez à prêter, tout reste sur les postes, et prévenez la coordination.")
        return StatusText("down", "down", fact, act, say("Rien n’est enregistré"))

    def _spooled(self, count: int) -> StatusText:
        """Return the text to show while loans go to the server's spool, or are still in it."""
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

"""The steps of the reconciliation, as a band across the page."""

from collections.abc import Mapping

import param

from dashboard.reconciliation.base_view import Actions, StepView
from dashboard.reconciliation.reconciliation_text import steps
from dashboard.translations.sentences import accounted_text
from dashboard.ui.templating import render
from procedure.reconciliation.forecast import UNHINDERED, unasked
from procedure.reconciliation.overview import ReconciliationOverview
from procedure.reconciliation.steps import Mark

# Steps that depend on Alma's answers about the loans.
ASKING = ("preflight", "proof")
# Steps that receive new loans for as long as the desks keep lending.
SENDING = ("import", "send")


class StepBand(StepView):
    """Each step with its progress and figures; all steps can be opened at any time."""

    css_classes = ("reconciliation-band",)

    @param.depends("progress.ticks", "progress.lending", "progress.job")
    def draw(self, overview: ReconciliationOverview) -> str:
        progress, counts = self.progress, overview.counts
        marks, figures, onward = (
            progress.marks,
            self._figures(overview) | self._running(),
            progress.proposed,
        )
        step_keys, names = [*marks], steps(self.language)
        is_left = onward != progress.step and marks[onward] is not Mark.DONE
        system = progress.context.handbook.library_system
        return self._render(
            "step_band",
            names={step: names[step] for step in step_keys},
            marks=marks,
            figures=figures,
            here=progress.step,
            place=step_keys.index(progress.step) + 1 if progress.step in step_keys else 0,
            heading=self._heading(overview, names, figures),
            accounted=accounted_text(
                counts.accounted, counts.total, overview.pending, self.language
            ),
            to_settle=counts.to_settle if progress.step != "proof" else 0,
            onward=onward if is_left else "",
            running=progress.running,
            done=progress.step in step_keys and marks[progress.step] is Mark.DONE,
            has_rows=bool(overview.rows),
            person=progress.session.signer,
            is_account=bool(progress.session.person.name),
            lending=progress.lending and progress.step in SENDING,
            silent=progress.step in ASKING and not progress.context.alma.reads,
            has_api=system.has_api,
            by_list=system.has_file,
        )

    def draw_nothing(self) -> str:
        """Return the band to show while there is no overview."""
        return render("reconciliation/step_band_reading", self.language)

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        del fields
        return {
            "step": lambda: self.progress.go(value),
            "rename": self.progress.ask_name,
        }

    def _heading(
        self, overview: ReconciliationOverview, names: Mapping[str, str], figures: Mapping[str, str]
    ) -> str:
        say, step = self.language.say, self.progress.step
        if not overview.rows and not overview.pending:
            return say("Rien à transférer.")
        if step not in names:
            return say("Toutes les lignes")
        return say("{step}\u202f: {figure}.", step=names[step], figure=figures[step])

    def _figures(self, overview: ReconciliationOverview) -> dict[str, str]:
        say, plural = self.language.say, self.language.plural
        return {
            "import": plural(
                "{count} prêt au journal", "{count} prêts au journal", overview.counts.total
            ),
            "check": plural("{count} à vérifier", "{count} à vérifier", overview.counts.to_check)
            if overview.counts.to_check
            else say("rien à vérifier"),
            "preflight": self._forecast(overview),
            "send": self._sending(overview),
            "proof": plural("{count} prêt à prouver", "{count} prêts à prouver", overview.to_prove)
            if overview.to_prove
            else plural(
                "{count} prêt à régler", "{count} prêts à régler", overview.counts.to_settle
            ),
            "carts": plural(
                "{count} document à rendre", "{count} documents à rendre", len(overview.carts)
            )
            if overview.carts
            else say("rien à rendre"),
            "sign": self._signing(overview),
        }

    def _running(self) -> dict[str, str]:
        running = self.progress.running
        return {running: self.language.say("vérification en cours")} if running else {}

    def _signing(self, overview: ReconciliationOverview) -> str:
        say, plural = self.language.say, self.language.plural
        if overview.table.empty:
            return say("rien à signer")
        if overview.signed is None:
            left = overview.open_points(self.progress.context.folds.checklist)
            return (
                plural("{count} point reste ouvert", "{count} points restent ouverts", len(left))
                if left
                else say("il ne manque qu’une signature")
            )
        if self.progress.marks["sign"] is not Mark.DONE:
            return say("signé, blocage à remettre")
        return say("signé par {name}", name=overview.signed.operator.rstrip("."))

    def _forecast(self, overview: ReconciliationOverview) -> str:
        plural = self.language.plural
        if unchecked := unasked(overview.forecast):
            return plural("{count} prêt non vérifié", "{count} prêts non vérifiés", unchecked)
        if not overview.to_upload:
            return self.language.say("rien n’attend l’envoi")
        flagged = sum(count for kind, count in overview.forecast.items() if kind not in UNHINDERED)
        return plural("{count} ligne signalée", "{count} lignes signalées", flagged)

    def _sending(self, overview: ReconciliationOverview) -> str:
        plural = self.language.plural
        if overview.to_write:
            return plural(
                "{count} prêt à écrire", "{count} prêts à écrire", overview.to_write.total()
            )
        if unsent := sum(1 for file in overview.files if not file.uploaded):
            return plural("{count} fichier à envoyer", "{count} fichiers à envoyer", unsent)
        points = self.progress.context.folds.checklist.open_before
        if overview.files and points and overview.signed is None:
            return plural("{count} point à cocher", "{count} points à cocher", len(points))
        return plural("{count} fichier envoyé", "{count} fichiers envoyés", len(overview.files))

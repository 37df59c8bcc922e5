"""The steps of the reconciliation and the sentence above: how far it is, and what comes next."""

from collections.abc import Mapping
from dataclasses import asdict

import param

from dashboard.reconciliation.base_view import Actions, PartView
from dashboard.reconciliation.reconciliation_text import steps
from dashboard.translations.sentences import stage_names, to_bring_text
from dashboard.ui.templating import render
from procedure.reconciliation.checklist import Mark
from procedure.reconciliation.forecast import UNHINDERED, unasked
from procedure.reconciliation.overview import ReconciliationOverview
from procedure.reconciliation.reconciled_loan import Stage


class StepsView(PartView):
    """Each step with its mark and its figures; a click shows it, whatever is done."""

    css_classes = ("reconciliation-route",)

    @param.depends("progress.ticks", "progress.job")
    def draw(self, now: ReconciliationOverview) -> str:
        """Return the list of steps."""
        names = steps(self.language)
        return self._render(
            "steps",
            names={step: names[step] for step in self.progress.marks},
            marks=self.progress.marks,
            here=self.progress.step,
            figures=self._figures(now) | self._running(),
        )

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        del fields
        return {"step": lambda: self.progress.go(value)}

    def _figures(self, now: ReconciliationOverview) -> dict[str, str]:
        say, plural = self.language.say, self.language.plural
        return {
            "import": plural(
                "{count} prêt au journal", "{count} prêts au journal", now.counts.total
            ),
            "check": plural(
                "{count} scan à vérifier", "{count} scans à vérifier", now.counts.to_check
            )
            if now.counts.to_check
            else say("rien à vérifier"),
            "preflight": self._forecast(now),
            "send": self._sending(now),
            "proof": plural("{count} à prouver", "{count} à prouver", now.to_prove)
            if now.to_prove
            else plural("{count} à régler", "{count} à régler", now.counts.to_settle),
            "carts": plural(
                "{count} document à rendre", "{count} documents à rendre", len(now.carts)
            )
            if now.carts
            else say("rien à rendre"),
            "sign": self._signing(now),
        }

    def _running(self) -> dict[str, str]:
        running = self.progress.running
        return {running: self.language.say("vérification en cours")} if running else {}

    def _signing(self, now: ReconciliationOverview) -> str:
        if now.pending:
            return self.language.plural(
                "{count} sur carte oubliée", "{count} sur carte oubliée", now.pending
            )
        if now.signed is None:
            say = self.language.say
            if now.table.empty:
                return say("rien à signer")
            return say("quand tout est réglé") if now.counts.left else say("à signer")
        if self.progress.marks["sign"] is not Mark.DONE:
            return self.language.say("signé, blocage à remettre")
        return self.language.say("signé par {name}", name=now.signed.operator)

    def _forecast(self, now: ReconciliationOverview) -> str:
        plural = self.language.plural
        if unchecked := unasked(now.forecast):
            return plural("{count} non vérifié", "{count} non vérifiés", unchecked)
        if not now.to_upload:
            return self.language.say("rien n’attend l’envoi")
        flagged = sum(count for kind, count in now.forecast.items() if kind not in UNHINDERED)
        return plural("{count} ligne signalée", "{count} lignes signalées", flagged)

    def _sending(self, now: ReconciliationOverview) -> str:
        plural = self.language.plural
        if now.waiting:
            return plural("{count} à écrire", "{count} à écrire", now.waiting.total())
        if unsent := sum(1 for file in now.files if not file.uploaded):
            return plural("{count} fichier à envoyer", "{count} fichiers à envoyer", unsent)
        points = self.progress.context.models.checklist.open_before
        if now.files and points and now.signed is None:
            return plural("{count} point à cocher", "{count} points à cocher", len(points))
        return plural("{count} fichier envoyé", "{count} fichiers envoyés", len(now.files))


class TallyView(PartView):
    """Who acts, one sentence, then every loan counted once, by where it stands."""

    @param.depends("progress.ticks", "progress.lending", "progress.job")
    def draw(self, now: ReconciliationOverview) -> str:
        """Return the sentence and the counts."""
        progress, number = self.progress, self.language.number
        fact, act = self._sentence(now)
        counts, onward, shown = self._counts(now), progress.proposed, [*progress.marks]
        is_left = onward != progress.step and progress.marks[onward] is not Mark.DONE
        return self._render(
            "tally",
            here=progress.step,
            place=shown.index(progress.step) + 1 if progress.step in shown else 0,
            places=len(shown),
            onward=onward if is_left else "",
            done=progress.step in shown and progress.marks[progress.step] is Mark.DONE,
            running=progress.running,
            names=steps(self.language),
            fact=fact,
            act=act,
            counts=now.counts,
            has_rows=bool(now.rows),
            parts=counts,
            heard=", ".join(f"{number(count)} {label}" for _, count, label in counts),
            known=progress.session.person.name or now.signed,
            person=progress.session.signer,
            asks=progress.context.alma.reads,
            has_api=progress.context.system.has_api,
            by_list=progress.context.system.has_file,
            lending=progress.lending,
        )

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        return {
            "step": lambda: self.progress.go(value),
            "who": lambda: self.progress.session.name_signer(fields.get("name", "")),
        }

    def draw_nothing(self) -> str:
        """Return that the first overview is being made."""
        return render("reconciliation/reading_progress", self.language)

    def _counts(self, now: ReconciliationOverview) -> list[tuple[str, int, str]]:
        """Return each stage with its loans, as its key, their number and what is said of them."""
        counts = asdict(now.counts)
        return [
            (stage.value, count, stage_names(self.language, count)[stage])
            for stage in _SHOWN
            if (count := counts[stage])
        ]

    def _sentence(self, now: ReconciliationOverview) -> tuple[str, str]:
        say = self.language.say
        if now.pending and not now.counts.left:
            return self._fact(now), say("Complétez ou annulez à la page Prêts, puis signez.")
        if not now.rows:
            return say("Rien à transférer."), say("Aucun prêt n’est au journal.")
        if now.signed is not None:
            name = now.signed.operator.rstrip(".")  # initials end in a point already
            act = say("Signé par {name}.", name=name)
            if self.progress.marks["sign"] is not Mark.DONE:
                act = say("Remettez encore le blocage dans Alma.")
            elif now.carts:
                act = say("Les chariots peuvent être rendus.")
            return say("Chaque prêt est traité."), act
        proposed = self.progress.proposed
        if proposed == self.progress.running:
            return self._fact(now), say("La vérification est en cours, la suite l’attend.")
        return self._fact(now), self._advice(now)[proposed]

    def _fact(self, now: ReconciliationOverview) -> str:
        plural = self.language.plural
        if now.counts.left > now.counts.to_settle:
            return to_bring_text(now.counts.left, self.language)
        if now.counts.to_settle:
            return plural(
                "Encore {count} prêt à régler.",
                "Encore {count} prêts à régler.",
                now.counts.to_settle,
            )
        if now.pending:
            return plural(
                "Encore {count} prêt sur carte oubliée.",
                "Encore {count} prêts sur carte oubliée.",
                now.pending,
            )
        return self.language.say("Chaque prêt est traité.")

    def _advice(self, now: ReconciliationOverview) -> dict[str, str]:
        say = self.language.say
        return {
            "import": say("Commencez par importer les fichiers."),
            "check": say("Vérifiez d’abord les scans douteux."),
            "preflight": say("Demandez d’abord à Alma ce qu’il en dira."),
            "send": self._advice_to_send(now),
            "proof": self._advice_to_prove(now),
            "carts": say("Les chariots peuvent être rendus."),
            "sign": say("Remettez encore le blocage dans Alma.")
            if self.progress.context.models.checklist.to_put_back
            else say("Il ne manque qu’une signature."),
        }

    def _advice_to_send(self, now: ReconciliationOverview) -> str:
        say = self.language.say
        if self.progress.context.system.read_report is None:
            if now.waiting:
                return say("Écrivez les fichiers, envoyez-les dans Alma, puis dites-le ici.")
            return say("Envoyez les fichiers dans Alma, puis dites-le ici.")
        if now.waiting:
            return say("Écrivez les fichiers, envoyez-les dans Alma, collez ici leurs rapports.")
        return say("Envoyez les fichiers dans Alma, collez ici leurs rapports.")

    def _advice_to_prove(self, now: ReconciliationOverview) -> str:
        say, system = self.language.say, self.progress.context.system
        if system.has_file and not now.to_prove:
            return say("Réglez ce qui est refusé.")
        if not system.has_file:
            return say("Saisissez ces prêts dans Alma, puis confirmez-les ici.")
        if system.is_read_by_a_person:
            return say("Confirmez ce qu’Alma a pris, réglez ce qu’il refuse.")
        return say("Prouvez ligne à ligne, puis réglez ce qui est refusé.")


# In the order of the bar: what is accounted for, then what is left; the cancelled are beside it.
_SHOWN = (
    *(Stage.IN_ALMA, Stage.SETTLED_BY_HAND),
    *(Stage.TO_SETTLE, Stage.TO_CHECK, Stage.ON_THE_WAY, Stage.CANCELLED),
)

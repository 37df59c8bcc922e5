"""The steps of the reconciliation and the sentence above: how far it is, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from dashboard.reconciliation.part_view import Actions, PartView
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.texts import steps
from dashboard.translations import Language
from dashboard.translations.sentences import stage_names, to_bring_text
from dashboard.ui.templating import render
from procedure.reconciliation.loan_state import Stage
from procedure.reconciliation.overview import ReconciliationOverview
from procedure.reconciliation.steps import Mark


class StepsView(PartView):
    """Each step with its mark and its figures; a click shows it, whatever is done."""

    css_class = "way-route"

    def __init__(self, progress: ReconciliationProgress, language: Language) -> None:
        super().__init__(progress, language, progress.param.ticks)

    def draw(self, now: ReconciliationOverview) -> str:
        """Return the list of steps."""
        return self._render(
            "steps",
            names=steps(self._language),
            marks=self._progress.marks,
            here=self._progress.step,
            told=self._figures(now),
        )

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        """Return what its links do."""
        del fields
        return {"step": lambda: self._progress.go(value)}

    def _figures(self, now: ReconciliationOverview) -> dict[str, str]:
        say, plural, checks = (
            self._language.say,
            self._language.plural,
            self._progress.context.models.checklist,
        )
        number = self._language.number
        odd = sum(count for kind, count in now.forecast.items() if kind not in _QUIET)
        unread = sum(1 for one in now.files if one.report is None)
        opened = sum(1 for desk in now.desks if not now.left[desk])
        return {
            "import": plural("{count} prêt au journal", "{count} prêts au journal", len(now.rows)),
            "check": plural(
                "{count} scan à vérifier", "{count} scans à vérifier", now.counts.to_check
            )
            if now.counts.to_check
            else say("rien à vérifier"),
            "preflight": self._unchecked(now)
            or (say("rien n’attend l’envoi") if not now.to_upload else "")
            or plural("{count} ligne signalée", "{count} lignes signalées", odd),
            "checklist": plural(
                "{count} point à faire", "{count} points à faire", len(checks.open_before)
            )
            if checks.open_before
            else (say("1 point à remettre") if checks.to_put_back else say("tout est coché")),
            "files": plural("{count} fichier", "{count} fichiers", len(now.files)),
            "report": plural("{count} attendu", "{count} attendus", unread)
            if unread or not now.files
            else say("chaque fichier a le sien"),
            "proof": plural("{count} à prouver", "{count} à prouver", now.to_prove)
            if now.to_prove
            else plural("{count} à régler", "{count} à régler", now.counts.to_settle),
            "carts": say(
                "{open} ouverts sur {all}", open=number(opened), all=number(len(now.desks))
            ),
            "sign": self._signed(now),
        }

    def _signed(self, now: ReconciliationOverview) -> str:
        say = self._language.say
        if now.signed is None:
            return say("quand tout est réglé")
        return say("signé par {name}", name=now.signed.operator)

    def _unchecked(self, now: ReconciliationOverview) -> str:
        count = now.forecast["not_checked"]
        if not count:
            return ""
        return self._language.plural("{count} non vérifié", "{count} non vérifiés", count)


# In the order of the bar: what is accounted for, then what is left.
_SHOWN = (
    *(Stage.IN_ALMA, Stage.SETTLED_BY_HAND, Stage.CANCELLED),
    *(Stage.TO_SETTLE, Stage.TO_CHECK, Stage.ON_THE_WAY),
)
_QUIET = ("ok", "renewal", "not_checked")


class TallyView(PartView):
    """One sentence, then every row counted once, by where it is."""

    def __init__(self, progress: ReconciliationProgress, language: Language) -> None:
        super().__init__(progress, language, progress.param.ticks, progress.param.reading)

    def _html(self, now: ReconciliationOverview | None, step: str, *_: object) -> str:
        return self._reading() if now is None else super()._html(now, step)

    def draw(self, now: ReconciliationOverview) -> str:
        """Return the sentence and the counts."""
        progress, number = self._progress, self._language.number
        fact, act = self._sentence(now)
        counts, onward = self._counts(now), progress.proposed
        outage = progress.context.models.outages.current()
        return self._render(
            "tally",
            here=progress.step,
            onward=onward if onward != progress.step else "",
            names=steps(self._language),
            fact=fact,
            act=act,
            counts=now.counts,
            parts=counts,
            heard=", ".join(f"{number(count)} {label}" for _, count, label in counts),
            asks=progress.context.alma.reads,
            lending=outage is not None and outage.lending,
        )

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        """Return what its button does."""
        del fields
        return {"step": lambda: self._progress.go(value)}

    def _reading(self) -> str:
        read, of = self._progress.reading or (0, 0)
        template = "reconciliation/reading_progress"
        return render(template, self._language, read=read, of=of) if of else ""

    def _counts(self, now: ReconciliationOverview) -> list[tuple[str, int, str]]:
        """Return each stage with its loans, as its key, their number and what is said of them."""
        return [
            (stage, count, stage_names(self._language, count)[stage])
            for stage, count in zip(_SHOWN, map(asdict(now.counts).get, _SHOWN), strict=True)
            if count
        ]

    def _sentence(self, now: ReconciliationOverview) -> tuple[str, str]:
        say, plural = self._language.say, self._language.plural
        if not now.rows:
            return say("Rien à transférer."), say("Aucun prêt n’est au journal.")
        marks, step = self._progress.marks, self._progress.proposed
        if now.signed is not None:
            return say("Chaque prêt est justifié."), say(
                "Signé par {name}.", name=now.signed.operator
            )
        if step == "proof" and marks[step] is Mark.LEFT:
            count = now.counts.to_settle
            return plural(
                "Encore {count} prêt à régler,", "Encore {count} prêts à régler,", count
            ), (say("puis les chariots."))
        return self._fact(now), self._advice(marks)[step]

    def _fact(self, now: ReconciliationOverview) -> str:
        plural = self._language.plural
        if now.counts.left > now.counts.to_settle:
            return to_bring_text(now.counts.left, self._language)
        if now.counts.to_settle:
            return plural(
                "Encore {count} prêt à régler.",
                "Encore {count} prêts à régler.",
                now.counts.to_settle,
            )
        return self._language.say("Chaque prêt est justifié.")

    def _advice(self, marks: dict[str, Mark]) -> dict[str, str]:
        say = self._language.say
        back = marks["checklist"] is Mark.LEFT
        return {
            "import": say("Commencez par importer les fichiers."),
            "check": say("Vérifiez d’abord les scans douteux."),
            "preflight": say("Demandez d’abord à Alma ce qu’il en dira."),
            "checklist": say("Remettez le blocage comme avant.")
            if back
            else say("Suivez la liste de contrôle avant d’envoyer."),
            "files": say("Écrivez les fichiers, un par guichet."),
            "report": say("Envoyez les fichiers dans Alma, puis collez ici leurs rapports."),
            "proof": say("Faites la preuve ligne à ligne."),
            "carts": say("Les chariots peuvent être rendus."),
            "sign": say("Il ne manque qu’une signature."),
        }

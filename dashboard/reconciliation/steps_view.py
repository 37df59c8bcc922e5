"""The steps of the way back and the sentence over all: where it stands, and what to do."""

from __future__ import annotations

import panel as pn
from panel.viewable import Viewer

from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.texts import steps
from dashboard.translations import Language
from dashboard.translations.sentences import to_bring_text
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from procedure.reconciliation.overview import Mark, ReconciliationOverview
from procedure.reconciliation.row_state import ReconciliationState


class StepsView(Viewer):
    """Each step with its mark and its figures; a click looks at it, whatever is done."""

    def __init__(self, way: ReconciliationProgress, language: Language) -> None:
        super().__init__()
        self._way, self._language = way, language
        shown = way.param
        html = pn.bind(self._html, shown.now, shown.ticks, shown.step, shown.job)
        self._pane = LiveHTML(html, self._act, css_classes=["way-route"])

    def __panel__(self) -> LiveHTML:
        return self._pane

    def _html(self, now: ReconciliationOverview | None, *_: object) -> str:
        if now is None:
            return ""
        return render(
            "reconciliation/steps",
            self._language,
            names=steps(self._language),
            marks=self._way.marks,
            here=self._way.step,
            told=self._told(now),
        )

    def _act(self, act: str, value: str) -> None:
        if act == "step":
            self._way.go(value)

    def _told(self, now: ReconciliationOverview) -> dict[str, str]:
        say, plural, checks = self._language.say, self._language.plural, self._way.context.checklist
        number = self._language.number
        odd = sum(count for kind, count in now.forecast.items() if kind not in _QUIET)
        unread = sum(1 for one in now.files if one.report is None)
        opened = sum(1 for desk in now.desks if not now.unsettled[desk])
        left = now.to_prove or len(now.refused)
        return {
            "import": plural("{count} prêt au journal", "{count} prêts au journal", len(now.rows)),
            "check": plural(
                "{count} scan à vérifier", "{count} scans à vérifier", len(now.to_check)
            )
            if now.to_check
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
            "proof": plural("{count} à prouver", "{count} à prouver", left)
            if now.to_prove
            else plural("{count} à régler", "{count} à régler", left),
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


_QUIET = ("ok", "renewal", "not_checked")


class TallyView(Viewer):
    """One sentence, then every row counted once: it is known of each where it is."""

    def __init__(self, way: ReconciliationProgress, language: Language) -> None:
        super().__init__()
        self._way, self._language = way, language
        shown = (way.param.now, way.param.ticks, way.param.step, way.param.reading)
        self._pane = LiveHTML(pn.bind(self._html, *shown), self._act, css_classes=["way-part"])

    def __panel__(self) -> LiveHTML:
        return self._pane

    def _html(self, now: ReconciliationOverview | None, *_: object) -> str:
        if now is None:
            return self._read_so_far()
        fact, act = self._sentence(now)
        parts, onward = self._parts(now), self._way.proposed
        standing = self._way.context.outages.current()
        number = self._language.number
        return render(
            "reconciliation/tally",
            self._language,
            here=self._way.step,
            onward=onward if onward != self._way.step else "",
            names=steps(self._language),
            fact=fact,
            act=act,
            rows=now.tally.rows,
            accounted=now.tally.accounted,
            to_settle=now.tally.to_settle,
            parts=parts,
            heard=", ".join(f"{number(count)} {word}" for _, count, word in parts if count),
            asks=self._way.context.alma.reads,
            lending=standing is not None and standing.lending,
        )

    def _act(self, act: str, value: str) -> None:
        if act == "step":
            self._way.go(value)

    def _read_so_far(self) -> str:
        read, of = self._way.reading or (0, 0)
        return (
            render("reconciliation/reading_progress", self._language, read=read, of=of)
            if of
            else ""
        )

    def _parts(self, now: ReconciliationOverview) -> list[tuple[str, int, str]]:
        say, states = self._language.say, now.tally.states
        plural, settled, void = (
            self._language.plural,
            ReconciliationState.RESOLVED,
            ReconciliationState.VOID,
        )
        under_way = sum(states[one] for one in _UNDER_WAY)
        return [
            ("a", states[ReconciliationState.CONFIRMED], say("dans Alma")),
            ("b", states[settled], plural("réglé à la main", "réglés à la main", states[settled])),
            ("c", states[void], plural("annulé", "annulés", states[void])),
            ("d", states[ReconciliationState.REFUSED], say("à régler")),
            ("e", under_way, say("en chemin")),
        ]

    def _sentence(self, now: ReconciliationOverview) -> tuple[str, str]:
        say, plural = self._language.say, self._language.plural
        if not now.rows:
            return say("Rien à renvoyer."), say("Aucun prêt n’est au journal.")
        found, step = self._way.marks, self._way.proposed
        if now.signed is not None:
            return say("Chaque prêt est justifié."), say(
                "Signé par {name}.", name=now.signed.operator
            )
        if step == "proof" and found[step] is Mark.LEFT:
            count = len(now.refused)
            return plural(
                "Encore {count} prêt à régler,", "Encore {count} prêts à régler,", count
            ), (say("puis les chariots."))
        return self._fact(now), self._acts(found)[step]

    def _fact(self, now: ReconciliationOverview) -> str:
        plural = self._language.plural
        if now.to_check or now.tally.to_bring > now.tally.to_settle:
            return to_bring_text(now.tally.to_bring, self._language)
        if now.refused:
            return plural(
                "Encore {count} prêt à régler.",
                "Encore {count} prêts à régler.",
                len(now.refused),
            )
        return self._language.say("Chaque prêt est justifié.")

    def _acts(self, found: dict[str, Mark]) -> dict[str, str]:
        say = self._language.say
        back = found["checklist"] is Mark.LEFT
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


_UNDER_WAY = (
    ReconciliationState.RECORDED,
    ReconciliationState.EXPORTED,
    ReconciliationState.UPLOADED,
)

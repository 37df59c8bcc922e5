"""The workstation's name in the header, and the small form that gives it one."""

from __future__ import annotations

from collections.abc import Mapping

import panel as pn

from dashboard.core.session import Session
from dashboard.monitoring.workstation_name import LONGEST, WorkstationName, is_unnamed
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import Part
from dashboard.ui.templating import render


class WorkstationNameView(Part):
    """A link until somebody opens it: nobody is asked for a name before work."""

    def __init__(self, form: WorkstationName, language: Language) -> None:
        super().__init__()
        self._form_state, self._language = form, language
        session = form.diagnosis.session.param
        shown = pn.bind(
            self._html,
            form.diagnosis.updates.param.handbook,
            form.param.opened,
            form.param.refusal,
            session.workstation,
            session.desk,
            session.vdi,
            session.lacks,
        )
        self._view = LiveHTML(shown, self._act, self._form, sizing_mode=None)

    def _html(self, *_: object) -> str:
        form, session = self._form_state, self._form_state.diagnosis.session
        say = self._language.say
        refusals = {
            "empty": say("Donnez un nom, par exemple «\u202fprêt 2\u202f»."),
            "taken": say("Un autre poste porte déjà ce nom. Ajoutez un numéro."),
        }
        desk = form.diagnosis.updates.handbook.desks.get(session.desk)
        return render(
            "monitoring/workstation_name",
            self._language,
            form=form,
            session=session,
            desk=desk,
            site=desk.site if desk else session.site,
            alone=alone_text(session.lacks, self._language),
            refusal=refusals.get(form.refusal, ""),
            longest=LONGEST,
        )

    def _act(self, act: str, value: str) -> None:
        del value
        if act == "naming":
            self._form_state.open()

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        if act == "name":
            place, site = fields.get("place", ""), fields.get("site", "")
            self._form_state.call(place, site, vdi=fields.get("vdi") == "1")
        else:
            self._act(act, "")


def name_html(session: Session, language: Language) -> str:
    """Return the workstation's name as the header shows it while the form is closed."""
    closed = {"opened": False, "given": False, "unnamed": is_unnamed(session.workstation)}
    alone = alone_text(session.lacks, language)
    return render(
        "monitoring/workstation_name", language, form=closed, session=session, alone=alone
    )


def alone_text(lacks: str, language: Language) -> str:
    """Return whether a workstation lends on without the server, and what else it needs.

    `lacks` is one of `dashboard.core.session.LACKS`; the text is empty while nobody knows.
    """
    say = language.say
    goes_on = say("Sans serveur, ce poste continue à prêter.")
    stops = say("Sans serveur, ce poste ne rouvre pas Relais.")
    needs = {
        "nothing": (goes_on,),
        "storage": (
            goes_on,
            say(
                "Son navigateur peut effacer ce qu’il garde\u202f: mettez Relais dans les favoris."
            ),
        ),
        "profile": (
            goes_on,
            say("Une session VDI peut être vidée à la déconnexion."),
            say("Enregistrez un fichier avant la fin du service."),
        ),
        "https": (
            stops,
            say("Il manque HTTPS\u202f: demandez à la coordination l’adresse en https."),
        ),
        "worker": (
            stops,
            say("Son navigateur ne garde pas la page\u202f: quittez la navigation privée."),
        ),
    }
    return " ".join(needs.get(lacks, ()))

"""The workstation's name in the header, and the form to set it."""

from collections.abc import Mapping

import param

from dashboard.core.session import Session
from dashboard.core.state import needs
from dashboard.monitoring.workstation_name import LONGEST, WorkstationName, is_unnamed
from dashboard.translations import Language
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render


class WorkstationNameView(HtmlView):
    """The form to name the workstation; a link until it is opened."""

    form = needs(WorkstationName)
    sizing_mode = None

    @param.depends(
        "form.opened",
        "form.refusal",
        "form.diagnosis.updates.handbook",
        "form.diagnosis.session.workstation",
        "form.diagnosis.session.desk",
        "form.diagnosis.session.vdi",
        "form.diagnosis.session.missing_feature",
    )
    def _html(self) -> str:
        form, session = self.form, self.form.diagnosis.session
        say = self.language.say
        refusals = {
            "empty": say("Donnez un nom, par exemple «\u202fprêt 2\u202f»."),
            "taken": say("Un autre poste porte déjà ce nom. Ajoutez un numéro."),
        }
        handbook = form.diagnosis.updates.handbook
        desk = handbook.desks.get(session.desk)
        return render(
            "monitoring/workstation_name",
            self.language,
            form=form,
            session=session,
            desk=desk,
            site=desk.site if desk else session.site,
            alone=offline_text(session.missing_feature, self.language),
            refusal=refusals.get(form.refusal, ""),
            longest=LONGEST,
            vdi=handbook.procedure.asks_about_vdi or session.vdi,
        )

    def _act(self, act: str, value: str) -> None:
        del value
        if act == "naming":
            self.form.open()

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        if act == "name":
            place, site = fields.get("place", ""), fields.get("site", "")
            self.form.call(place, site, vdi=fields.get("vdi") == "1")
        else:
            self._act(act, "")


def name_html(session: Session, language: Language) -> str:
    """Return the HTML that shows the name in the header while the form is closed."""
    closed = {"opened": False, "given": False, "unnamed": is_unnamed(session.workstation)}
    without_server = offline_text(session.missing_feature, language)
    return render(
        "monitoring/workstation_name", language, form=closed, session=session, alone=without_server
    )


def offline_text(missing_feature: str, language: Language) -> str:
    """Say whether a workstation can lend without the server and, if not, why.

    `missing_feature` is one of `dashboard.core.session.LACKS`. If it is empty, nothing is known
    yet, and the text is empty too.
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
    return " ".join(needs.get(missing_feature, ()))

"""Files dropped on the page: what they would add to the log, seen before it is taken in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import panel as pn
import param
from panel.viewable import Viewer

from dashboard.components.drop import Drop, Dropped
from dashboard.components.pane import Pane
from dashboard.page import asset, piece
from dashboard.state.file_intake import FileIntake
from dashboard.state.way_back import WayBack
from dashboard.translations import Language
from dashboard.views.line_words import bad_line
from dashboard.views.way_act import attempt_back

WIDE: dict[str, Any] = {
    "sizing_mode": "stretch_width", "margin": 0, "stylesheets": [asset("relais.css")],
}  # fmt: skip


class WayImport(Viewer):
    """Any source: the library's own utility, the desk page, a table."""

    refusal = param.String(default="")

    def __init__(self, way: WayBack, language: Language) -> None:
        super().__init__()
        self._way, self._language = way, language
        self._intake = FileIntake(way=way)
        self._desks = {code: desk.name for code, desk in way.house.handbook.desks.items()}
        shown = way.param
        html = pn.bind(self._html, shown.now, self._intake.param.files, self.param.refusal)
        drop = drop_zone(
            self._look,
            language,
            language.say("Déposez OffCirc.dat, un export de la page du poste, un CSV ou un XLSX"),
            accept=".dat,.jsonl,.json,.csv,.xlsx,.txt",
            multiple=True,
        )
        head = Pane(piece("back_import_head", language))
        self._layout = pn.Column(
            pn.Column(
                *(head, drop, Pane(html, self._act, self._form)),
                css_classes=["panel", "panel--flush", "way-box"],
                **WIDE,
            ),
            visible=shown.step.rx().rx.pipe(lambda step: step == "import"),
            css_classes=["way-part"],
            **WIDE,
        )

    def __panel__(self) -> pn.Column:
        return self._layout

    def _html(self, *_: object) -> str:
        files = self._intake.files
        return piece(
            "back_import",
            self._language,
            files=files,
            desks=self._desks,
            ready=sum(1 for one in files if not one.taken and not one.needs_desk),
            conflicts=self._conflicts(),
            why=lambda bad: bad_line(bad, self._language),
            refusal=self.refusal,
        )

    def _conflicts(self) -> dict[str, str]:
        say = self._language.say
        return {
            "lent_twice": say("prêté deux fois sans retour entre les deux"),
            "lent_and_on_cart": say("prêté, et sur un chariot : gardez ce chariot fermé"),
            "in_the_future": say("heure encore à venir : l’horloge d’un poste est fausse"),
            "outside_outage": say("heure en dehors de la panne"),
            "two_desks_at_once": say("même lecteur à deux guichets dans la même minute"),
        }

    def _look(self, files: Sequence[Dropped]) -> None:
        self.refusal = attempt_back(lambda: self._intake.look(files), self._language)

    def _act(self, act: str, value: str) -> None:
        del value
        acts: dict[str, Callable[[], object]] = {
            "take": self._intake.take,
            "drop": self._intake.drop,
        }
        if act in acts:
            self.refusal = attempt_back(acts[act], self._language)

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        does, _, number = act.partition(" ")
        if does == "desk":
            self._intake.assign(int(number), fields.get("desk", ""))


def drop_zone(
    on_files: Callable[[Sequence[Dropped]], None], language: Language, label: str, **more: Any
) -> Drop:
    """Make a drop zone that says what it takes."""
    too_large = language.say("Fichier de plus de 12 Mo : prenez la commande relais loans import.")
    return Drop(on_files, label=label, too_large=too_large, css_classes=["way-drop"], **more)

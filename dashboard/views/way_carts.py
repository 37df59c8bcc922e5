"""The carts: what may be returned in Alma now, and what only after its loan is proved."""

from __future__ import annotations

from collections import Counter

import panel as pn
from panel.viewable import Viewer

from dashboard.components.pane import Pane
from dashboard.page import piece
from dashboard.state.way_back import WayBack
from dashboard.translations import Language
from procedure.way_back import Standing

SHOWN = 50  # returns of a list


class WayCarts(Viewer):
    """A desk's cart opens when each of its loans is settled; the list is for Alma's own screen."""

    def __init__(self, way: WayBack, language: Language) -> None:
        super().__init__()
        self._way, self._language = way, language
        self._desks = {code: desk.name for code, desk in way.house.handbook.desks.items()}
        self._pane = Pane(
            pn.bind(self._html, way.param.now, way.param.step),
            css_classes=["way-part"],
            visible=way.param.step.rx().rx.pipe(lambda step: step == "carts"),
        )

    def __panel__(self) -> Pane:
        return self._pane

    def _html(self, now: Standing | None, step: str) -> str:
        if now is None or step != "carts":
            return ""
        say = self._language.say
        safe = [one for one in now.carts if one.safe]
        later = [one for one in now.carts if not one.safe]
        return piece(
            "back_carts",
            self._language,
            desks_shown=self._counted(now),
            opened=sum(1 for desk in now.desks if not now.unsettled[desk]),
            closed=bool(now.unsettled),
            lists=[
                (say("Seulement après vérification"), later, "closed"),
                (say("À rendre maintenant"), safe, "up"),
            ],
            any=bool(now.carts),
            shown=SHOWN,
            desks=self._desks,
            now=self._way.house.now(),
        )

    def _counted(self, now: Standing) -> list[tuple[str, int, int, int]]:
        safe = Counter(one.back.desk for one in now.carts if one.safe)
        later = Counter(one.back.desk for one in now.carts if not one.safe)
        desks = dict.fromkeys([*now.desks, *safe, *later])
        return [
            (self._desks.get(one, one), now.unsettled[one], safe[one], later[one]) for one in desks
        ]

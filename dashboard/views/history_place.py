"""The history: the timeline, the outages of the week, and how available each target was."""

from __future__ import annotations

import io

import panel as pn
from panel.viewable import Viewer

from dashboard.components.pane import Pane
from dashboard.page import asset, piece
from dashboard.state.past import Past
from dashboard.state.visit import Visit
from dashboard.translations import Language
from dashboard.views.official_words import official_span, official_words
from dashboard.views.timeline import Timeline
from procedure import frames
from procedure.causes import name as cause_name
from procedure.monitoring import Cause


class HistoryPlace(Viewer):
    """A choice of span, the figure, two tables, and the outages as a file."""

    def __init__(self, past: Past, visit: Visit, language: Language) -> None:
        super().__init__()
        self._past, self._language = past, language
        said = past.house.handbook.words[language.code]
        words, steps = said.targets, past.house.handbook.procedure.steps
        self._causes = {cause: cause_name(cause, language.code) for cause in Cause}
        self._names = {key: words[key].name for key in past.house.handbook.targets}
        self._all_names = {key: said.steps[key].short for key in steps} | self._names
        self._layout = pn.Column(
            self._panel(Timeline(past, visit, language, self._names)),
            Pane(pn.bind(self._tables, past.param.lanes, past.param.outages, past.param.services)),
            css_classes=["page", "page--history"],
            stylesheets=[asset("relais.css")],
            sizing_mode="stretch_width",
            margin=0,
        )

    def __panel__(self) -> pn.Column:
        return self._layout

    def _panel(self, timeline: Timeline) -> pn.Column:
        say = self._language.say
        span = pn.widgets.RadioButtonGroup.from_param(
            self._past.param.span,
            name=say("Période"),
            options={say("Jour"): "day", say("Semaine"): "week"},
            stylesheets=[asset("relais.css")],
            css_classes=["spans"],
        )
        export = pn.widgets.FileDownload(
            callback=self._file,
            filename="relais-pannes.csv",
            label=say("Pannes en CSV"),
            stylesheets=[asset("relais.css")],
            css_classes=["plain-btn"],
        )
        legend = Pane(piece("timeline_legend", self._language), css_classes=["timeline-legend"])
        head = pn.Column(
            legend,
            span,
            export,
            css_classes=["timeline-head"],
            stylesheets=[asset("relais.css")],
            margin=0,
        )
        return pn.Column(
            head,
            timeline,
            css_classes=["panel"],
            stylesheets=[asset("relais.css")],
            sizing_mode="stretch_width",
            margin=0,
        )

    def _tables(
        self,
        lanes: tuple[object, ...],
        outages: tuple[object, ...],
        services: tuple[object, ...],
    ) -> str:
        past, language = self._past, self._language
        return piece(
            "history",
            language,
            lanes=lanes,
            services=services,
            outages=outages,
            official=lambda one: official_words(one, language),
            official_span=lambda outage: official_span(outage, language),
            names=self._all_names,
            causes=self._causes,
            now=past.now,
            loaded=past.loaded,
        )

    def _file(self) -> io.StringIO:
        frame = frames.outages(one.outage for one in self._past.outages)
        return io.StringIO(frame.to_csv(index=False))

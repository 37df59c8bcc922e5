"""The history's place: timeline, response times, outages, availability and heat map."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import panel as pn
from panel.viewable import Viewer

from dashboard.core.rights import Permission
from dashboard.core.session import Session
from dashboard.history.daily_bars import daily_bars
from dashboard.history.heat_map import heat_map
from dashboard.history.history import PACE, HistoryState
from dashboard.history.latency_view import LatencyView
from dashboard.history.shown_span import RANGE, SHORTEST, range_of_days
from dashboard.history.texts import (
    all_names,
    announcement_text,
    availability_rows,
    file_name,
    no_outage,
    official_span,
    outages_title,
    span_title,
    unread_of_most,
)
from dashboard.history.timeline import Timeline
from dashboard.history.years_view import YearsView
from dashboard.translations import Language
from dashboard.translations.outcome_messages import cause_name
from dashboard.ui.lazy_place import built
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import WIDE, Part
from dashboard.ui.templating import asset_url, render
from procedure import frames
from procedure.local_time import local
from procedure.monitoring.model import FailureCause
from procedure.outages.ninety_days import QUARTER

FEW, MANY = 12, 300  # outages that are listed, before and after somebody asks for more
STALE = timedelta(minutes=15)


class HistoryPage(Part):
    """A choice of span, the figure, two tables, the map, and the outages as a file."""

    def __init__(self, history: HistoryState, session: Session, language: Language) -> None:
        super().__init__()
        self._history, self._language = history, language
        self._reports = session.person.may(Permission.OUTAGE_REPORT)
        self._causes = {cause: cause_name(cause, language) for cause in FailureCause}
        parts = [
            self._timeline(
                built(Timeline, history, session, language),
                self._pane(self._daily, "span", "ninety_days", on_act=self._act),
            ),
            LatencyView(history, language).__panel__(),
            self._outages(),
            self._pane(
                self._available, "rows", "services", "ninety_days", css_classes=["past-part"]
            ),
            self._pane(
                self._heat, "ninety_days", "ninety_days_failed", css_classes=["past-part", "wide"]
            ),
            built(YearsView, history, language),
        ]
        self._view = pn.Column(*parts, css_classes=["page", "page--history"], **WIDE)

    @property
    def _all_names(self) -> dict[str, str]:
        return all_names(self._history.updates.handbook, self._language)

    def _pane(self, html: Any, *follows: str, **more: Any) -> LiveHTML:
        """Return a pane of a method's HTML, rendered again when its parameters change."""
        own = (self._history.param[name] for name in follows)
        bound = pn.bind(lambda *_: html(), self._history.updates.param.handbook, *own)
        return LiveHTML(bound, **more)

    def _timeline(self, timeline: Viewer | LiveHTML, daily: LiveHTML) -> pn.Column:
        """Return the choice of span, and the lanes of a day or week or the bars of ninety days."""
        say = self._language.say
        spans = {
            say("Jour"): "day",
            say("Semaine"): "week",
            say("90 jours"): "quarter",
            say("Dates"): RANGE,
        }
        choice = pn.widgets.RadioButtonGroup.from_param(
            self._history.param.span,
            name=say("Période"),
            options=spans,
            stylesheets=[asset_url("relais.css")],
            css_classes=["spans"],
        )
        legend = self._pane(
            *(self._legend, "between", "loaded", "ninety_days_failed"),
            css_classes=["timeline-legend"],
        )
        dates = self._pane(
            self._dates, "between", on_form=self._choose_dates, css_classes=["dates-slot"]
        )
        dates.visible = self._history.param.span.rx() == RANGE
        head = pn.Column(legend, choice, dates, css_classes=["timeline-head"], **WIDE)
        lanes = pn.Column(timeline, **WIDE)
        lanes.visible = self._history.param.span.rx() != "quarter"
        return pn.Column(head, lanes, daily, css_classes=["panel", "wide"], **WIDE)

    def _outages(self) -> pn.Column:
        export = pn.widgets.FileDownload(
            callback=self._file,
            filename=pn.bind(file_name, self._history.param.between),
            label=self._language.say("Exporter en CSV"),
            # An empty file would mean that there was no outage.
            disabled=self._history.param.loaded.rx.not_(),
            stylesheets=[asset_url("relais.css")],
            css_classes=["plain-btn"],
        )
        title = self._pane(self._title, "between")
        head = pn.Column(title, export, css_classes=["outages-head"], **WIDE)
        follows = (
            "outages",
            "lasting",
            "loaded",
            "known",
            "read",
            "first_read",
            "every",
            "ninety_days_failed",
        )
        table = self._pane(self._table, *follows, on_act=self._act)
        return pn.Column(head, table, css_classes=["panel", "panel--flush"], **WIDE)

    def _act(self, name: str, value: str) -> None:
        if name == "every":
            self._history.every = True
        elif name == "day":
            self._choose_dates("", {"first": value, "last": value})

    def _choose_dates(self, _: str, fields: Mapping[str, str]) -> None:
        history = self._history
        first, last = fields.get("first", ""), fields.get("last", "")
        if between := range_of_days(first, last, history.context.now()):
            history.show(between)

    def _dates(self) -> str:
        now = self._history.context.now()
        since, until = self._history.between.bounds(now)
        return render(
            "history/dates",
            self._language,
            first=local(since).date(),
            last=local(until - SHORTEST).date(),
            earliest=local(now - QUARTER).date(),
            today=local(now).date(),
        )

    def _legend(self) -> str:
        history = self._history
        return render(
            "history/timeline_legend",
            self._language,
            title=span_title(history.between, self._language),
            daily=history.span == "quarter",
            loaded=history.loaded,
            fault=history.ninety_days_failed,
        )

    def _daily(self) -> str:
        history = self._history
        if history.span != "quarter":
            return ""
        keys = [row.target for row in (*history.services, *history.rows)]
        return daily_bars(history.ninety_days, keys, self._all_names, self._language)

    def _title(self) -> str:
        title = outages_title(self._history.between, self._language)
        return render("history/title", self._language, title=title)

    def _table(self) -> str:
        history, language = self._history, self._language
        shown = history.outages[: MANY if history.every else FEW]
        left = len(history.outages) - len(shown)
        return render(
            "history/outages",
            language,
            title=outages_title(history.between, language),
            reports=self._reports,
            nothing=no_outage(history.span, language),
            outages=shown,
            outside=history.outside,
            left=left,
            more=0 if history.every else min(left, MANY - FEW),
            # The button disappears when pressed: the focus goes to the first row it added.
            first_new=FEW + 1 if history.every else 0,
            official=lambda one: announcement_text(one, history.now, language),
            official_span=lambda outage: official_span(outage, language),
            names=self._all_names,
            causes=self._causes,
            now=history.now,
            loaded=history.loaded,
            fault=history.ninety_days_failed and history.span not in PACE,
            known=history.known,
            # A tick says that nothing failed: so it needs the whole span to have been read.
            read=history.read,
            first_read=history.first_read,
        )

    def _available(self) -> str:
        history, language = self._history, self._language
        rows = [*history.services, *history.rows]
        return render(
            "history/availability",
            language,
            rows=list(availability_rows(rows, language)),
            unread=unread_of_most(rows, language),
            services={service.target for service in history.services},
            names=self._all_names,
            waits=history.ninety_days is None,
            stale=self._stale(),
        )

    def _stale(self) -> str:
        """Return when the ninety days were read, empty if lately."""
        history = self._history
        if history.ninety_days is None or history.now - history.ninety_days.until < STALE:
            return ""
        return self._language.moment(history.ninety_days.until, history.now, short=True)

    def _heat(self) -> str:
        return heat_map(
            self._history.ninety_days, self._language, fault=self._history.ninety_days_failed
        )

    def _file(self) -> io.StringIO:
        frame = frames.downtimes(outage.outage for outage in self._history.outages)
        return io.StringIO(frame.to_csv(index=False))

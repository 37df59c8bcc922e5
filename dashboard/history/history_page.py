"""The history's place: outages, timeline and availability."""

import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import panel as pn
import param
from panel.viewable import Viewer

from dashboard.core.session import Session
from dashboard.core.users import Permission
from dashboard.history.daily_bars import daily_bars
from dashboard.history.history_state import PACE, HistoryState, PastOutage
from dashboard.history.history_text import (
    all_names,
    announcement_text,
    availability_rows,
    down_rows,
    file_name,
    no_outage,
    official_span,
    outages_title,
    said_lines,
    span_title,
    undeclared_text,
    unread_of_most,
)
from dashboard.history.timeline_view import TimelineView
from dashboard.translations.outcome_messages import cause_name
from dashboard.ui.lazy_place import view_or_failure
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import WIDE, Part
from dashboard.ui.templating import asset_url, render
from procedure import frames
from procedure.monitoring.model import FailureCause

FEW, MANY = 12, 300  # outages that are listed, before and after somebody asks for more
STALE = timedelta(minutes=15)


class HistoryPage(Part):
    """A choice of span, its outages and their file, the lanes, availability, the service level."""

    history: HistoryState = param.ClassSelector(class_=HistoryState, constant=True)
    session: Session = param.ClassSelector(class_=Session, constant=True)

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        seen = {"history": self.history, "language": self.language}
        self._causes = {cause: cause_name(cause, self.language) for cause in FailureCause}
        self._view = pn.Column(
            self._outages(),
            self._timeline(view_or_failure(TimelineView, session=self.session, **seen)),
            LiveHTML(self._available, css_classes=["past-part"]),
            LiveHTML(
                self._service_level,
                visible=self.session.person.may(Permission.READ_DOSSIER),
                css_classes=["past-part"],
            ),
            css_classes=["page", "page--history"],
            **WIDE,
        )

    @property
    def _all_names(self) -> dict[str, str]:
        return all_names(self.history.updates.handbook, self.language)

    def _timeline(self, timeline: Viewer | LiveHTML) -> pn.Column:
        """Return the lanes of a day or week, or the bars of ninety days."""
        lanes = pn.Column(timeline, visible=self.history.param.span.rx() != "quarter", **WIDE)
        return pn.Column(
            LiveHTML(self._legend),
            lanes,
            LiveHTML(self._daily),
            css_classes=["panel", "wide"],
            **WIDE,
        )

    def _span_choice(self) -> pn.widgets.RadioButtonGroup:
        say = self.language.say
        return pn.widgets.RadioButtonGroup.from_param(
            self.history.param.span,
            name=say("Période"),
            options={say("Jour"): "day", say("Semaine"): "week", say("90 jours"): "quarter"},
            stylesheets=[asset_url("relais.css")],
            css_classes=["spans"],
        )

    def _outages(self) -> pn.Column:
        """Return the choice of span, the outages in it, and their file."""
        export = pn.widgets.FileDownload(
            callback=self._file,
            filename=self.history.param.span.rx.pipe(file_name, self.language),
            label=self.language.say("Exporter en CSV"),
            # An empty file would mean that there was no outage.
            disabled=self.history.param.loaded.rx.not_(),
            stylesheets=[asset_url("relais.css")],
            css_classes=["plain-btn"],
        )
        title = LiveHTML(self._title, self._act)
        head = pn.Column(title, self._span_choice(), export, css_classes=["outages-head"], **WIDE)
        table = LiveHTML(self._table, self._act)
        return pn.Column(head, table, css_classes=["panel", "panel--flush", "wide"], **WIDE)

    def _act(self, name: str, _: str) -> None:
        if name == "every":
            self.history.every = True
        elif name == "longest":
            self.history.longest_first = not self.history.longest_first

    @param.depends(
        "history.updates.handbook",
        "history.span",
        "history.loaded",
        "history.ninety_days_failed",
    )
    def _legend(self) -> str:
        history = self.history
        return render(
            "history/timeline_legend",
            self.language,
            title=span_title(history.span, self.language),
            daily=history.span == "quarter",
            loaded=history.loaded,
            fault=history.ninety_days_failed,
        )

    @param.depends("history.updates.handbook", "history.span", "history.ninety_days")
    def _daily(self) -> str:
        history = self.history
        if history.span != "quarter":
            return ""
        keys = [row.target for row in (*history.services, *history.rows)]
        return daily_bars(history.ninety_days, keys, self._all_names, self.language)

    @param.depends(
        "history.updates.handbook", "history.span", "history.outages", "history.longest_first"
    )
    def _title(self) -> str:
        history = self.history
        return render(
            "history/title",
            self.language,
            title=outages_title(history.span, self.language),
            sortable=len(history.outages) > 1,
            longest_first=history.longest_first,
        )

    @param.depends(
        "history.updates.handbook",
        "history.outages",
        "history.lasting",
        "history.loaded",
        "history.known",
        "history.read",
        "history.first_read",
        "history.every",
        "history.longest_first",
        "history.ninety_days_failed",
    )
    def _table(self) -> str:
        history, language = self.history, self.language
        shown = self._in_order()[: MANY if history.every else FEW]
        left = len(history.outages) - len(shown)
        return render(
            "history/outages",
            language,
            title=outages_title(history.span, language),
            reports=self.session.person.may(Permission.READ_DOSSIER),
            nothing=no_outage(history.span, language),
            outages=shown,
            undeclared=undeclared_text(history.outages, self._all_names, language),
            outside=history.outside,
            left=left,
            more=0 if history.every else min(left, MANY - FEW),
            # The button disappears when pressed: the focus goes to the first row it added.
            first_new=FEW + 1 if history.every else 0,
            official=lambda one: announcement_text(one, history.now, language),
            said=lambda one: said_lines(one, self._all_names, language),
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

    def _in_order(self) -> Sequence[PastOutage]:
        history = self.history
        if not history.longest_first or history.now is None:
            return history.outages
        now = history.now
        return sorted(history.outages, key=lambda one: one.lasted(now), reverse=True)

    @param.depends(
        "history.updates.handbook",
        "history.rows",
        "history.services",
        "history.ninety_days",
    )
    def _available(self) -> str:
        history, language = self.history, self.language
        rows = [*history.services, *history.rows]
        return render(
            "history/availability",
            language,
            rows=list(availability_rows(rows, language)),
            unread=unread_of_most(rows, language),
            lost=down_rows(history.ninety_days, history.updates.handbook, self._causes, language),
            services={service.target for service in history.services},
            names=self._all_names,
            waits=history.ninety_days is None,
            stale=self._stale(),
        )

    @param.depends("history.updates.handbook")
    def _service_level(self) -> str:
        return render("history/service_level", self.language)

    def _stale(self) -> str:
        """Return when the ninety days were read, empty if lately."""
        history = self.history
        if history.ninety_days is None or history.now - history.ninety_days.until < STALE:
            return ""
        return self.language.moment(history.ninety_days.until, history.now, short=True)

    def _file(self) -> io.StringIO:
        """Return the listed outages as a file; instants are in UTC, as their `+00:00` says."""
        shown = self.history.outages
        frame = frames.downtimes(one.outage for one in shown)
        frame["loans"] = [one.loans for one in shown]
        frame["outage"] = [one.report for one in shown]
        return io.StringIO(frame.to_csv(index=False))

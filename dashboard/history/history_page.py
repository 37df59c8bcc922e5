"""The history page: a headline, the outages, the lanes, and a chart of response times."""

import io
from typing import Any

import panel as pn
import param
from panel.viewable import Viewer

from dashboard.core.session import Session
from dashboard.core.state import needs
from dashboard.core.visitor import Permission
from dashboard.history.history_state import PACE, SPANS, HistoryState
from dashboard.history.history_text import (
    all_names,
    announcement_text,
    file_name,
    no_outage,
    span_title,
    sum_of,
    target_names,
)
from dashboard.history.lanes import WIDTH, days_below, lanes
from dashboard.history.timeline_view import TimelineView
from dashboard.translations import upper_first
from dashboard.translations.outcome_messages import cause_name
from dashboard.ui.lazy_place import view_or_failure
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import asset_url, render
from dashboard.ui.view import WIDE, View
from procedure import frames
from procedure.handbook.model import services
from procedure.monitoring.model import FailureCause
from procedure.monitoring.service_states import announced_keys

FEW, MANY = 6, 300  # outages listed at first, and on request
MOSTLY = 90  # percentage of a span that must have been read before the page says "nothing failed"


class HistoryPage(View):
    """The page for a day, a week or ninety days."""

    history = needs(HistoryState)
    session = needs(Session)

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        values = {"history": self.history, "language": self.language}
        self._causes = {cause: cause_name(cause, self.language) for cause in FailureCause}
        self._view = pn.Column(
            LiveHTML(self._band, self._act, css_classes=["history-band"]),
            pn.Column(
                self._outages(),
                self._timeline(view_or_failure(TimelineView, session=self.session, **values)),
                LiveHTML(self._response_time, css_classes=["past-part"]),
                css_classes=["page--history"],
                **WIDE,
            ),
            css_classes=["history-page"],
            **WIDE,
        )

    @property
    def _all_names(self) -> dict[str, str]:
        return all_names(self.history.updates.handbook, self.language)

    @property
    def _reports(self) -> bool:
        return self.session.person.may(Permission.READ_DOSSIER)

    def _timeline(self, timeline: Viewer | LiveHTML) -> pn.Column:
        """Return the lanes for a day, a week or ninety days."""
        short = pn.Column(timeline, visible=self.history.param.span.rx() != "quarter", **WIDE)
        return pn.Column(
            LiveHTML(self._legend), short, LiveHTML(self._lanes), css_classes=["panel"], **WIDE
        )

    def _outages(self) -> pn.Column:
        head: list[Any] = [LiveHTML(self._title)]
        if self._reports:
            head.append(self._export())
        table = LiveHTML(self._table, self._act)
        return pn.Column(
            pn.Column(*head, css_classes=["outages-head"], **WIDE),
            table,
            css_classes=["panel", "panel--flush"],
            **WIDE,
        )

    def _export(self) -> pn.widgets.FileDownload:
        return pn.widgets.FileDownload(
            callback=self._file,
            filename=self.history.param.span.rx.pipe(file_name, self.language),
            label=self.language.say("Exporter en CSV"),
            # An empty file would mean that there was no outage.
            disabled=self.history.param.loaded.rx.not_(),
            stylesheets=[asset_url("relais.css")],
            css_classes=["plain-btn"],
        )

    def _act(self, name: str, value: str) -> None:
        if name == "every":
            self.history.every = True
        elif name == "span" and value in SPANS:
            self.history.span = value

    @param.depends(
        "history.updates.handbook",
        "history.span",
        "history.rows",
        "history.services",
        "history.outages",
        "history.loaded",
        "history.read",
    )
    def _band(self) -> str:
        say = self.language.say
        fact, counts = self._sum()
        return render(
            "history/band",
            self.language,
            fact=fact,
            counts=counts,
            span=self.history.span,
            spans={"day": say("Jour"), "week": say("Semaine"), "quarter": say("90 jours")},
        )

    def _sum(self) -> tuple[str, str]:
        history = self.history
        if not history.known or history.since is None or history.now is None:
            return self.language.say("Historique"), ""
        keys = {
            service.state_key for service in services(history.updates.handbook) if service.announced
        }
        outages = [past for past in history.outages if past.outage.target in keys]
        if not outages and history.read < MOSTLY:  # a target without readings may have failed
            return self.language.say("Historique"), ""
        # The rows end at `history.now` too, so an ongoing outage is as long here as in its row.
        return sum_of(history.span, outages, history.since, history.now, self.language)

    @param.depends("history.updates.handbook")
    def _title(self) -> str:
        return render("history/title", self.language, reports=self._reports)

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
    def _lanes(self) -> str:
        history, language = self.history, self.language
        read, handbook = history.ninety_days, history.updates.handbook
        if history.span != "quarter" or read is None:
            return ""
        spoken_of = announced_keys(services(handbook))
        return render(
            "history/lanes",
            language,
            width=int(WIDTH),
            lanes=lanes(read, target_names(handbook, language), spoken_of, language),
            days=days_below(read.until, language),
        )

    @param.depends("history.updates.handbook", "history.ninety_days")
    def _response_time(self) -> str:
        """Return the chart of response times for the usual way into the library system."""
        read, handbook = self.history.ninety_days, self.history.updates.handbook
        ways = [
            key for service in services(handbook) if service.announced for key in service.targets
        ]
        found = [key for key in ways if read is not None and read.responses.get(key)]
        key = next(iter(found), "")
        return render(
            "history/response_time",
            self.language,
            response=read.responses[key] if read is not None and key else None,
            address=self._all_names.get(key, ""),
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
        "history.ninety_days_failed",
    )
    def _table(self) -> str:
        history, language = self.history, self.language
        now = history.now or history.updates.now
        outages = history.outages[: MANY if history.every else FEW]
        left = len(history.outages) - len(outages)
        return render(
            "history/outages",
            language,
            reports=self._reports,
            nothing=no_outage(history.span, language),
            outages=outages,
            outside=history.outside,
            left=left,
            more=0 if history.every else min(left, MANY - FEW),
            # The clicked button disappears, so the focus moves to the first added row.
            first_new=FEW + 1 if history.every else 0,
            official=lambda outage: language.after_colon(announcement_text(outage, now, language)),
            day=lambda at: upper_first(language.day(at)),
            names=self._all_names,
            causes=self._causes,
            now=now,
            loaded=history.loaded,
            fault=history.ninety_days_failed and history.span not in PACE,
            known=history.known,
            # A tick means that nothing failed, so it requires readings of the whole span.
            read=history.read,
            first_read=history.first_read,
        )

    def _file(self) -> io.StringIO:
        """Return all outages of the span as a CSV file, with times in UTC."""
        outages = self.history.outages
        frame = frames.downtimes(listed.outage for listed in outages)
        frame["loans"] = [listed.loans for listed in outages]
        frame["outage"] = [listed.report for listed in outages]
        return io.StringIO(frame.to_csv(index=False))

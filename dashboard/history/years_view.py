"""The years: how long to look back, one address or service, and a row for each period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import panel as pn

from dashboard.history.history import HistoryState
from dashboard.history.texts import counted_names
from dashboard.history.years import CHOICES, PastPeriods, YearsState
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import Part
from dashboard.ui.templating import render


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A month or year as it is shown; a text is empty where there is nothing to say."""

    name: str
    share: str
    unplanned: str
    outages: int
    length: str
    longest: str


class YearsView(Part):
    """A table of months or years, newest first."""

    def __init__(self, history: HistoryState, language: Language) -> None:
        super().__init__()
        self._language, self._history = language, history
        self._years = YearsState(context=history.context, key=next(iter(self._names)))
        follows = [self._years.param[name] for name in ("choice", "key", "periods", "failed")]
        self._view = LiveHTML(
            pn.bind(self._html, history.updates.param.handbook, *follows),
            self._choose,
            self._choose_target,
            css_classes=["past-part", "wide"],
        )

    @property
    def _names(self) -> dict[str, str]:
        return counted_names(self._history.updates.handbook, self._language)

    def _choose(self, _: str, value: str) -> None:
        if value in CHOICES:
            self._years.choice = value

    def _choose_target(self, _: str, fields: Mapping[str, str]) -> None:
        if fields.get("target") in self._names:
            self._years.key = fields["target"]

    def _html(self, *_: object) -> str:
        years, read, names = self._years, self._years.shown, self._names
        if years.key not in names:
            years.key = next(iter(names))
        return render(
            "history/years",
            self._language,
            choice=years.choice,
            names=names,
            target=years.key,
            waits=bool(years.choice) and read is None,
            failed=years.failed,
            rows=list(self._rows(read)) if read else [],
        )

    def _rows(self, read: PastPeriods) -> Iterator[PeriodRow]:
        language = self._language
        for period in reversed(read.rows):
            start, down, longest = period["start"], period["down"], period["longest"]
            share = _share(period["ratio"], language)
            unplanned = _share(period["unplanned"], language)
            yield PeriodRow(
                str(start.year) if read.choice == "all" else language.month(start),
                share,
                unplanned if unplanned != share else "",
                period["outages"],
                language.duration(down) if down >= timedelta(minutes=1) else "",
                language.duration(longest) if longest else "",
            )


def _share(ratio: float | None, language: Language) -> str:
    return "" if ratio is None else language.number(100 * ratio, 2)

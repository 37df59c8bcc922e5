"""The years: how long to look back, one address or service, and a row for each period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import param

from dashboard.history.history_state import HistoryState
from dashboard.history.history_text import counted_names
from dashboard.history.years import CHOICES, PastPeriods, YearsState
from dashboard.translations import Language
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render
from procedure.local_time import local


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A month or year as it is shown; a text is empty where there is nothing to say."""

    name: str
    share: str
    unplanned: str
    outages: int
    length: str
    longest: str


class YearsView(HtmlView):
    """A table of months or years, newest first."""

    history: HistoryState = param.ClassSelector(class_=HistoryState, constant=True)
    years: YearsState = param.ClassSelector(class_=YearsState, constant=True)
    css_classes = ("past-part", "wide")

    def __init__(self, *, history: HistoryState, language: Language) -> None:
        first = next(iter(counted_names(history.updates.handbook, language)))
        years = YearsState(context=history.context, key=first)
        super().__init__(history=history, years=years, language=language)

    @property
    def _names(self) -> dict[str, str]:
        return counted_names(self.history.updates.handbook, self.language)

    def _act(self, _: str, value: str) -> None:
        if value in CHOICES:
            self.years.choice = value

    def _form(self, _: str, fields: Mapping[str, str]) -> None:
        if fields.get("target") in self._names:
            self.years.key = fields["target"]

    @param.depends(
        "history.updates.handbook", "years.choice", "years.key", "years.periods", "years.failed"
    )
    def _html(self) -> str:
        years, read, names = self.years, self.years.shown, self._names
        if years.key not in names:
            years.key = next(iter(names))
        return render(
            "history/years",
            self.language,
            choice=years.choice,
            names=names,
            target=years.key,
            waits=bool(years.choice) and read is None,
            failed=years.failed,
            rows=list(self._rows(read)) if read else [],
        )

    def _rows(self, read: PastPeriods) -> Iterator[PeriodRow]:
        language = self.language
        for period in reversed(read.rows):
            start, down, longest = local(period["start"]), period["down"], period["longest"]
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

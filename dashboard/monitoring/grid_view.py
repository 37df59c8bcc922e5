"""The view of the grid: a row per target, and columns for the server and for each site."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit

import param

from dashboard.core.state import needs
from dashboard.monitoring.cell import GridCell, SiteSummary
from dashboard.monitoring.cell_text import (
    cell_text,
    outcome_text,
    site_text,
    total_text,
)
from dashboard.monitoring.shared_evidence import QUIET
from dashboard.monitoring.sparkline import Stroke, sparkline
from dashboard.monitoring.status_pages_text import (
    READABLE,
    disagreement_text,
    record_status,
    status_label,
    status_page_texts,
)
from dashboard.monitoring.workstations import Workstations
from dashboard.monitoring.workstations_view import Station, stations
from dashboard.translations import Language
from dashboard.translations.outcome_messages import outcome_sentence
from dashboard.ui.feedback import try_action
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render
from dashboard.ui.view import computed_once
from procedure.handbook.model import TargetWords
from procedure.monitoring.model import Outcome, Phase, Target


@dataclass(frozen=True, slots=True)
class SiteDetail:
    """The details of the cell for a site, or for all sites: its workstations, one by one.

    `share` is a sentence that gives the number of these workstations that reach the target.
    """

    share: str
    stations: list[Station]


class GridPanel(HtmlView):
    """The whole grid in one pane, redrawn when an outcome arrives or details are opened."""

    workstations = needs(Workstations)
    refusal = param.String(doc="Why the last action was refused; empty if it succeeded.")

    @param.depends(
        "refusal",
        "workstations.updates.handbook",
        "workstations.grid.cells",
        "workstations.grid.chosen",
        "workstations.summaries",
        "workstations.sites",
        "workstations.disagreement",
        "workstations.reports",
        "workstations.diagnosis.page_statuses",
    )
    @computed_once
    def _html(self) -> str:
        workstations, language, now = self.workstations, self.language, self.context.clock.now()
        grid, handbook = workstations.grid, workstations.updates.handbook
        chosen, words = grid.chosen, handbook.words[language.code]
        status_pages = status_page_texts(workstations.diagnosis, language)
        return render(
            "monitoring/grid",
            language,
            groups=_by_step(grid.cells),
            words=words,
            targets=handbook.targets,
            sites=workstations.sites,
            summaries=workstations.summaries,
            status_pages=status_pages,
            labels={status.value: status_label(status, language) for status in READABLE},
            disagreement=disagreement_text(workstations, words.targets, language),
            chosen=chosen,
            refusal=self.refusal,
            page=chosen.partition("/")[0],
            detail=self._detail(words.targets),
            site_detail=self._site_detail(workstations.summary(chosen)),
            cell_text=lambda cell: cell_text(cell, language, now),
            site_text=lambda summary: site_text(summary, language),
            total_text=lambda summary: total_text(summary, language),
            spark=lambda cell: sparkline(cell.hour, cell.interval, now),
            site_spark=self._site_spark,
            now=now,
            last_round=grid.last_round,
        )

    def _site_spark(self, summary: SiteSummary) -> tuple[Stroke, ...]:
        """Draw a site's last hour, or nothing if none of its workstations has a fresh result."""
        if not summary.of:
            return ()
        now, site = self.context.clock.now(), summary.group[1:]
        hour = self.context.watches.workstations.site_history.of(summary.target, site, now)
        return sparkline(hour, QUIET, now)

    def _detail(self, words: Mapping[str, TargetWords]) -> dict[str, object] | None:
        grid, targets = self.workstations.grid, self.workstations.updates.handbook.targets
        cell = next((candidate for candidate in grid.cells if candidate.key == grid.chosen), None)
        if cell is None:
            return None
        return detail(cell, targets[cell.target], words[cell.target], self.language)

    def _site_detail(self, summary: SiteSummary | None) -> SiteDetail | None:
        if summary is None:
            return None
        language = self.language
        share = language.plural(
            "{count} poste sur {of} y arrive.",
            "{count} postes sur {of} y arrivent.",
            summary.reach,
            of=summary.of,
        )
        return SiteDetail(share, stations(summary.results, self.workstations, language))

    def _act(self, act: str, value: str) -> None:
        if act == "cell":
            self.workstations.grid.choose(value)
        elif act == "word":
            diagnosis = self.workstations.diagnosis
            self.refusal = try_action(lambda: record_status(diagnosis, value), self.language)


def _by_step(cells: Iterable[GridCell]) -> list[tuple[str, list[GridCell]]]:
    return [(step, list(of_step)) for step, of_step in groupby(cells, attrgetter("step"))]


READINGS = 5  # the number of newest readings shown in a cell's details


def detail(
    cell: GridCell, target: Target, words: TargetWords, language: Language
) -> dict[str, Any]:
    """Return the values for `cell_detail`, the template for a cell's details.

    `phases` are the phases of the last attempt, each with its name, its duration, and whether the
    attempt failed in that phase. `hops` are the hosts that the attempt was redirected through, with
    their answers. `readings` are newest first.
    """
    newest = cell.newest
    values = {"url": target.url, "note": words.note, "newest": newest}
    if newest is None:
        return values | {"sentence": language.say("Premier relevé en cours.")}
    return values | {
        "sentence": outcome_sentence(newest, language),
        "phases": _phases(newest, language),
        "hops": _hops(newest, language),
        "readings": [
            (outcome.at, outcome_text(outcome, outcome.status, language))
            for outcome in reversed(cell.hour[-READINGS:])
        ],
    }


def _phases(outcome: Outcome, language: Language) -> tuple[tuple[str, str, bool], ...]:
    say, phases = language.say, outcome.phases
    rows = (
        (say("Nom (DNS)"), Phase.DNS, phases.dns),
        (say("Connexion"), Phase.CONNECT, phases.connect),
        (say("Chiffrement (TLS)"), Phase.TLS, phases.tls),
        (say("Premier octet"), Phase.FIRST_BYTE, phases.first_byte),
    )
    return tuple(
        (
            name,
            "–" if length is None else language.milliseconds(length),
            outcome.phase is phase,
        )
        for name, phase, length in rows
    )


def _hops(outcome: Outcome, language: Language) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            urlsplit(hop.url).hostname or hop.url,
            language.say("sans réponse") if hop.http_status is None else f"HTTP {hop.http_status}",
        )
        for hop in outcome.hops
    )

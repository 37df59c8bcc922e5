"""The grid: who sees what, a row a target and a column a vantage, in one piece of HTML."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import panel as pn
from panel.viewable import Viewer

from dashboard.monitoring.cell_detail import Detail, detail
from dashboard.monitoring.cell_text import glance
from dashboard.monitoring.diagnosis import QUIET
from dashboard.monitoring.disagreement_view import versus
from dashboard.monitoring.neighbour_text import Told, beside_glance, beside_sentence
from dashboard.monitoring.neighbours import Beside
from dashboard.monitoring.probe_grid import Board, Row
from dashboard.monitoring.site_summary import Poll
from dashboard.monitoring.sparkline import Stroke, spark
from dashboard.monitoring.status_pages import READABLE, take_word, vendor_words, word_label
from dashboard.monitoring.workstation_text import Station, poll_glance, sum_glance
from dashboard.monitoring.workstations import Eyes
from dashboard.monitoring.workstations_view import stations
from dashboard.translations import Language
from dashboard.ui.live_html import Pane
from dashboard.ui.templating import piece


@dataclass(frozen=True, slots=True)
class PollDetail:
    """What is shown of an open cell of a site, or of all workstations."""

    share: str
    stations: list[Station]


class Grid(Viewer):
    """One pane for all cells: it is sent again when something arrives or a detail is opened."""

    def __init__(self, eyes: Eyes, language: Language) -> None:
        super().__init__()
        self._eyes, self._language = eyes, language
        self._words = eyes.house.handbook.words[language.code]
        board, seen = self._board.param, eyes.param
        officials = eyes.insight.param.officials
        shown = pn.bind(
            self._html,
            board.rows,
            board.chosen,
            seen.polls,
            seen.sites,
            seen.beyond,
            seen.dispute,
            officials,
        )
        self._pane = Pane(shown, self._act)

    def __panel__(self) -> Pane:
        return self._pane

    @property
    def _board(self) -> Board:
        return self._eyes.board

    def _html(self, rows: tuple[Row, ...], chosen: str, *_: object) -> str:
        eyes, language, now = self._eyes, self._language, self._eyes.house.now()
        return piece(
            "monitoring/grid",
            language,
            groups=[(step, list(found)) for step, found in groupby(rows, attrgetter("step"))],
            words=self._words,
            sites=eyes.sites,
            polls=eyes.polls,
            neighbours=list(eyes.house.handbook.neighbours.values()),
            beyond=eyes.beyond,
            beside_glance=lambda beside: beside_glance(beside, language, now),
            beside_detail=self._beside(eyes.beside(chosen)),
            vendor=vendor_words(eyes.insight, language),
            labels={word.value: word_label(word, language) for word in READABLE},
            versus=versus(eyes, self._words.targets, language),
            chosen=chosen,
            page=chosen.partition("/")[0],
            detail=self._detail(rows, chosen),
            polled_detail=self._polled(eyes.poll(chosen)),
            glance=lambda cell: glance(cell, language, now),
            site_glance=lambda poll: poll_glance(poll, language),
            sum_glance=lambda poll: sum_glance(poll, language),
            spark=lambda row, cell: spark(cell.hour, row.target.interval, now),
            site_spark=self._site_spark,
            now=now,
            last_round=self._board.last_round,
        )

    def _site_spark(self, poll: Poll) -> tuple[Stroke, ...]:
        """Draw a site's last hour; nothing where what its browsers see tells nothing."""
        if not poll.of:
            return ()
        house = self._eyes.house
        now = house.now()
        return spark(house.site_hour.of(poll.target, poll.group[1:], now), QUIET, now)

    def _detail(self, rows: tuple[Row, ...], chosen: str) -> Detail | None:
        found = ((row, one) for row in rows for one in row.cells if one.key == chosen)
        opened = next(found, None)
        if opened is None:
            return None
        row, cell = opened
        return detail(cell, row.target, self._words.targets[row.target.key], self._language)

    def _beside(self, beside: Beside | None) -> Told | None:
        if beside is None:
            return None
        ours = self._board.cell(beside.target).verdict
        return beside_sentence(beside, ours, self._language, self._eyes.house.now())

    def _polled(self, poll: Poll | None) -> PollDetail | None:
        if poll is None:
            return None
        language, now = self._language, self._eyes.house.now()
        share = language.plural(
            "{count} poste sur {of} y arrive.",
            "{count} postes sur {of} y arrivent.",
            poll.reach,
            of=poll.of,
        )
        return PollDetail(share, stations(poll.looks, self._eyes, language, now))

    def _act(self, act: str, value: str) -> None:
        if act == "cell":
            self._board.choose(value)
        elif act == "word":
            take_word(self._eyes.insight, value)

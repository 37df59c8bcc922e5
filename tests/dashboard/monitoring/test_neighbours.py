"""Libraries that look at each other over real servers: an honest one, a liar, a broken one."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from dashboard.core.context import House
from dashboard.core.session import Visit
from dashboard.guide.all_clear_view import Calm
from dashboard.guide.guide import Guide
from dashboard.monitoring.diagnosis import Insight
from dashboard.monitoring.diagnosis_view import Why
from dashboard.monitoring.grid_view import Grid
from dashboard.monitoring.probe_grid import Board
from dashboard.monitoring.workstations import Eyes
from dashboard.outage.planned_work import Planning
from dashboard.routes import BoardJson, board_json
from dashboard.translations import language
from procedure.diagnosis.reasons import Ground
from procedure.diagnosis.rules import Origin
from procedure.io.neighbour_scheduler import NeighbourWatch
from procedure.journal import MemoryJournal
from procedure.monitoring.history import MemoryHistory
from procedure.monitoring.model import Verdict
from procedure.monitoring.neighbours import Broken, Neighbour
from tests.dashboard.conftest import Clock, StillWatch

ALMA = ("alma-saml", "alma-secours")


class Liar(RequestHandler):
    """A board that says whatever is worst, with a person's name and a page of somebody's."""

    def get(self) -> None:
        looks = [
            {"target": key, "vantage": "server", "verdict": "down", "age_s": 0, "cause": "<b>x</b>"}
            for key in (*ALMA, "switch")
        ]
        told = {"at": "2026-11-24T11:00:00Z", "targets": looks, "message": {"text": "Anne"}}
        self.finish(json.dumps(told))


class Ruin(RequestHandler):
    """A board of which half has arrived."""

    def get(self) -> None:
        self.finish('{"at": "2026-11-24T11:00:00Z", "targets": [{"target": "alma-sa')


def serve(stack: AsyncExitStack, handler: type[RequestHandler], **more: object) -> str:
    socket, port = bind_unused_port()
    server = HTTPServer(Application([(r"/board\.json", handler, more)]))
    server.add_socket(socket)
    stack.callback(server.stop)
    return f"http://127.0.0.1:{port}/board.json"


@pytest.fixture
def lausanne(house: House, clock: Clock) -> House:
    """Another library's Relais, with a watch and a memory of its own."""
    watch = StillWatch(clock, dict(house.handbook.targets))
    return House(
        house.settings, house.handbook, MemoryJournal(clock), MemoryHistory(), watch, clock
    )


def look(house: House, alma: Verdict) -> None:
    for key in house.handbook.targets:
        house.watch.see_enough(key, alma if key in ALMA else Verdict.UP)  # type: ignore[attr-defined]


def listen(house: House, boards: Mapping[str, Any]) -> House:
    """Ask every board once over its own server, and let the house hear what they told."""

    async def run() -> NeighbourWatch:
        async with AsyncExitStack() as stack, httpx.AsyncClient(trust_env=False) as client:
            listed = [
                Neighbour(
                    name.lower(),
                    name,
                    serve(stack, BoardJson, house=lambda one=board: one)
                    if isinstance(board, House)
                    else serve(stack, board),
                    {key: key for key in ALMA},
                )
                for name, board in boards.items()
            ]
            house.handbook = replace(house.handbook, neighbours={one.key: one for one in listed})
            watch = NeighbourWatch(listed, client, now=house.now)
            for one in listed:
                await watch.ask(one)
            return watch

    house.neighbours = asyncio.run(run())
    return house


def bare(view: Calm | Grid | Why) -> str:
    return re.sub(r"<[^>]+>", "", view.__panel__().html)


def insight_of(house: House) -> Insight:
    visit = Visit(workstation="pc-1", desk="MAIL")
    return Insight(house=house, visit=visit, board=Board(house=house))


def test_an_honest_neighbour_is_heard_and_a_broken_one_harms_nothing(
    house: House, lausanne: House, clock: Clock
) -> None:
    look(house, Verdict.DOWN)
    look(lausanne, Verdict.DOWN)
    clock.pass_by(seconds=40)
    heard = listen(house, {"Lausanne": lausanne, "Fribourg": Ruin}).neighbours.latest
    assert heard["lausanne"].verdicts(clock.at) == dict.fromkeys(ALMA, Verdict.DOWN)
    assert (heard["fribourg"].told, heard["fribourg"].broken) == ({}, Broken.SHAPE)
    insight = insight_of(house)
    assert insight.diagnosis.fault is Origin.ALMA
    assert insight.diagnosis.grounds[-1] == Ground("neighbours_fail", 1, 1)
    eyes = Eyes(board=insight.board, insight=insight)
    said = "Lausanne\u202f: échoue aussi, il y a 40\u202fs."
    assert f"{said} Fribourg\u202f: rien de récent." in bare(Why(eyes, language("fr")))
    grid = Grid(eyes, language("fr"))
    assert "Lausanne<small>voisin</small>" in grid.__panel__().html
    insight.board.choose("alma-saml/~lausanne")
    assert said in bare(grid)
    clock.pass_by(minutes=6)
    look(house, Verdict.DOWN)
    insight.board.refresh()
    insight.refresh()
    assert insight.diagnosis.against == ()
    assert Ground("neighbours_fail", 1, 1) not in insight.diagnosis.grounds


def test_a_liar_changes_no_diagnosis_and_none_of_its_words_is_shown(house: House) -> None:
    look(house, Verdict.UP)
    alone = insight_of(house).diagnosis
    insight = insight_of(listen(house, {"Berne": Liar}))
    assert (insight.diagnosis.fault, insight.diagnosis.rule) == (alone.fault, alone.rule)
    assert insight.diagnosis.against == (Ground("neighbours_fail", 1, 1),)
    eyes = Eyes(board=insight.board, insight=insight)
    shown = Grid(eyes, language("fr")).__panel__().html + Why(eyes, language("fr")).__panel__().html
    guide = Guide(house=house, visit=insight.visit, board=insight.board)
    calm = Calm(eyes, Planning(insight=insight), guide, language("fr"))
    assert "Chez nos voisins Berne\u202f: échoue, il y a 0\u202fs." in bare(calm)
    shown += calm.__panel__().html
    assert "Anne" not in shown
    assert "<b>x" not in shown


def test_what_one_neighbour_tells_is_told_to_no_other(
    house: House, lausanne: House, clock: Clock
) -> None:
    look(house, Verdict.UP)
    look(lausanne, Verdict.DOWN)
    before = board_json(Board(house=house), clock.at)
    listen(house, {"Lausanne": lausanne, "Berne": Liar, "Fribourg": Ruin})
    assert board_json(Board(house=house), clock.at) == before
    assert {one["vantage"] for one in before["targets"]} == {"server"}

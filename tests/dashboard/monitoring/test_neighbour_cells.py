"""Libraries that look at each other over real servers: an honest one, a liar, a broken one."""

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

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.guide.all_clear_view import AllClearView
from dashboard.guide.guide import Guide
from dashboard.monitoring.board_json import BoardJson, board_json
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.diagnosis_view import DiagnosisView
from dashboard.monitoring.grid import ProbeGrid
from dashboard.monitoring.grid_view import GridPanel
from dashboard.monitoring.workstations import Workstations
from dashboard.translations import language
from procedure.diagnosis.reasons import DiagnosisReason
from procedure.diagnosis.rules import FaultLocation
from procedure.io.neighbour_scheduler import NeighbourScheduler
from procedure.monitoring.model import Status
from procedure.monitoring.neighbour_board import BoardProblem, Neighbour
from tests.dashboard.conftest import Clock, StillWatch
from tests.support.http import Everybody
from tests.support.memory import MemoryHistory, MemoryJournal
from tests.support.page_models import all_clear

ALMA = ("alma-saml", "alma-secours")


class Liar(RequestHandler):
    """A board that says whatever is worst, with a person's name and a page of somebody's."""

    def get(self) -> None:
        looks = [
            {"target": key, "vantage": "server", "verdict": "down", "age_s": 0, "cause": "<b>x</b>"}
            for key in (*ALMA, "switch")
        ]
        board = {"at": "2026-11-24T11:00:00Z", "targets": looks, "message": {"text": "Anne"}}
        self.finish(json.dumps(board))


class Ruin(RequestHandler):
    """A board of which half has arrived."""

    def get(self) -> None:
        self.finish('{"at": "2026-11-24T11:00:00Z", "targets": [{"target": "alma-sa')


def serve(stack: AsyncExitStack, handler: type[RequestHandler], **more: object) -> str:
    socket, port = bind_unused_port()
    application = Application([(r"/board\.json", handler, more)])
    application.auth_provider = Everybody()  # type: ignore[attr-defined]
    server = HTTPServer(application)
    server.add_socket(socket)
    stack.callback(server.stop)
    return f"http://127.0.0.1:{port}/board.json"


@pytest.fixture
def lausanne(context: AppContext, clock: Clock) -> AppContext:
    """Another library's Relais, with a watch and a memory of its own."""
    watch = StillWatch(clock, dict(context.handbook.targets))
    return AppContext(
        context.settings, context.handbook, MemoryJournal(clock), MemoryHistory(), watch, clock
    )


def look(context: AppContext, alma: Status) -> None:
    for key in context.handbook.targets:
        context.watch.see_enough(key, alma if key in ALMA else Status.UP)  # type: ignore[attr-defined]


def listen(context: AppContext, boards: Mapping[str, Any]) -> AppContext:
    """Ask every board once over its own server, and let the context have what they report."""

    async def run() -> NeighbourScheduler:
        async with AsyncExitStack() as stack, httpx.AsyncClient(trust_env=False) as client:
            listed = [
                Neighbour(
                    name.lower(),
                    name,
                    serve(stack, BoardJson, context=lambda one=board: one)
                    if isinstance(board, AppContext)
                    else serve(stack, board),
                    {key: key for key in ALMA},
                )
                for name, board in boards.items()
            ]
            context.handbook = replace(
                context.handbook, neighbours={one.key: one for one in listed}
            )
            watch = NeighbourScheduler(listed, client, now=context.now)
            for one in listed:
                await watch.fetch(one)
            return watch

    context.neighbours = asyncio.run(run())
    return context


def bare(view: AllClearView | GridPanel | DiagnosisView) -> str:
    return re.sub(r"<[^>]+>", "", view.__panel__().html)


def diagnosis_of(context: AppContext) -> DiagnosisState:
    session = Session(workstation="pc-1", desk="MAIL")
    return DiagnosisState(context=context, session=session, grid=ProbeGrid(context=context))


def test_neighbours_are_read_and_a_broken_one_changes_nothing(
    context: AppContext, lausanne: AppContext, clock: Clock
) -> None:
    look(context, Status.DOWN)
    look(lausanne, Status.DOWN)
    clock.pass_by(seconds=40)
    heard = listen(context, {"Lausanne": lausanne, "Fribourg": Ruin}).neighbours.latest
    assert heard["lausanne"].fresh_statuses(clock.at) == dict.fromkeys(ALMA, Status.DOWN)
    assert (heard["fribourg"].statuses, heard["fribourg"].problem) == ({}, BoardProblem.SHAPE)
    diagnosis = diagnosis_of(context)
    assert diagnosis.result.fault is FaultLocation.ALMA
    assert diagnosis.result.grounds[-1] == DiagnosisReason("neighbours_fail", 1, 1)
    workstations = Workstations(grid=diagnosis.grid, diagnosis=diagnosis)
    sentence = "Lausanne\u202f: échoue aussi, il y a 40\u202fs."
    assert f"{sentence} Fribourg\u202f: rien de récent." in bare(
        DiagnosisView(workstations=workstations, language=language("fr"))
    )
    grid = GridPanel(workstations=workstations, language=language("fr"))
    assert "Lausanne<small>voisin</small>" in grid.__panel__().html
    diagnosis.grid.choose("alma-saml/~lausanne")
    assert sentence in bare(grid)
    clock.pass_by(minutes=6)
    look(context, Status.DOWN)
    diagnosis.updates.refresh()
    assert diagnosis.result.against == ()
    assert DiagnosisReason("neighbours_fail", 1, 1) not in diagnosis.result.grounds


def test_neighbours_wrong_board_changes_no_diagnosis_and_shows_no_text(context: AppContext) -> None:
    look(context, Status.UP)
    alone = diagnosis_of(context).result
    diagnosis = diagnosis_of(listen(context, {"Berne": Liar}))
    assert (diagnosis.result.fault, diagnosis.result.rule) == (alone.fault, alone.rule)
    assert diagnosis.result.against == (DiagnosisReason("neighbours_fail", 1, 1),)
    workstations = Workstations(grid=diagnosis.grid, diagnosis=diagnosis)
    shown = (
        GridPanel(workstations=workstations, language=language("fr")).__panel__().html
        + DiagnosisView(workstations=workstations, language=language("fr")).__panel__().html
    )
    guide = Guide(context=context, session=diagnosis.session, grid=diagnosis.grid)
    calm = all_clear(workstations, guide)
    assert "Chez nos voisins Berne\u202f: échoue, il y a 0\u202fs." in bare(calm)
    shown += calm.__panel__().html
    assert "Anne" not in shown
    assert "<b>x" not in shown


def test_neighbours_verdicts_are_not_passed_on(
    context: AppContext, lausanne: AppContext, clock: Clock
) -> None:
    look(context, Status.UP)
    look(lausanne, Status.DOWN)
    before = board_json(ProbeGrid(context=context), clock.at)
    listen(context, {"Lausanne": lausanne, "Berne": Liar, "Fribourg": Ruin})
    assert board_json(ProbeGrid(context=context), clock.at) == before
    assert {target["vantage"] for target in before["targets"]} == {"server"}

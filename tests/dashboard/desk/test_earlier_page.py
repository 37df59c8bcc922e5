"""A desk page of an earlier version that is still open in a browser can send to this server."""

import json
from pathlib import Path
from typing import Any

import pytest

from procedure.circulation.circulation_log import CirculationLog
from procedure.readiness.workstation_check import WorkstationCheck
from tests.dashboard.desk.test_desk_handlers import HERE, Server

PAGES = sorted((Path(__file__).parents[2] / "stored" / "desk_page").iterdir())
READ_BY_PAGES = {"id", "state", "warning", "reason"}


@pytest.fixture(params=PAGES, ids=[page.stem for page in PAGES])
def bodies(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """The request bodies that one earlier page sent, in order."""
    return json.loads(request.param.read_text("utf-8"))


def test_messages_of_an_earlier_desk_page_are_recorded(
    server: Server, bodies: list[dict[str, Any]]
) -> None:
    for body in bodies:
        path = "waiting" if "waiting" in body else "transactions"
        response = server.ask(f"/desk/{path}", method="POST", body=json.dumps(body), headers=HERE)
        answered = json.loads(response.body)
        assert isinstance(answered["now"], float)
        if path == "waiting":
            assert answered["ended"] == {}
            continue
        assert [answer["id"] for answer in answered["answers"]] == [
            transaction["id"] for transaction in body["transactions"]
        ]
        assert {answer["state"] for answer in answered["answers"]} <= {"kept"}
        assert all(answer.keys() >= READ_BY_PAGES for answer in answered["answers"])
    log = CirculationLog(server.context.store.journal.since())
    assert [row.loan.item for row in log.rows() if row.void is None] == [
        "0OTHER-1",
        "9782070360024",
        "0OTHER-3",
    ]
    assert [loan.item for loan in log.pending()] == ["0OTHER-4"]
    kinds = [type(recorded.entry) for recorded in server.context.store.journal.since()]
    assert WorkstationCheck in kinds


def test_server_time_has_what_an_earlier_page_reads(server: Server) -> None:
    assert json.loads(server.ask("/desk/time").body).keys() >= {"now", "version"}


@pytest.fixture
def server(context: Any) -> Server:
    return Server(context)

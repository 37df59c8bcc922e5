"""The server refuses messages that no page sends, before Bokeh decodes their bytes or arrays."""

import base64
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tornado.websocket import WebSocketClientConnection

from dashboard.core.visitor import NOBODY, UNRESTRICTED
from dashboard.server.page_handler import REFUSED
from dashboard.server.page_messages import (
    MOST_OBJECTS,
    MOST_VALUES,
    WITH_FILES,
    WITHOUT_FILES,
    find_foreign_part,
    has_too_many_values,
    largest_message,
)
from tests.dashboard.access.test_route_permissions import ROLES
from tests.dashboard.access.test_session_owner import ask, connect, served

TOO_BIG = 1009  # Tornado's code for a message over the limit


@pytest.fixture(autouse=True)
def _roles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_ROLES", ROLES)


def act(data: Any, kind: str = "MessageSent") -> dict[str, Any]:
    """Return the content of the PATCH-DOC message that BokehJS sends for a component's event."""
    values = {"type": "map", "entries": [["model", {"id": "p1001"}], ["data", data]]}
    event = {"type": "event", "name": "data_event", "values": values}
    return {"events": [{"kind": kind, "msg_type": "bokeh_event", "msg_data": event}]}


BOMB = {"type": "bytes", "data": base64.b64encode(gzip.compress(bytes(10**8))).decode()}
ARRAY = {"type": "ndarray", "array": [1], "dtype": "float64", "order": "little", "shape": [1]}
OBJECT = {"type": "object", "name": "Plot", "id": "x1"}


@pytest.mark.parametrize(
    ("message", "content", "part"),
    [
        ("PATCH-DOC", act({"type": "map", "entries": [["act", "go"], ["files", []]]}), ""),
        ("PATCH-DOC", act({"type": "number", "value": "nan"}), ""),
        ("PATCH-DOC", act([OBJECT] * MOST_OBJECTS), ""),
        ("PULL-DOC-REQ", {}, ""),
        ("PATCH-DOC", act(BOMB), "form bytes"),
        ("PATCH-DOC", act([[{"deep": ARRAY}]]), "form ndarray"),
        ("PATCH-DOC", act({"type": "slice", "start": 0, "stop": 1, "step": 1}), "form slice"),
        ("PATCH-DOC", act({"type": ["bytes"]}), "form ['bytes']"),
        ("PATCH-DOC", act([OBJECT] * (MOST_OBJECTS + 1)), "form object"),
        ("PATCH-DOC", act("x", kind="RootAdded"), "an event of another kind"),
        ("PATCH-DOC", {"events": {}}, "a change without a list of events"),
        ("PATCH-DOC", [], "a change without a list of events"),
        ("PUSH-DOC", {}, "message PUSH-DOC"),
    ],
)
def test_find_foreign_part(message: str, content: Any, part: str) -> None:
    assert find_foreign_part(message, content) == part


def test_has_too_many_values() -> None:
    assert not has_too_many_values(json.dumps({"content": "A" * WITH_FILES}))
    assert has_too_many_values(json.dumps([[]] * MOST_VALUES))


def test_largest_message_is_bigger_for_visitors_who_import_files() -> None:
    assert largest_message(UNRESTRICTED) == WITH_FILES
    assert largest_message(NOBODY) == largest_message(None) == WITHOUT_FILES


@asynccontextmanager
async def opened(address: str, name: str) -> AsyncIterator[WebSocketClientConnection]:
    line = await connect(address, name, await ask(address, name))
    for _ in range(3):  # the parts of Bokeh's greeting
        await line.read_message()
    yield line
    is_open = line.close_code is None
    line.close()
    while is_open and await line.read_message() is not None:
        pass


async def send(line: WebSocketClientConnection, content: Any, **header: Any) -> int | None:
    """Send a message; return the connection's close code, or None while it is open."""
    header = {"msgid": "1", "msgtype": "PATCH-DOC"} | header
    for part in (header, {}, content):
        await line.write_message(json.dumps(part))
    return line.close_code if await line.read_message() is None else None


@pytest.mark.parametrize("content", [act(BOMB), act(ARRAY), act([[]] * MOST_VALUES)])
async def test_websocket_closes_on_a_message_no_page_sends(content: Any) -> None:
    async with served() as address, opened(address, "staff") as line:
        assert await send(line, content) == REFUSED


async def test_websocket_accepts_no_buffers() -> None:
    async with served() as address, opened(address, "coordinator") as line:
        header = {"msgid": "1", "msgtype": "PATCH-DOC", "num_buffers": 40}
        for part in (header, {}, {"events": []}, {"id": "b1"}):
            await line.write_message(json.dumps(part))
        await line.write_message(bytes(1000), binary=True)
        assert (await line.read_message(), line.close_code) == (None, REFUSED)


async def test_websocket_limits_messages_of_visitors_who_import_no_files() -> None:
    async with served() as address:
        large = {"events": [], "rest": "x" * WITHOUT_FILES}
        async with opened(address, "analyst") as line:
            assert await send(line, large) == TOO_BIG
        async with opened(address, "staff") as line:
            assert await send(line, large) is None

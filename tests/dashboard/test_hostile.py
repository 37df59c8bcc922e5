"""A real server survives hostile bytes in each field of a message, each form, and the websocket."""

import csv
import gzip
import io
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import UUID
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

from procedure.io.clock import utc_now
from procedure.io.database.database import open_database
from procedure.reconciliation.journal_entries import SignedOff
from tests.dashboard.cli.test_serve import COMMANDS, answer, serving
from tests.support import make
from tests.support.cli import run_relais
from tests.ui.conftest import free_port

MARK = "HOSTILE"
TEXTS = (
    f"=HYPERLINK({MARK})",
    f"+{MARK}",
    f"-{MARK}",
    f"@{MARK}",
    f"\t={MARK}",
    f"\r={MARK}",
    f"<script>{MARK}</script>",
    f'"><img src=x onerror={MARK}>',
    f"javascript:{MARK}",
    f"{{{{7*7}}}}${{7*7}}{MARK}",
    f"../../{MARK}",
    f"..\\{MARK}",
    f"'; DROP TABLE entry; --{MARK}",
    f"{MARK}\x00",
    f"{MARK}\x07\x0b\x1f",
    f"{MARK}\x1b[2J",
    f"\u202e{MARK}\u2066",
    f"{MARK}\ud800",
    f"{MARK}\ufffe\uffff",
    f"{MARK}\r\nSet-Cookie: a=b",
    f"{MARK}\u2028\u2029\x85",
    MARK * 150,
    MARK * 10_000,
)
# The texts that people can type in the interface: no surrogates, under 2,000 characters.
STORED = [text for text in TEXTS if "\ud800" not in text and len(text) < 2000]
AT = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
OUTAGE = UUID(int=1)
FORMULA = re.compile(r"\s*[=+\-@]")


def messages() -> Iterator[dict[str, Any]]:
    """Yield each kind of transaction with each hostile text in each of its fields."""
    number = 0
    made = {"at": "2026-11-24T11:00:00+00:00", "sequence": 1, "workstation": "poste-1"}
    kinds: dict[str, dict[str, Any]] = {
        "loan": {"desk": "MAIL", "patron": "SLSP204518377", "item": "A1"},
        "return": {"desk": "MAIL", "item": "A2", "cart": "1"},
        "waiting": {"desk": "MAIL", "item": "A3", "note": "somebody"},
        "void": {"loan": str(UUID(int=1 << 64)), "reason": "wrong"},
        "complete": {"waiting": str(UUID(int=2 << 64)), "patron": "SLSP204518377"},
    }
    for kind, own in kinds.items():
        for field in ("kind", "id", *made, *own):
            for text in TEXTS:
                number += 1
                whole = {"kind": kind, "id": str(UUID(int=number << 64)), **made, **own}
                if "item" in own:
                    whole["item"] = f"A{number}"
                yield whole | {field: text}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    """Start a server with a journal full of coordinators' hostile texts; return its port."""
    with open_database(f"sqlite:///{folder / 'relais.sqlite3'}", now=utc_now) as database:
        for place, text in enumerate(STORED):
            ids = [UUID(int=5 * place + number + 1) for number in range(5)]
            by = {"workstation": text, "operator": text}
            begun = AT + timedelta(hours=place)
            database.journal.append(
                make.outage(ids[0], text, at=begun, **by),
                make.news(ids[1], ids[0], text, at=begun, **by),
                make.note(ids[2], ids[0], text, at=begun, **by),
                make.ended(ids[3], ids[0], at=begun, ended=begun + timedelta(minutes=5), **by),
                SignedOff(
                    id=ids[4],
                    at=begun,
                    operator=text,
                    states=(("confirmed", 1),),
                    position=1,
                    workstation=text,
                ),
            )
    port = free_port()
    status_page = {"RELAIS_STATUS_PAGE": "https://relais.example.ch/status"}
    with serving(COMMANDS["relais"], folder, port, **status_page):
        answer(port, "/healthz")
        yield port
    log = (folder / "log").read_text()
    assert "Traceback" not in log
    assert "SLSP204518377" not in log


def ask(port: int, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    sent = {"Origin": f"http://localhost:{port}", **headers}
    try:
        with urlopen(Request(f"http://localhost:{port}{path}", body, sent), timeout=60) as response:
            return response.status, response.read()
    except HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read()


def send(port: int, body: bytes, **headers: str) -> tuple[int, bytes]:
    return ask(port, "/desk/transactions", body, **{"X-Relais": "desk"}, **headers)


def test_message_fields_are_recorded_or_refused(port: int) -> None:
    found = list(messages())
    states: set[tuple[str, str | None]] = set()
    for start in range(0, len(found), 60):
        batch = found[start : start + 60]
        status, body = send(port, json.dumps({"transactions": batch}).encode())
        if status == 413:
            continue
        assert status == 200
        answers = json.loads(body)["answers"]
        assert [reply["id"] for reply in answers] == [
            message["id"][:36] for message in batch
        ] or len(answers) == len(batch)
        states |= {(reply["state"], reply["reason"]) for reply in answers}
    # A message that causes an error would be answered with `waiting`, and sent again for ever.
    assert {state for state, _ in states} <= {"kept", "repeated", "refused"}
    assert ("kept", None) in states
    assert ("refused", "malformed") in states


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"\x00", 400),
        (b"\xff\xfe{}", 400),
        (b"[" * 100_000, 400),
        (b'{"transactions":' * 20_000, 400),
        (b'{"transactions": [' + b"[" * 900 + b"]" * 900 + b"]}", 200),
        (b'{"transactions": [NaN, 1e999, -0, null, {}, [], ""]}', 200),
        (gzip.compress(b'{"transactions": []}'), 400),
        (b'{"transactions": []}' + b" " * 600_000, 413),
    ],
    ids=["none", "null", "utf16", "deep", "deeper", "nested", "numbers", "packed", "large"],
)
def test_malformed_message_body_is_refused(port: int, body: bytes, status: int) -> None:
    assert send(port, body, **{"Content-Encoding": "gzip"})[0] == status
    assert ask(port, "/healthz")[0] == 200


@pytest.mark.parametrize("path", ["/sign-in", "/enrol", "/workstations", "/sign-out"])
def test_form_accepts_any_text(port: int, path: str) -> None:
    # Checking a password takes half a second on a busy machine, so `/sign-in` gets fewer texts.
    for text in STORED[:: 4 if path == "/sign-in" else 1]:
        fields = ("name", "password", "next", "code", "desk", "revoke")
        form = urlencode(dict.fromkeys(fields, text)).encode()
        status, body = ask(port, f"{path}?{urlencode({'lang': text, 'next': text})}", form)
        assert status in {200, 400, 401, 403, 404, 429}
        assert_escaped(body.decode())


@pytest.mark.parametrize("path", ["/dossier/{id}", "/status", "/sign-in?next={text}", "/dashboard"])
def test_page_escapes_written_texts(port: int, path: str) -> None:
    for place, text in enumerate(STORED):
        given = {"id": UUID(int=5 * place + 1), "text": urlencode({"": text})[1:]}
        status, body = ask(port, path.format(**given))
        assert status in {200, 400}
        assert_escaped(body.decode())


def assert_escaped(html: str) -> None:
    assert f"<script>{MARK}" not in html
    assert f"<img src=x onerror={MARK}" not in html


def test_feeds_stay_readable(port: int) -> None:
    status, body = ask(port, "/status.rss")
    assert status == 200
    titles = [item.findtext("title") for item in ET.fromstring(body).iter("item")]
    assert len(titles) >= len(STORED)
    assert json.loads(ask(port, "/board.json")[1])["targets"]


@pytest.mark.parametrize("name", ["summary", "extensions"])
def test_table_cells_are_never_formulas(port: int, name: str) -> None:
    status, body = ask(port, f"/reconciliation/{name}.csv")
    assert status == 200
    cells = [cell for row in csv.reader(io.StringIO(body.decode("utf-8-sig"))) for cell in row]
    assert [cell for cell in cells if FORMULA.match(cell) and MARK in cell] == []
    status, body = ask(port, f"/reconciliation/{name}.xlsx")
    assert status == 200
    book = openpyxl.load_workbook(io.BytesIO(body))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n", "inlineStr"}


def test_commands_print_and_write_hostile_texts(port: int, folder: Path) -> None:
    url = ("--database", f"sqlite:///{folder / 'relais.sqlite3'}")
    listed = run_relais("audit", *url).output
    assert not set(listed) & {"\x1b", "\x07", "\x00", "\u202e"}
    assert run_relais("loans", "list", *url).exit_code == 0
    written = folder / "summary.csv"
    assert run_relais("loans", "summary", "--csv", str(written), *url).exit_code == 0
    rows = csv.reader(io.StringIO(written.read_text("utf-8-sig")))
    cells = [cell for row in rows for cell in row]
    assert [cell for cell in cells if FORMULA.match(cell)] == []
    text = run_relais("dossier", str(OUTAGE), *url).output
    assert_escaped(text.replace("&lt;", "").replace("\\<", ""))  # both are escapes in Markdown


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[WebSocketClientConnection]:
    """Open a page's websocket, as its browser does, and read the first message."""
    page = ask(port, "/dashboard")[1].decode()
    (token,) = re.findall(r'"token":\s*"([^"]+)"', page) or re.findall(r"ey[\w.-]{40,}", page)[:1]
    request = HTTPRequest(
        f"ws://localhost:{port}/dashboard/ws", headers={"Origin": f"http://localhost:{port}"}
    )
    socket = await websocket_connect(request, subprotocols=["bokeh", token])
    assert await socket.read_message() is not None
    yield socket
    socket.close()
    while await socket.read_message() is not None:
        continue


HEADER = '{"msgid": "1", "msgtype": "%s"}'
EVENT = {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": {}}
FRAGMENTS: dict[str, list[str | bytes]] = {
    "no JSON": ["{"],
    "binary": [b"\x00" * 1000],
    "no header": ["[]", "{}", "{}"],
    "unknown kind": [HEADER % "NOTHING", "{}", "{}"],
    "deep": [HEADER % "PATCH-DOC", "{}", "[" * 100_000],
    "no patch": [HEADER % "PATCH-DOC", "{}", '{"typed": "SLSP204518377"}'],
    "cut off": [HEADER % "PATCH-DOC", "{}", '{"typed": "SLSP204518377"'],
    "not for a server": [HEADER % "ACK", "{}", '{"typed": "SLSP204518377"}'],
    "unknown model": [
        HEADER % "PATCH-DOC",
        "{}",
        json.dumps(
            {
                "events": [
                    {
                        "kind": "ModelChanged",
                        "model": {"id": "p9"},
                        "attr": "x",
                        "new": "SLSP204518377",
                    }
                ]
            }
        ),
    ],
    "made model": [
        HEADER % "PATCH-DOC",
        "{}",
        json.dumps({"events": [{"kind": "RootAdded", "model": {"type": "object", "name": "X"}}]}),
    ],
    "unknown event": [
        HEADER % "PATCH-DOC",
        "{}",
        json.dumps({"events": [EVENT | {"msg_data": {"type": "event", "name": MARK}}]}),
    ],
    "whole document": [HEADER % "PUSH-DOC", "{}", '{"doc": {"roots": [], "title": "X"}}'],
    "large": ["x" * 5_000_000],
    "surrogate": ['{"msgid": "\\ud800", "msgtype": "\\ud800"}', "{}", "{}"],
}


@pytest.mark.parametrize("name", FRAGMENTS)
async def test_malformed_websocket_message_ends_no_other_page(port: int, name: str) -> None:
    async with connected(port) as socket, connected(port) as other:
        with suppress(WebSocketClosedError):
            for fragment in FRAGMENTS[name]:
                await socket.write_message(fragment, binary=isinstance(fragment, bytes))
        for fragment in (HEADER % "SERVER-INFO-REQ", "{}", "{}"):
            await other.write_message(fragment)
        kinds = [str(await other.read_message()) for _ in range(3)]
        assert any("SERVER-INFO-REPLY" in kind for kind in kinds)
    assert ask(port, "/healthz")[0] == 200

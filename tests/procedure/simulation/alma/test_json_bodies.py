"""The stand-in answers in JSON as Alma does, and no request causes a 500 or a log line."""

import logging
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.procedure.simulation.alma.test_server import ANNA, COPY, NOW, error_of, stand_in, visit

NO_CALL = "The request does not match any API."


@pytest.mark.parametrize("path", ["/almaws/v1/nothing", "/almaws", "/primo/v1/search", "/"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PATCH", "BREW"])
def test_unknown_path_or_method_is_refused(method: str, path: str) -> None:
    answer = visit(stand_in(), lambda client: client.request(method, path))
    error = answer.json()["errorList"]["error"][0]
    assert (error["errorCode"], error["errorMessage"]) == ("INVALID_REQUEST", NO_CALL)
    assert answer.status_code == 404


def test_redirect_keeps_the_key_in_the_query() -> None:
    async def ask(client: httpx.AsyncClient) -> list[Any]:
        item = await client.get("/almaws/v1/items?item_barcode=i1&apikey=r")
        wrong = await client.get(ANNA + "?apikey=x")
        return [item.status_code, item.json()["item_data"]["pid"], error_of(wrong)]

    assert visit(stand_in(read="r"), ask) == [200, "p1", "UNAUTHORIZED"]


def test_identifier_ignores_case() -> None:
    async def ask(client: httpx.AsyncClient) -> list[str]:
        paths = ("ANNA", "Anna", "a-01", "A-01", "M-1")
        entries = [await client.get(f"/almaws/v1/users/{path}") for path in paths]
        return [row.json()["primary_id"] for row in entries]

    there = stand_in()
    assert visit(there, ask) == ["anna"] * 5
    row = f"202611241400L{'i1':<80}a-01\r\n".encode()
    assert "Succeeded: 1" in there.upload("MAIL", row)


OPERATIONS = [
    ("POST", COPY, "402220"),
    ("POST", COPY + "?op=burn", "402221"),
    ("GET", ANNA + "/loans?limit=many", "401652"),
]


@pytest.mark.parametrize(("method", "path", "code"), OPERATIONS)
def test_unknown_or_impossible_request_has_its_error_code(
    method: str, path: str, code: str
) -> None:
    there = stand_in()
    user, item, desk = there.world.users["anna"], there.world.items["i1"], there.world.desks["MAIL"]
    there.world.add_loan(user, item, desk, NOW, NOW + timedelta(days=1))
    answer = visit(there, lambda client: client.request(method, path))
    assert answer.json()["errorList"]["error"][0]["errorCode"] == code
    assert there.gate.effects == []


BODIES: list[bytes] = [
    b"{",
    b"[]",
    b"null",
    b"7",
    b"\xff\xfe",
    b"<job",
    b"<job/>",
    b"[" * 100_000,
    b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
    b'{"circ_desk": 7}',
    b'{"library": []}',
]
PATHS = [
    ("POST", ANNA + "/loans?item_barcode=i1"),
    ("POST", "/almaws/v1/users/%ff%00/loans?item_barcode=%ff"),
    ("GET", ANNA + "/loans?limit=-1"),
    ("GET", "/almaws/v1/users/%ED%A0%80"),
    ("PUT", "/standin/faults"),
    ("POST", "/standin/upload?desk=MAIL"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_hostile_requests_cause_neither_a_server_error_nor_a_log(
    method: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    there = stand_in()
    user, item, desk = there.world.users["anna"], there.world.items["i2"], there.world.desks["MAIL"]
    there.world.add_loan(user, item, desk, NOW, NOW + timedelta(days=1))

    async def ask(client: httpx.AsyncClient) -> set[int]:
        asked = [await client.request(method, path, content=body) for body in BODIES]
        return {answer.status_code for answer in asked}

    assert visit(there, ask) <= {200, 204, 400, 404}
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_fault_of_the_stand_in_is_logged_without_the_request(
    caplog: pytest.LogCaptureFixture,
) -> None:
    there = stand_in()
    there.world.users["anna"] = object()  # type: ignore[assignment]
    answer = visit(there, lambda client: client.get(ANNA + "?q=4070000001"))
    assert error_of(answer) == "401652"
    (line,) = caplog.records
    assert line.getMessage().startswith("the stand-in failed: AttributeError")
    assert "4070000001" not in caplog.text

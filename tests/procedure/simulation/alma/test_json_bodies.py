"""XML and JSON as Alma gives them, and what no request may bring about: a 500, a log line."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given, strategies as st

from procedure.simulation.alma.refusals import ApiRefusal
from tests.procedure.simulation.alma.test_server import ANNA, COPY, NOW, error_of, stand_in, visit
from tests.support.alma_xml import XmlOrJsonBodies

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
ERROR = (
    HEAD + '<web_service_result xmlns="http://com/exlibris/urm/general/xmlbeans">'
    "<errorsExist>true</errorsExist><errorList><error><errorCode>{}</errorCode>"
    "<errorMessage>{}</errorMessage><trackingId>unknown</trackingId></error></errorList>"
    "</web_service_result>"
)
NO_CALL = "The request does not match any API."


@pytest.mark.parametrize(
    ("accept", "query", "kind"),
    [
        ("*/*", "", "xml"),
        ("application/xml", "", "xml"),
        ("text/html", "", "xml"),
        ("application/json", "", "json"),
        ("application/json, text/plain, */*", "", "json"),
        ("*/*", "?format=json", "json"),
        ("application/json", "?format=xml", "json"),
    ],
)
def test_answer_is_xml_unless_json_is_asked_for(accept: str, query: str, kind: str) -> None:
    answer = visit(stand_in(), lambda client: client.get(ANNA + query, headers={"Accept": accept}))
    assert answer.headers["Content-Type"] == f"application/{kind};charset=UTF-8"
    assert answer.text.startswith("<?xml" if kind == "xml" else "{")


def test_user_and_loans_in_xml() -> None:
    there = stand_in()
    there.world.add_loan(
        there.world.users["anna"], there.world.items["i1"], there.world.desks["MAIL"], NOW, NOW
    )

    async def ask(client: httpx.AsyncClient) -> list[str]:
        xml = {"Accept": "*/*"}
        return [(await client.get(path, headers=xml)).text for path in (ANNA, ANNA + "/loans")]

    user, loans = visit(there, ask)
    assert user == (
        HEAD + "<user><primary_id>anna</primary_id><first_name>Camille</first_name>"
        "<last_name>Test</last_name><status>ACTIVE</status><user_identifiers>"
        "<user_identifier><value>A-01</value><id_type>01</id_type><status>ACTIVE</status>"
        "</user_identifier><user_identifier><value>m-1</value><id_type>04</id_type>"
        "<status>ACTIVE</status></user_identifier></user_identifiers><user_blocks /></user>"
    )
    assert loans.startswith(HEAD + '<item_loans total_record_count="1"><item_loan><loan_id>1<')
    assert "<circ_desk>MAIL</circ_desk>" in loans


@pytest.mark.parametrize("path", ["/almaws/v1/nothing", "/almaws", "/primo/v1/search", "/"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PATCH", "BREW"])
def test_unknown_path_or_method_is_refused_in_the_requested_format(method: str, path: str) -> None:
    async def ask(client: httpx.AsyncClient) -> list[httpx.Response]:
        xml = {"Accept": "*/*"}
        return [
            await client.request(method, path, headers=xml),
            await client.request(method, path),
        ]

    xml, as_json = visit(stand_in(), ask)
    assert xml.text == ERROR.format("INVALID_REQUEST", NO_CALL)
    error = as_json.json()["errorList"]["error"][0]
    assert (error["errorCode"], error["errorMessage"]) == ("INVALID_REQUEST", NO_CALL)
    assert {xml.status_code, as_json.status_code} == {404}


def test_key_in_the_query_is_kept_by_the_redirect() -> None:
    async def ask(client: httpx.AsyncClient) -> list[Any]:
        item = await client.get("/almaws/v1/items?item_barcode=i1&apikey=r")
        wrong = await client.get(ANNA + "?apikey=x")
        return [item.status_code, item.json()["item_data"]["pid"], error_of(wrong)]

    assert visit(stand_in(read="r"), ask) == [200, "p1", "UNAUTHORIZED"]


def test_identifier_is_equal_in_capital_and_small_letters() -> None:
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
    b"{", b"[]", b"null", b"7", b"\xff\xfe", b"<job", b"<job/>", b"[" * 100_000,
    b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>', b'{"circ_desk": 7}', b'{"library": []}',
]  # fmt: skip
PATHS = [
    ("POST", ANNA + "/loans?item_barcode=i1"),
    ("POST", "/almaws/v1/users/%ff%00/loans?item_barcode=%ff"), ("GET", ANNA + "/loans?limit=-1"),
    ("GET", "/almaws/v1/users/%ED%A0%80"), ("PUT", "/standin/faults"), ("POST", "/standin/upload?desk=MAIL"),
]  # fmt: skip


@pytest.mark.parametrize("accept", ["*/*", "application/json"])
@pytest.mark.parametrize(("method", "path"), PATHS)
def test_hostile_requests_cause_no_server_error_and_no_log(
    method: str, path: str, accept: str, caplog: pytest.LogCaptureFixture
) -> None:
    there = stand_in()
    user, item, desk = there.world.users["anna"], there.world.items["i2"], there.world.desks["MAIL"]
    there.world.add_loan(user, item, desk, NOW, NOW + timedelta(days=1))

    async def ask(client: httpx.AsyncClient) -> set[int]:
        headers = {"Accept": accept}
        asked = [
            await client.request(method, path, content=body, headers=headers) for body in BODIES
        ]
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


@given(st.recursive(st.none() | st.booleans() | st.text() | st.integers(), st.lists))
def test_serialise_is_well_formed(value: Any) -> None:
    body = {"value": value, "more": {"value": "x", "desc": value}, "list": [value]}
    bodies = XmlOrJsonBodies()
    assert json.loads(bodies.write(body, "item", "application/json", "")[1]) == body
    _, xml = bodies.write(body, "item", "*/*", "")
    assert bodies.read(xml.encode(), "xml") is not None


def test_read_body_refuses_a_document_type() -> None:
    with pytest.raises(ApiRefusal):
        XmlOrJsonBodies().read(b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "application/xml")

"""The stand-in over HTTP: redirects, keys, limits, faults, and the count of its effects."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from procedure.simulation.alma.request_gate import RequestGate
from procedure.simulation.alma.server import FakeAlma
from procedure.simulation.alma.world import AlmaUser, Desk, Item, Stock, World
from tests.support.alma import listening
from tests.support.alma_xml import XmlOrJsonBodies

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
HERE = {"circ_desk": {"value": "MAIL"}, "library": {"value": "MAIL"}}
DUE = (NOW + timedelta(days=28)).strftime("%Y-%m-%dT%H:%M:%SZ")
COPY = "/almaws/v1/bibs/99/holdings/22/items/p1"
ANNA = "/almaws/v1/users/anna"
BERT = "/almaws/v1/users/bert"


def stand_in(**gate: Any) -> FakeAlma:
    stock = Stock(
        items=[
            Item("i1", "p1", "99", "22", "MAIL", title="A book"),
            Item("i2", "p2", "99", "22", "MAIL", lendable=False),
            Item("i3", "p3", "99", "22", "MAIL", waits_for="bert"),
        ],
        users=[
            AlmaUser("anna", (("01", "A-01"), ("04", "m-1"))),
            AlmaUser("bert"),
            AlmaUser("carl", blocks=("FINES",)),
            AlmaUser("dora", expires=NOW),
            AlmaUser("emil", limit=0),
        ],
        desks=[Desk("MAIL", "MAIL"), Desk("CMU", "CMU", ("CMU",))],
        elsewhere_users=[AlmaUser("zoe", (("02", "Z-02"),))],
        elsewhere_items=[Item("z1", "pz", "98", "22", "UBU")],
    )
    gate = RequestGate(**gate)
    return FakeAlma(World(stock), gate, now=lambda: NOW, bodies=XmlOrJsonBodies())


def visit(there: FakeAlma, ask: Callable[[httpx.AsyncClient], Awaitable[Any]]) -> Any:
    async def visiting() -> Any:
        asked = {"Accept": "application/json"}
        async with (
            listening(there) as port,
            httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port}", headers=asked, follow_redirects=True
            ) as client,
        ):
            return await ask(client)

    return asyncio.run(visiting())


def get(there: FakeAlma, path: str, **more: Any) -> httpx.Response:
    return visit(there, lambda client: client.get(path, **more))


def error_of(answer: httpx.Response) -> str:
    assert answer.status_code in (400, 403, 429)
    return answer.json()["errorList"]["error"][0]["errorCode"]


def test_barcode_redirects_to_its_item() -> None:
    answer = get(stand_in(), "/almaws/v1/items", params={"item_barcode": "i1"})
    assert [response.status_code for response in answer.history] == [302]
    assert answer.url.path == COPY
    assert answer.headers["X-Exl-Api-Remaining"] == "999998"
    body = answer.json()
    assert body.pop("link").endswith(COPY)
    assert body == {
        "bib_data": {"mms_id": "99", "title": "A book"},
        "holding_data": {"holding_id": "22"},
        "item_data": {
            "pid": "p1",
            "barcode": "i1",
            "base_status": {"value": "1", "desc": "Item in place"},
            "process_type": {"value": ""},
            "library": {"value": "MAIL"},
            "location": {"value": "STACKS"},
            "policy": {"value": ""},
            "requested": False,
        },
    }


REFUSALS: list[tuple[str, str, dict[str, Any], str]] = [
    ("GET", "/almaws/v1/items?item_barcode=none", {}, "401689"),
    ("GET", "/almaws/v1/items?item_barcode=", {}, "401690"),
    ("GET", "/almaws/v1/items?item_barcode=z1", {}, "401689"),
    ("GET", "/almaws/v1/bibs/1/holdings/22/items/p1", {}, "402203"),
    ("GET", "/almaws/v1/users/nobody", {}, "401861"),
    ("GET", "/almaws/v1/users/Z-02", {}, "401861"),
    ("POST", "/almaws/v1/users/nobody/loans?item_barcode=i1", HERE, "401890"),
    ("POST", ANNA + "/loans", HERE, "401672"),
    ("POST", ANNA + "/loans?item_barcode=none", HERE, "401689"),
    ("POST", ANNA + "/loans?item_barcode=i1", {"circ_desk": {"value": "CMU"}}, "401153"),
    ("POST", ANNA + "/loans?item_barcode=i2", HERE, "401651"),
    ("POST", ANNA + "/loans?item_barcode=i3", HERE, "401651"),
    ("POST", "/almaws/v1/users/carl/loans?item_barcode=i1", HERE, "401163"),
    ("POST", "/almaws/v1/users/dora/loans?item_barcode=i1", HERE, "401168"),
    ("POST", "/almaws/v1/users/emil/loans?item_barcode=i1", HERE, "401161"),
    ("POST", COPY + "?op=scan", {}, "40166415"),
    ("POST", COPY + "?op=scan&circ_desk=MAIL", {}, "402504"),
]


@pytest.mark.parametrize(("method", "path", "body", "code"), REFUSALS)
def test_refusal_has_its_error_code(method: str, path: str, body: Any, code: str) -> None:
    there = stand_in()
    answer = visit(there, lambda client: client.request(method, path, json=body or None))
    assert error_of(answer) == code
    assert there.gate.effects == []


def test_loan_is_dated_now_listed_for_item_and_patron_and_made_once() -> None:
    there = stand_in()

    async def ask(client: httpx.AsyncClient) -> list[Any]:
        made = (await client.post(ANNA + "/loans?item_barcode=i1", json=HERE)).json()
        again = await client.post(ANNA + "/loans?item_pid=p1", json=HERE)
        other = await client.post(BERT + "/loans?item_barcode=i1", json=HERE)
        codes = [error_of(again), error_of(other)]
        item = (await client.get(COPY + "/loans")).json()
        user = (await client.get("/almaws/v1/users/m-1/loans")).json()
        back = (await client.post(COPY + "?op=scan&library=MAIL&circ_desk=CMU")).json()
        done = (await client.get(ANNA + "/loans?loan_status=Complete")).json()
        return [made, codes, item, user, back, done]

    made, codes, item, user, back, done = visit(there, ask)
    assert (made["loan_date"], made["due_date"]) == ("2026-11-24T13:00:00Z", DUE)
    assert codes == ["400042", "401651"]
    assert item == user == {"total_record_count": 1, "item_loan": [made]}
    assert back["additional_info"] == "Item's destination is: In transit to MAIL."
    assert [loan["loan_status"] for loan in done["item_loan"]] == ["COMPLETE"]
    assert there.gate.effects == ["lend i1", "scan i1"]


def test_loans_are_paged_by_ten_by_default() -> None:
    there = stand_in()
    anna, desk = there.world.users["anna"], there.world.desks["MAIL"]
    for number in range(12):
        item = Item(f"n{number:02}", f"n{number}", "99", "22", "MAIL")
        there.world.items[item.barcode] = item
        there.world.add_loan(anna, item, desk, NOW, NOW + timedelta(days=number))

    async def ask(client: httpx.AsyncClient) -> list[tuple[int, list[str]]]:
        pages = [
            (await client.get(ANNA + "/loans" + query)).json()
            for query in ("", "?limit=100&offset=10", "?limit=1&direction=DESC")
        ]
        return [
            (page["total_record_count"], [entry["item_barcode"] for entry in page["item_loan"]])
            for page in pages
        ]

    first = [f"n{number:02}" for number in range(10)]
    assert visit(there, ask) == [(12, first), (12, ["n10", "n11"]), (12, ["n11"])]


def test_item_names_the_patron_it_is_on_hold_for() -> None:
    body = get(stand_in(), "/almaws/v1/bibs/99/holdings/22/items/p3/requests").json()
    assert [request["user_primary_id"] for request in body["user_request"]] == ["bert"]


def test_network_zone_needs_its_own_key() -> None:
    there = stand_in(read="r", write="w", network="n")

    async def ask(client: httpx.AsyncClient) -> list[Any]:
        def as_(key: str) -> dict[str, str]:
            return {"Authorization": f"apikey {key}"}

        user = await client.get("/almaws/v1/users/Z-02", headers=as_("n"))
        item = await client.get("/almaws/v1/items?item_barcode=z1", headers=as_("n"))
        test = await client.get(ANNA, headers=as_("r"))
        shut = [
            error_of(await client.get(ANNA, headers=as_("x"))),
            error_of(await client.get(ANNA)),
            error_of(await client.post(ANNA + "/loans", json=HERE, headers=as_("r"))),
            error_of(await client.post(ANNA + "/loans", json=HERE, headers=as_("w"))),
        ]
        library = item.json()["item_data"]["library"]["value"]
        return [user.json()["primary_id"], library, test.status_code, shut]

    shut = ["UNAUTHORIZED", "UNAUTHORIZED", "UNAUTHORIZED", "401672"]
    assert visit(there, ask) == ["zoe", "UBU", 200, shut]


def test_more_than_twenty_five_requests_a_second_are_refused() -> None:
    async def ask(client: httpx.AsyncClient) -> list[int]:
        return [(await client.get(ANNA)).status_code for _ in range(26)]

    there = stand_in()
    there.gate.per_second = 3
    codes = visit(there, ask)
    assert codes[:4] == [200, 200, 200, 429]
    assert there.gate.requests == {f"GET {ANNA}": 26}
    assert RequestGate().per_second == 25


def test_used_up_quota_is_refused() -> None:
    answer = get(stand_in(remaining=0), ANNA)
    assert (error_of(answer), answer.headers["X-Exl-Api-Remaining"]) == ("DAILY_THRESHOLD", "0")


FAULTS = [
    ({"kind": "html_500"}, 500, "<html><body><h1>Internal Server Error</h1></body></html>"),
    ({"kind": "empty_500"}, 500, ""),
    ({"kind": "plain_503"}, 503, "Service Temporarily Unavailable"),
    ({"kind": "odd_json"}, 200, '[{"what": null}]'),
]


@pytest.mark.parametrize(("fault", "status", "text"), FAULTS)
def test_fault_affects_only_the_requests_it_names(
    fault: dict[str, Any], status: int, text: str
) -> None:
    async def ask(client: httpx.AsyncClient) -> list[httpx.Response]:
        await client.put("/standin/faults", json=[{**fault, "match": "GET /almaws", "after": 1}])
        return [await client.get(ANNA) for _ in range(3)]

    first, second, third = visit(stand_in(), ask)
    assert (first.status_code, third.status_code) == (200, 200)
    assert (second.status_code, second.text) == (status, text)


@pytest.mark.parametrize(("kind", "made"), [("drop_before", []), ("drop_after", ["lend i1"])])
def test_connection_drops_before_or_after_the_loan_is_made(kind: str, made: list[str]) -> None:
    async def ask(client: httpx.AsyncClient) -> Any:
        await client.put("/standin/faults", json=[{"kind": kind, "match": "POST"}])
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post(ANNA + "/loans?item_barcode=i1", json=HERE)
        return (await client.get("/standin/counts")).json()["effects"]

    assert visit(stand_in(), ask) == made


def test_upload_names_an_unknown_desk() -> None:
    async def ask(client: httpx.AsyncClient) -> list[Any]:
        row = f"202611241400L{'i1':<80}anna\r\n".encode()
        wrong = await client.post("/standin/upload?desk=E", content=row)
        right = await client.post("/standin/upload?desk=MAIL&name=a.dat", content=row)
        return [wrong.status_code, wrong.text, right.text.splitlines()[1:5]]

    assert visit(stand_in(), ask) == [
        400,
        "There is no circulation desk 'E'; known: MAIL, CMU\n",
        ["File name: a.dat", "Records processed: 1", "Succeeded: 1", "Failed: 0"],
    ]

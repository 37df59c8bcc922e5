"""The client for Alma's API reads politely, and never repeats a request that may have had an effect."""

import asyncio
import logging
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import uuid4

import httpx
import pytest

from procedure.circulation.transactions import Loan
from procedure.errors import AlmaKeyRefused, AlmaQuotaUsedUp, AlmaUnavailable, RequestOutcomeUnknown
from procedure.io.alma.alma_http import AlmaHttp, RateLimiter
from procedure.io.alma.batch import run_batch
from procedure.io.alma.client import AlmaApi, Keys
from procedure.io.alma.responses import body_of, error_code, item_facts, loans_of, patron_facts
from procedure.reconciliation.alma_records import ItemFacts, LoanFacts, PatronFacts
from procedure.simulation.alma.request_gate import Misbehaviour
from tests.procedure.io.planted import KEYS, NOW, day
from tests.procedure.io.virtual_time import VirtualLoop

loop_factory = VirtualLoop

ITEM = "1060000500"
PATRON = "2070000166"
PRIMARY = "2070000166@eduid.ch"


def loan(item: str = ITEM, patron: str = PATRON) -> Loan:
    return Loan(id=uuid4(), at=NOW, desk="DESK0", patron=patron, item=item)


def faults(*kinds: str, match: str = "GET", after: int = 0) -> list[Misbehaviour]:
    return [Misbehaviour(kind, match, after=after) for kind in kinds]


# ----- reading -----


def test_item_is_read_through_its_redirect_with_its_patron() -> None:
    there = day(600, 1)
    world = there.stand_in.world
    item, user = world.items[ITEM], world.users[PATRON]
    free = there.ask(lambda api: api.item(ITEM))
    world.add_loan(user, item, world.desks["DESK0"], NOW, datetime(2026, 12, 22, 13, tzinfo=UTC))
    response = there.ask(lambda api: api.item(ITEM))
    facts = ItemFacts(ITEM, "9900500", "2200500", "2300500", "MAIN")
    assert (free.item, free.code, free.elsewhere, free.at) == (facts, "", None, NOW)
    assert response.item == ItemFacts(
        barcode=ITEM,
        mms_id="9900500",
        holding_id="2200500",
        pid="2300500",
        library="MAIN",
        policy="",
        process="LOAN",
        loan=LoanFacts(ITEM, PRIMARY, NOW, datetime(2026, 12, 22, 13, tzinfo=UTC), loan_id="4"),
    )


def test_patron_is_found_by_any_identifier_and_in_the_network_zone() -> None:
    there = day(600, 1)
    user = there.ask(lambda api: api.user(f"m-{PATRON}"))
    assert user.user == PatronFacts(PRIMARY, (("01", PATRON), ("04", f"m-{PATRON}")))
    nobody = there.ask(lambda api: api.user("nobody/../x?y"))
    assert (nobody.user, nobody.code, nobody.elsewhere) == (None, "401861", False)
    away = next(row.patron for row in there.rows if row.trouble == "user_in_network")
    seen = there.ask(lambda api: api.user(away))
    assert (seen.user, seen.code, seen.elsewhere) == (None, "401861", True)
    alone = there.ask(lambda api: api.user(away), keys=Keys("k-read"))
    assert (alone.user, alone.elsewhere) == (None, None)


def test_loans_of_a_patron_are_read_from_all_pages() -> None:
    there = day(600, 1)
    world = there.stand_in.world
    for item in list(world.items.values())[:230]:
        if world.active(item) is None:
            world.add_loan(world.users[PATRON], item, world.desks["DESK0"], NOW, NOW)
    expected = len(world.loans_of(world.users[PATRON]))
    response = there.ask(lambda api: api.loans(PATRON))
    assert response is not None
    assert (len(response), len({row.item for row in response})) == (expected, expected)
    assert expected > 200
    assert there.ask(lambda api: api.loans(PATRON, completed=True)) == []
    assert there.ask(lambda api: api.loans("nobody")) is None


# ----- errors while reading -----


@pytest.mark.parametrize(
    "kinds",
    [
        ["html_500"],
        ["empty_500"],
        ["plain_503"],
        ["odd_json"],
        ["too_many", "too_many"],
        ["drop_before"],
        ["html_500", "drop_after", "too_many", "odd_json"],
    ],
)
def test_ask_retries_until_it_is_answered(kinds: list[str]) -> None:
    there = day(600, 1)
    there.stand_in.gate.faults = faults(*kinds)
    assert there.ask(lambda api: api.user(PATRON)).user is not None
    assert sum(there.stand_in.gate.requests.values()) == len(kinds) + 1


def test_ask_gives_up_after_five_attempts() -> None:
    there = day(600, 1)
    there.stand_in.gate.faults = [Misbehaviour("html_500", "GET", times=99)]
    with pytest.raises(AlmaUnavailable) as silence:
        there.ask(lambda api: api.user(PATRON))
    assert sum(there.stand_in.gate.requests.values()) == 5
    assert PATRON not in str(silence.value)


def test_ask_refusal_about_something_else_is_not_an_answer() -> None:
    there = day(600, 1)
    there.stand_in.gate.faults = faults("bare_error")
    with pytest.raises(AlmaUnavailable, match=r"cannot be used \(401652\)"):
        there.ask(lambda api: api.user(PATRON))


def test_ask_reports_a_wrong_key_without_showing_it() -> None:
    there = day(600, 1)
    with pytest.raises(AlmaKeyRefused) as shut:
        there.ask(lambda api: api.user(PATRON), keys=Keys("k-wrong"))
    assert sum(there.stand_in.gate.requests.values()) == 1
    assert "k-wrong" not in str(shut.value) + repr(Keys("k-wrong"))
    assert repr(Keys("k-wrong", network="n")) == "Keys(read, network)"


def test_ask_leaves_the_daily_quota_for_others() -> None:
    there = day(600, 1)
    there.stand_in.gate.remaining = 12
    with pytest.raises(AlmaQuotaUsedUp, match="Alma allows only 10 more requests"):
        there.ask(ask_for_ever, margin=10)
    assert sum(there.stand_in.gate.requests.values()) == 2
    with pytest.raises(AlmaQuotaUsedUp, match="accepts no more requests today"):
        there.ask(ask_for_ever, margin=-1)


async def ask_for_ever(api: AlmaApi) -> None:
    while True:
        await api.user(PATRON)


def test_ask_logs_no_identifier(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    there = day(600, 1)
    there.stand_in.gate.faults = faults("html_500")
    there.ask(lambda api: api.user(PATRON))
    assert PATRON not in caplog.text
    assert "k-read" not in caplog.text


# ----- requests with an effect -----


async def lend(api: AlmaApi) -> tuple[LoanFacts | None, str]:
    return await api.lend(loan(), library="MAIN")


@pytest.mark.parametrize(
    ("kind", "effects"),
    [
        ("html_500", []),
        ("empty_500", []),
        ("plain_503", []),
        ("odd_json", []),
        ("drop_before", []),
        ("drop_after", [f"lend {ITEM}"]),
    ],
)
def test_lend_with_an_unknown_result_is_sent_once(kind: str, effects: list[str]) -> None:
    there = day(600, 1)
    there.stand_in.gate.faults = faults(kind, match="POST")
    with pytest.raises(RequestOutcomeUnknown):
        there.ask(lend)
    assert sum(there.stand_in.gate.requests.values()) == 1
    assert there.stand_in.gate.effects == effects


def test_lend_refused_for_its_rate_is_sent_again() -> None:
    there = day(600, 1)
    there.stand_in.gate.faults = faults("too_many", "too_many", match="POST")
    made, code = there.ask(lend)
    assert (made and made.user, code, there.stand_in.gate.effects) == (
        PRIMARY,
        "",
        [f"lend {ITEM}"],
    )


def test_lend_returns_the_code_of_a_refusal_and_needs_a_key() -> None:
    there = day(600, 1)
    assert there.ask(lambda api: api.lend(loan(patron="nobody"), library="MAIN")) == (
        None,
        "401890",
    )
    with pytest.raises(AlmaKeyRefused, match="RELAIS_ALMA_WRITE_KEY"):
        there.ask(lend, keys=Keys("k-read"))
    assert there.stand_in.gate.effects == []


def test_scan_in_returns_the_code_of_a_refusal() -> None:
    there = day(600, 1)
    world = there.stand_in.world
    world.add_loan(world.users[PATRON], world.items[ITEM], world.desks["DESK0"], NOW, NOW)
    item = ItemFacts(ITEM, "9900500", "2200500", "2300500")

    async def twice(api: AlmaApi) -> list[str]:
        return [await api.scan_in(item, desk="DESK0", library="MAIN") for _ in range(2)]

    assert there.ask(twice) == ["", "402504"]


async def test_lend_to_a_closed_port_has_a_known_result() -> None:
    async with httpx.AsyncClient() as client:
        line = AlmaHttp("http://127.0.0.1:1", client, RateLimiter(1000, lambda _: asyncio.sleep(0)))
        api = AlmaApi(line, KEYS, lambda: NOW, uuid4)
        with pytest.raises(AlmaUnavailable, match="nothing was done"):
            await api.lend(loan(), library="MAIN")


# ----- the connection -----


def line_to(answer: Any, **more: Any) -> AlmaHttp:
    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return AlmaHttp("https://alma.example.org", client, RateLimiter(**{"rate": 8, **more}))


async def test_rate_is_eight_requests_a_second_including_redirects() -> None:
    seen: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(asyncio.get_running_loop().time())
        if request.url.path == "/from":
            return httpx.Response(302, headers={"Location": "/to"})
        return httpx.Response(200, json={"a": 1})

    line = line_to(answer)
    await asyncio.gather(*(line.get("/from", "k") for _ in range(20)))
    assert len(seen) == 40
    assert max(sum(start <= other < start + 0.999 for other in seen) for start in seen) <= 8
    assert seen[-1] - seen[0] < 5.5


async def test_pauses_grow_between_attempts() -> None:
    seen: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(asyncio.get_running_loop().time())
        return httpx.Response(500)

    with pytest.raises(AlmaUnavailable):
        await line_to(answer).get("/a", "k")
    assert [round(after - before, 2) for before, after in pairwise(seen)] == [0.5, 1.0, 2.0, 4.0]


@pytest.mark.parametrize("to", ["https://elsewhere.example.org/to", "http://alma.example.org/to"])
async def test_key_is_sent_to_no_other_host(to: str) -> None:
    hosts: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.append(f"{request.url.scheme}://{request.url.host}")
        return httpx.Response(302, headers={"Location": to})

    with pytest.raises(AlmaUnavailable):
        await line_to(answer).get("/from", "k")
    assert set(hosts) == {"https://alma.example.org"}


async def test_run_batch_stops_after_five_failures_in_a_row() -> None:
    entries: list[tuple[int, int]] = []

    async def silent() -> None:
        raise AlmaUnavailable("x")

    async def well() -> None:
        await asyncio.sleep(0)

    def tell(done: int, total: int) -> None:
        entries.append((done, total))

    assert await run_batch([silent, well, silent, well], on_progress=tell, workers=1) == 2
    with pytest.raises(AlmaUnavailable):
        await run_batch([silent] * 9, on_progress=tell, workers=1)
    assert entries == [(1, 4), (2, 4), (3, 4), (4, 4), *((done, 9) for done in range(1, 5))]


# ----- bodies -----


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"errorList": {"error": [{"errorCode": "401689"}]}}', "401689"),
        (b'{"errorList": {"error": {"errorCode": "401652"}}}', "401652"),
        (b'{"errorList": {"error": []}}', ""),
        (b'{"errorList": {"error": [null]}}', ""),
        (b'{"errorList": null}', ""),
        (b"{}", ""),
    ],
)
def test_error_code_in_any_format(content: bytes, code: str) -> None:
    body = body_of(content)
    assert body is not None
    assert error_code(body) == code


@pytest.mark.parametrize(
    "content", [b"", b"<html></html>", b"[1]", b"null", b'"x"', b"\xff", b"[" * 9999]
)
def test_body_of_is_none_for_other_json(content: bytes) -> None:
    assert body_of(content) is None


def test_facts_of_an_almost_empty_body() -> None:
    assert item_facts({"item_data": {"pid": 7, "library": "MAIN"}}) == ItemFacts(
        "", "", "", "7", "MAIN"
    )
    assert (item_facts({}), patron_facts({"primary_id": None})) == (None, None)
    assert patron_facts({"primary_id": "a", "expiry_date": "2026-11-24Z"}) == PatronFacts(
        "a", expires=datetime(2026, 11, 24, tzinfo=UTC)
    )
    assert loans_of({"item_loan": [{"user_id": "a", "due_date": "soon"}, 3]}) == (
        [LoanFacts("", "a", None, None)],
        1,
    )

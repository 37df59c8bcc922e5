"""The desk page's routes for its files, the time, the lists, and workstations' transactions."""

import asyncio
import gzip
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tornado.httpclient import HTTPResponse
from tornado.web import Application

from dashboard.core.context import AppContext
from dashboard.core.page_queue import PAGE_QUEUE
from dashboard.core.visitor import Visitor
from dashboard.desk.bundle import bundle, without_comments
from dashboard.desk.desk_handlers import desk_routes
from dashboard.desk.desk_messages import LARGEST_MESSAGE, MOST_AT_ONCE
from dashboard.desk.desk_route import SHARED, MessageRate
from dashboard.translations.catalogues import CATALOGUES
from procedure.circulation.pending_loans import loan_id
from procedure.circulation.transactions import Loan, PendingLoan, Return, Void
from procedure.handbook.model import Handbook
from procedure.io.offline_lists.list_store import ListStore
from procedure.offline_lists.list_layout import ListKind
from procedure.readiness.workstation_check import WorkstationCheck
from tests.support import http
from tests.support.http import Login, provider, serving
from tests.support.intake import answer
from tests.support.lists import AS_OF, KNOWN, keep

HERE = {"Content-Type": "application/json", "X-Relais": "desk"}


class Server:
    """Serves the routes of a context, one request at a time."""

    def __init__(self, context: AppContext, login: Login | None = None) -> None:
        self.context, self._login = context, login
        self._routes = desk_routes(lambda: context)

    def ask(self, path: str, **more: Any) -> HTTPResponse:
        options = {"decompress_response": False, "follow_redirects": False} | more
        return http.ask(self._routes, path, login=self._login, **options)

    def send(self, *transactions: object, headers: dict[str, str] | None = None) -> HTTPResponse:
        body = json.dumps({"transactions": transactions})
        return self.ask("/desk/transactions", method="POST", body=body, headers=headers or HERE)

    @property
    def items(self) -> list[str]:
        return [record.entry.item for record in self.context.store.journal.since()]  # type: ignore[union-attr]


@pytest.fixture
def server(context: AppContext) -> Server:
    return Server(context)


def loan(number: int, item: str) -> dict[str, Any]:
    return {
        "kind": "loan",
        "id": str(UUID(int=number)),
        "at": "2026-11-24T10:59:00.000Z",
        "made_at": "2026-11-24T10:59:00.000Z",
        "skew_s": 0.25,
        "desk": "MAIL",
        "patron": "SLSP204518377",
        "item": item,
        "workstation": "poste-1",
        "sequence": number,
    }


@pytest.mark.parametrize("end", ["answered", "cut", "never"])
async def test_pages_wait_until_a_message_ends_or_for_a_second(
    context: AppContext, end: str
) -> None:
    async def until(*, is_free: bool) -> None:
        for _ in range(1000):
            if PAGE_QUEUE.is_free == is_free:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("nothing changed for ten seconds")

    body = json.dumps({"transactions": [loan(1, "A1111")]})
    head = "".join(f"{name}: {value}\r\n" for name, value in HERE.items())
    head = f"POST /desk/transactions HTTP/1.1\r\nContent-Length: {len(body)}\r\n{head}"
    application = Application(desk_routes(lambda: context))
    application.auth_provider = provider(None)  # type: ignore[attr-defined]
    async with serving(application) as address:
        host = address.removeprefix("http://")
        reader, writer = await asyncio.open_connection(*host.split(":"))
        writer.write(f"{head}Host: {host}\r\n\r\n{body[:10]}".encode())
        await until(is_free=False)
        if end == "answered":
            writer.write(body[10:].encode())
            assert (await reader.readline()).split()[1] == b"200"
        elif end == "cut":
            writer.close()
        await until(is_free=True)
        writer.close()


def test_transactions_are_answered_by_id_with_the_time(server: Server) -> None:
    response = server.send(
        loan(1, "A1111"), loan(2, "B2111") | {"desk": "NOWHERE"}, loan(3, "C3111")
    )
    assert response.code == 200
    assert json.loads(response.body) == {
        "answers": [answer(1), answer(2, "refused", reason="desk_unknown"), answer(3)],
        "now": 1795518000000.0,
    }
    again = json.loads(server.send(loan(1, "A1111"), loan(3, "C3111")).body)["answers"]
    assert again == [answer(1), answer(3)]
    assert server.items == ["A1111", "C3111"]


def test_transactions_of_every_kind_in_one_message(server: Server) -> None:
    same = {key: value for key, value in loan(1, "A1111").items() if key != "patron"}
    waiting = same | {"kind": "waiting", "note": "Mme Rochat, doctorante"}
    numbers = {key: str(UUID(int=key)) for key in range(1, 6)}
    response = server.send(
        waiting,
        same
        | {"kind": "complete", "id": numbers[2], "waiting": numbers[1], "patron": "2071234567"},
        same | {"kind": "return", "id": numbers[3], "item": "B2111", "cart": ""},
        same | {"kind": "void", "id": numbers[4], "loan": numbers[3], "reason": "erreur"},
        loan(5, "C3111") | {"overridden": True},
    )
    assert json.loads(response.body)["answers"] == [answer(number) for number in numbers]
    assert b"Rochat" not in response.body
    kinds = [type(record.entry) for record in server.context.store.journal.since()]
    assert kinds == [PendingLoan, Loan, Return, Void, Loan]


def test_undo_keeps_a_colleagues_completion(
    server: Server,
) -> None:
    waits = loan(1, "A1111") | {"kind": "waiting", "note": "Mme Rochat"}
    complete = {"kind": "complete", "waiting": waits["id"]}
    undo = loan(4, "A1111") | {
        "kind": "void",
        "loan": str(loan_id(UUID(int=1))),
        "reason": "erreur",
    }
    theirs = complete | {"id": str(UUID(int=2)), "patron": "2071234567"}
    mine = complete | {"id": str(UUID(int=3)), "patron": "2079999999"}
    # The card was wrong, so the loan becomes pending again, but only after its void is accepted.
    anew = waits | {"loan": undo["loan"]}
    mine_anew = anew | {"id": str(UUID(int=5)), "patron": "2079999999"}
    response = server.send(waits, theirs, mine, undo | {"patron": "2079999999"}, mine_anew)
    elsewhere = {"state": "refused", "reason": "completed_elsewhere"}
    assert json.loads(response.body)["answers"] == [
        answer(1),
        answer(2),
        answer(3, "refused", reason="waiting_settled"),
        answer(4) | elsewhere,
        answer(5) | elsewhere,
    ]
    again = undo | {"id": str(UUID(int=6)), "patron": "2079999999"}
    right = undo | {"id": str(UUID(int=7)), "patron": "2071234567"}
    right_anew = anew | {"id": str(UUID(int=8)), "patron": "2071234567"}
    response = server.send(again, right_anew, right, right, right_anew, right_anew, mine_anew)
    assert json.loads(response.body)["answers"] == [
        answer(6) | elsewhere,
        answer(8) | elsewhere,
        answer(7),
        answer(7),
        answer(8),
        answer(8),
        answer(5) | elsewhere,
    ]
    kinds = [type(record.entry) for record in server.context.store.journal.since()]
    assert kinds == [PendingLoan, Loan, Void, PendingLoan]


def test_waiting_reports_how_pending_loans_ended(server: Server) -> None:
    waits = [
        loan(number, f"A{number}") | {"kind": "waiting", "note": "Mme Rochat"}
        for number in (1, 2, 3)
    ]
    completed = {"kind": "complete", "id": str(UUID(int=4)), "waiting": waits[0]["id"]}
    taken_back = loan(5, "") | {"kind": "void", "loan": waits[1]["id"], "reason": "erreur"}
    server.send(*waits, completed | {"patron": "2071234567"}, taken_back)
    asked = [*(wait["id"] for wait in waits), str(UUID(int=9)), "no id", 12, None]
    result = ask_waiting(server, asked)
    ended = {waits[0]["id"]: "completed", waits[1]["id"]: "void"}
    assert json.loads(result.body) == {"ended": ended, "now": 1795518000000.0}
    assert ask_waiting(server, [asked[0]] * 201).code == 413
    foreign = ask_waiting(server, asked, {"Sec-Fetch-Site": "cross-site"})
    assert (foreign.code, b"ended" in foreign.body) == (403, False)


def ask_waiting(server: Server, ids: list[Any], more: dict[str, str] | None = None) -> HTTPResponse:
    body = json.dumps({"waiting": ids})
    headers = HERE | (more or {})
    return server.ask("/desk/waiting", method="POST", body=body, headers=headers)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, 403),
        ({"X-Relais": "page"}, 403),
        (HERE | {"Origin": "https://elsewhere.example"}, 403),
        (HERE | {"Origin": "null"}, 403),
        (HERE | {"Origin": "http://["}, 403),
        (HERE | {"Sec-Fetch-Site": "cross-site"}, 403),
        (HERE | {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:PORT"}, 403),
        (HERE | {"Origin": "http://127.0.0.1:PORT"}, 200),
        (HERE | {"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
def test_transactions_from_another_origin_are_refused(
    server: Server, headers: dict[str, str], code: int
) -> None:
    response = server.send(loan(1, "A1111"), headers=headers or {"Content-Type": "text/plain"})
    assert response.code == code
    if code == 403:
        refused = {"error": "only pages on this server may send transactions"}
        assert json.loads(response.body) == refused
    assert server.items == (["A1111"] if code == 200 else [])


@pytest.mark.parametrize(
    ("body", "code", "error"),
    [
        (b"", 400, 'the message must be {"transactions": [...]}: reload the page'),
        (b"[]", 400, 'the message must be {"transactions": [...]}: reload the page'),
        (
            b'{"transactions": {}}',
            400,
            'the message must be {"transactions": [...]}: reload the page',
        ),
        (b"\xff\xfe", 400, 'the message must be {"transactions": [...]}: reload the page'),
        (b"[" * 100_000, 400, 'the message must be {"transactions": [...]}: reload the page'),
        (
            json.dumps({"transactions": [{}] * (MOST_AT_ONCE + 1)}).encode(),
            413,
            "send at most 200 transactions at once",
        ),
        (b" " * (LARGEST_MESSAGE + 1), 413, "send at most 512 kB at once"),
    ],
    ids=["empty", "list", "object", "binary", "deep", "many", "large"],
)
def test_malformed_messages_are_refused_whole_with_a_reason(
    server: Server, body: bytes, code: int, error: str
) -> None:
    response = server.ask("/desk/transactions", method="POST", body=body, headers=HERE)
    assert (response.code, json.loads(response.body)) == (code, {"error": error})
    assert server.items == []


def test_transactions_after_a_sign_in_ends_are_refused(context: AppContext) -> None:
    expired = Server(context, Login(None)).send(loan(1, "A1111"))
    assert (expired.code, json.loads(expired.body)) == (
        401,
        {"error": "sign in on the dashboard first"},
    )
    known = Server(context, Login("anne"))
    assert known.send(loan(1, "A1111")).code == 200
    assert [record.entry.operator for record in context.store.journal.since()] == ["anne"]  # type: ignore[union-attr]


def test_too_many_messages_are_refused_for_a_moment(server: Server, clock: Any) -> None:
    at_once = SHARED[1]
    rate = MessageRate()
    for number in range(at_once):
        assert rate.allows("127.0.0.1", f"poste-{number}", clock.at)
    shared = server._routes[1][2]["desk"]()
    shared.rate.addresses.update(rate.addresses)
    response = server.send(loan(1, "A1111"))
    assert (response.code, json.loads(response.body)) == (
        429,
        {"error": "too many messages: wait a moment"},
    )
    # The server identifies the refused workstation by the name in its message.
    assert list(shared.rate.new) == [("127.0.0.1", "poste-1")]
    clock.pass_by(seconds=20)
    assert server.send(loan(1, "A1111")).code == 200
    assert list(shared.rate.known) == [("127.0.0.1", "poste-1")]
    ask_waiting(server, [], {"Cookie": "relais_workstation=poste-2"})
    assert list(shared.rate.new) == [("127.0.0.1", "poste-2")]


def test_time_is_that_of_the_server(server: Server, clock: Any) -> None:
    response = server.ask("/desk/time")
    version = json.loads(server.ask("/desk/papers.json").body)["version"]
    assert json.loads(response.body) == {"now": 1000 * clock.at.timestamp(), "version": version}
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/desk/", "text/html; charset=utf-8"),
        ("/desk/desk.js", "text/javascript; charset=utf-8"),
        ("/desk/outbox.js", "text/javascript; charset=utf-8"),
        ("/desk/relais.css", "text/css; charset=utf-8"),
        ("/desk/papers.json", "application/json; charset=utf-8"),
    ],
)
def test_file_is_compressed_and_sent_once(server: Server, path: str, kind: str) -> None:
    packed = server.ask(path, headers={"Accept-Encoding": "gzip"})
    plain = server.ask(path)
    assert (packed.code, packed.headers["Content-Type"]) == (200, kind)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["Cache-Control"] == "no-cache"
    known = server.ask(path, headers={"If-None-Match": packed.headers["Etag"]})
    assert (known.code, known.body) == (304, b"")


@pytest.mark.parametrize("path", ["/desk/page.js", "/desk/nothing.js", "/desk/..%2fcli.py"])
def test_file_outside_the_bundle_is_not_found(server: Server, path: str) -> None:
    assert server.ask(path).code == 404


def test_procedure_file_has_every_language(server: Server, handbook: Handbook) -> None:
    content = json.loads(server.ask("/desk/papers.json").body)
    assert content["desks"] == {code: desk.name for code, desk in handbook.desks.items()}
    for code, words in handbook.words.items():
        page = content["languages"][code]["page"]
        for step in words.steps.values():
            assert step.title.replace("'", "&#39;") in page
        for contact in handbook.contacts.values():
            assert all(f"tel:{telephone.dialled}" in page for telephone in contact.telephones)
    fr, en = content["languages"]["fr"], content["languages"]["en"]
    assert fr["words"].keys() == en["words"].keys()
    assert not [key for key in fr["words"] if not fr["words"][key] or not en["words"][key]]


def test_service_worker_has_the_scope_of_the_page(server: Server) -> None:
    assert server.ask("/desk/sw.js").headers["Service-Worker-Allowed"] == "../"
    assert "Service-Worker-Allowed" not in server.ask("/desk/desk.js").headers


def test_version_follows_files_and_handbook(handbook: Handbook) -> None:
    made = bundle(handbook)
    assert made.version == bundle(handbook).version
    assert json.loads(made.files["papers.json"].plain)["version"] == made.version
    data = json.loads(made.files["sw.js"].plain.split(b"\n")[0].removeprefix(b"const RELAIS = "))
    assert data["version"] == made.version
    assert set(data["files"]) == {"./"} | made.files.keys() - {"index.html", "sw.js"}
    from dataclasses import replace

    fewer = replace(handbook, desks=dict(list(handbook.desks.items())[:1]))
    assert bundle(fewer).version != made.version


ENROLLED = Visitor(workstation="prêt 1")
OWN = {"Sec-Fetch-Site": "same-origin"}


def ask_list(server: Server, kind: str = "items", **more: Any) -> HTTPResponse:
    return server.ask(f"/desk/lists/{kind}", **{"person": ENROLLED, "headers": OWN} | more)


@pytest.fixture
def store(context: AppContext, tmp_path: Path) -> ListStore:
    context.store.lists = ListStore(tmp_path / "lists")
    keep(context.store.lists, {}, {"A1111": KNOWN}, AS_OF)
    return context.store.lists


def test_list_is_sent_to_an_enrolled_workstation_once(server: Server, store: ListStore) -> None:
    first = ask_list(server)
    assert (first.code, first.body) == (200, store.for_browsers(ListKind.ITEMS))
    again = ask_list(server, headers=OWN | {"If-None-Match": first.headers["Etag"]})
    assert (again.code, again.body) == (304, b"")
    store.forget()
    assert ask_list(server).code == 204


@pytest.mark.parametrize(
    "more",
    [{"person": Visitor()}, {"headers": {}}, {"headers": {"Sec-Fetch-Site": "cross-site"}}],
    ids=["not enrolled", "without HTTPS", "another site"],
)
@pytest.mark.usefixtures("store")
def test_list_is_withheld_from_everybody_else(server: Server, more: dict[str, Any]) -> None:
    kept_back = ask_list(server, **more)
    assert (kept_back.code, kept_back.body) == (204, b"")


def test_bundle_is_small(handbook: Handbook) -> None:
    assert sum(
        len(file.packed) for file in bundle(handbook).files.values()
    ) < 95_000 + 10_000 * len(CATALOGUES)


def test_without_comments_strips_only_script_comments(handbook: Handbook) -> None:
    script = (
        b"// A reason.\nconst address = 'https://x' // kept\n  // Another.\nexport { address }\n"
    )
    wanted = b"const address = 'https://x' // kept\nexport { address }\n"
    assert without_comments("a.js", script) == wanted
    assert without_comments("a.css", script) == script


def test_transactions_may_have_a_workstation_report(server: Server) -> None:
    report = {"workstation": "prêt 1", "desk": "MAIL", "what": "storage", "behind_s": 1.5}
    body = json.dumps({"report": report, "transactions": []})
    response = server.ask("/desk/transactions", method="POST", body=body, headers=HERE)
    assert json.loads(response.body)["answers"] == []
    ((check,),) = [[entry.entry for entry in server.context.store.journal.since()]]
    assert isinstance(check, WorkstationCheck)
    assert (check.workstation, check.desk, check.lacks, check.skew_s) == (
        "prêt 1",
        "MAIL",
        "storage",
        1.5,
    )

"""Programs use `/api/outage` on behalf of a named person; a repeated request is recorded once."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tornado.httpclient import HTTPResponse

from dashboard.access.sign_in_rate import OF_ADDRESS
from dashboard.core.context import AppContext
from dashboard.outage.outage_api import LARGEST, outage_api_routes
from procedure.errors import JournalUnwritable
from procedure.outages.outage_entries import OutageRecord
from procedure.records.acts import acts
from tests.support import http, make
from tests.support.clock import NOON, Clock

TOKEN = "a-token-of-more-than-20-signs"
BY = {"workstation": "HTTP", "operator": "A. Favre"}
ID = UUID("aaaaaaaa-0000-4000-8000-000000000001")


@pytest.fixture
def context(context: AppContext) -> AppContext:
    return replace(context, settings=replace(context.settings, outage_token=TOKEN))


def ask(context: AppContext, act: str = "", body: Any = None, token: str = TOKEN) -> HTTPResponse:
    content = body if isinstance(body, bytes | None) else json.dumps(body)
    return http.ask(
        outage_api_routes(lambda: context),
        f"/api/outage{act and '/'}{act}",
        method="GET" if body is None else "POST",
        body=content,
        headers={"Authorization": f"Bearer {token}"},
    )


def done(context: AppContext, act: str, **values: object) -> dict[str, Any]:
    answer = ask(context, act, {"by": "A. Favre"} | values)
    assert answer.code == 200, answer.body
    return json.loads(answer.body)


def refused(context: AppContext, act: str, body: object) -> tuple[int, str]:
    answer = ask(context, act, body)
    return answer.code, json.loads(answer.body)["error"]


def record(context: AppContext) -> OutageRecord:
    context.folds.update()
    return context.folds.outages.records()[-1]


def test_outage_is_declared_messaged_noted_and_ended(context: AppContext, clock: Clock) -> None:
    assert json.loads(ask(context).body) == {"outage": None}
    declared = done(
        context,
        "declare",
        title=" Alma  EU03 ",
        begun="11:48",
        message="Prêtez, SLSP-123456789 attend.",
        next_news="2026-11-24T12:40:00+01:00",
    )
    outage = UUID(declared["id"])
    begun, due = NOON - timedelta(minutes=12), NOON + timedelta(minutes=40)
    assert record(context).declared == make.outage(
        outage, "Alma EU03", at=NOON, begun=begun, internal=True, **BY
    )
    (news,) = record(context).news
    assert news == make.news(
        news.id,
        outage,
        "Prêtez, […] attend.",
        at=NOON,
        next_news=due,
        lending=True,
        internal=True,
        **BY,
    )
    clock.pass_by(minutes=50)
    assert json.loads(ask(context).body)["outage"] == {
        "id": str(outage),
        "title": "Alma EU03",
        "planned": False,
        "begun": "2026-11-24T10:48:00Z",
        "declared": "2026-11-24T11:00:00Z",
        "declared_by": "A. Favre",
        "lending": True,
        "message": "Prêtez, […] attend.",
        "message_at": "2026-11-24T11:00:00Z",
        "next_news": "2026-11-24T11:40:00Z",
        "overdue": True,
        "ended": None,
        "ended_by": None,
        "withdrawn": None,
        "withdrawn_by": None,
        "review": None,
    }
    assert done(context, "message", lending=False)["outage"]["lending"] is False
    assert done(context, "message", message="Encore.")["outage"]["lending"] is False
    done(context, "note", contact="cad")
    ended = done(context, "end", ended="12:30")["outage"]
    assert (ended["ended"], ended["ended_by"]) == ("2026-11-24T11:30:00Z", "A. Favre")
    assert [
        (act.person, act.workstation, act.act) for act in acts(context.store.journal.since())
    ] == [
        ("A. Favre", "HTTP", kind)
        for kind in (
            "outage_declared",
            "outage_news",
            "outage_news",
            "outage_news",
            "outage_noted",
            "outage_ended",
        )
    ]


def test_mistaken_declaration_is_withdrawn(context: AppContext) -> None:
    outage = done(context, "declare", title="Alma", message="Prêtez.")["id"]
    assert refused(context, "withdraw", {"by": "A. Favre"})[0] == 400
    shown = done(context, "withdraw", reason="one workstation")["outage"]
    assert (shown["id"], shown["lending"]) == (outage, False)
    assert (shown["withdrawn"], shown["withdrawn_by"]) == ("2026-11-24T11:00:00Z", "A. Favre")
    assert json.loads(ask(context).body) == {"outage": None}
    assert refused(context, "withdraw", {"by": "A. Favre", "reason": "again"})[0] == 409


def test_overlapping_outage_is_named_before_it_is_recorded(context: AppContext) -> None:
    done(context, "declare", title="Alma", begun="11:30")
    done(context, "end")
    second = {"by": "A. Favre", "title": "Réseau", "begun": "11:45"}
    code, why = refused(context, "declare", second)
    assert (code, "The outage would overlap Alma" in why) == (409, True)
    assert ask(context, "declare", second | {"anyway": True}).code == 200


def test_outage_is_returned_in_the_requested_language(context: AppContext) -> None:
    outage = make.id_of(1)
    words = {"fr": "Prêtez.", "en": "Lend."}
    context.store.journal.append(
        make.outage(1, at=NOON), make.news(2, outage, "Prêtez.", at=NOON, words=words)
    )

    def message(query: str = "", **headers: str) -> str:
        answer = http.ask(
            outage_api_routes(lambda: context),
            f"/api/outage{query}",
            headers={"Authorization": f"Bearer {TOKEN}"} | headers,
        )
        return json.loads(answer.body)["outage"]["message"]

    assert [message(), message("?lang=en"), message("?lang=de")] == ["Prêtez.", "Lend.", "Prêtez."]


def test_reused_id_with_other_content_is_refused(context: AppContext, clock: Clock) -> None:
    declared = {"by": "A. Favre", "title": "Alma", "message": "Prêtez.", "id": str(ID)}
    assert ask(context, "declare", declared).code == 200
    clock.pass_by(minutes=5)
    again = json.loads(ask(context, "declare", declared).body)
    assert again["repeated"] is True
    for other in (
        {"title": "Réseau"},
        {"message": "Non."},
        {"by": "B. Blanc"},
        {"begun": "11:30"},
    ):
        code, why = refused(context, "declare", declared | other)
        assert (code, "used for something else" in why) == (409, True)


def test_outage_can_be_reviewed_during_another_one(context: AppContext, clock: Clock) -> None:
    first = done(context, "declare", title="Alma")["id"]
    done(context, "end")
    clock.pass_by(days=1)
    done(context, "declare", title="Réseau")
    done(context, "review", outage=first, happened="Two links.\nSLSP-123456789", noticed="11:48")
    reviewed = done(context, "review", outage=first, change="é" * 4000)["outage"]["review"]
    assert reviewed == {
        "happened": "Two links.\n[…]",
        "noticed": "11:48",
        "change": "é" * 4000,
        "at": "2026-11-25T11:00:00Z",
        "by": "A. Favre",
    }
    assert refused(context, "review", {"by": "A.", "outage": first, "noticed": "11:48"})[0] == 400
    assert refused(context, "review", {"by": "A.", "change": "B", "outage": "none"})[0] == 404


def test_repeated_request_is_recorded_once(context: AppContext) -> None:
    ids = {act: str(uuid4()) for act in ("message", "note", "end")}
    first = done(context, "declare", id=str(ID), title="Alma", message="Prêtez.")
    written = context.store.journal.position()
    again = done(context, "declare", id=str(ID), title="Alma", message="Prêtez.")
    assert (first["id"], first["repeated"], again["repeated"]) == (str(ID), False, True)
    assert again["outage"] == first["outage"]
    assert (written, context.store.journal.position()) == (2, 2)
    for act, values in (("message", {"message": "Encore."}), ("note", {"text": "ticket"})):
        assert not done(context, act, id=ids[act], **values)["repeated"]
        assert done(context, act, id=ids[act], **values)["repeated"]
    done(context, "end", id=ids["end"])
    assert done(context, "end", id=ids["end"])["repeated"]
    assert context.store.journal.position() == 5
    assert refused(context, "end", {"by": "A.", "id": ids["note"]})[0] == 409


def test_id_of_another_entry_is_refused(context: AppContext) -> None:
    context.store.journal.append(make.loan(ID, at=NOON))
    status, why = refused(context, "declare", {"by": "A.", "title": "Alma", "id": str(ID)})
    assert (status, why) == (
        409,
        "This id has already been used for something else: generate a new one.",
    )
    assert context.store.journal.position() == 1


@pytest.mark.parametrize(
    ("act", "body", "status", "why"),
    [
        ("declare", {"title": "Alma"}, 400, 'name the person on whose behalf this is done: "by"'),
        ("declare", {"by": " ", "title": "Alma"}, 400, "name the person"),
        ("declare", {"by": "A\u0007", "title": "Alma"}, 400, "Say who is doing this"),
        ("declare", {"by": "A.", "title": " "}, 400, "Name the outage, for example: loans"),
        ("declare", {"by": "A.", "title": "x" * 301}, 400, "Write at most 300 characters"),
        ("declare", {"by": "A.", "title": "Alma", "begun": "soon"}, 400, "Enter the time as"),
        (
            "declare",
            {"by": "A.", "title": "A", "begun": "2026-11-24T13:00+01:00"},
            400,
            "must not be in the future",
        ),
        (
            "declare",
            {"by": "A.", "title": "A", "begun": "2020-01-01T00:00Z"},
            400,
            "Enter the time",
        ),
        (
            "declare",
            {"by": "A.", "title": "A", "begun": "0001-01-01T00:00+09:00"},
            400,
            "Enter the",
        ),
        ("declare", {"by": "A.", "titel": "Alma"}, 400, "unknown field `titel`"),
        ("declare", {"by": "A.", "title": 1}, 400, "Expected `str`"),
        ("declare", {"by": "A.", "title": "Alma", "id": "1"}, 400, "Invalid UUID"),
        ("declare", ["A."], 400, "Expected `object`"),
        ("declare", b"{", 400, "send a JSON object"),
        ("declare", b"[" * 10_000, 400, "send a JSON object"),
        ("declare", b'{"by": "\xff"}', 400, "send a JSON object"),
        ("declare", b" " * (LARGEST + 1), 413, "send at most 80 kB"),
        ("message", {"by": "A.", "message": "Encore."}, 409, "No outage is declared"),
        (
            "note",
            {"by": "A.", "contact": "mairie"},
            400,
            "mairie is not a contact in the handbook; its contacts are: ",
        ),
        ("end", {"by": "A."}, 409, "No outage is declared: declare one first."),
        ("review", {"by": "A.", "change": "Call."}, 404, "no outage has been declared"),
    ],
)
def test_refused_request_says_what_to_do(
    context: AppContext, act: str, body: object, status: int, why: str
) -> None:
    found, error = refused(context, act, body)
    assert (found, why in error) == (status, True), error
    assert context.store.journal.position() == 0


def test_second_declaration_is_refused(context: AppContext) -> None:
    done(context, "declare", title="Alma")
    status, why = refused(context, "declare", {"by": "B.", "title": "Alma"})
    assert (status, why.startswith("An outage has already been declared")) == (409, True)


def test_token_is_required_and_wrong_ones_are_limited(context: AppContext, clock: Clock) -> None:
    routes = outage_api_routes(lambda: context)

    def status(token: str) -> int:
        given = {"Authorization": token} if token else {}
        return http.ask(routes, "/api/outage", headers=given).code

    tokens = ["", f"bearer {TOKEN}", f"Bearer {TOKEN}x", "Bearer ü", f"Bearer {TOKEN}"]
    assert [status(token) for token in tokens] == [401, 401, 401, 401, 200]
    assert [status("Bearer wrong") for _ in range(6)] == [401] * 5 + [429]
    assert status(f"Bearer {TOKEN}") == 200
    for number in range(OF_ADDRESS):
        status(f"Bearer {number}")
    assert status(f"Bearer {TOKEN}") == 429
    clock.pass_by(minutes=15)
    assert status(f"Bearer {TOKEN}") == 200


def test_nobody_acts_without_a_token_in_the_settings(context: AppContext) -> None:
    context = replace(context, settings=replace(context.settings, outage_token=""))
    for token in ("", "None", TOKEN):
        answer = ask(context, "declare", {"by": "A.", "title": "Alma"}, token)
        assert (answer.code, "RELAIS_OUTAGE_TOKEN" in str(answer.body)) == (403, True)
    assert context.store.journal.position() == 0


def test_unwritable_database_is_reported(
    context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*entries: object, **more: object) -> None:
        raise JournalUnwritable("disk full at /srv/secret")

    monkeypatch.setattr(context.store.journal, "append", full)
    status, why = refused(context, "declare", {"by": "A.", "title": "Alma"})
    assert (status, "nothing was changed" in why, "secret" in why) == (503, True, False)

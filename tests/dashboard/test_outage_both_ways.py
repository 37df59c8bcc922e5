"""One outage by the page, another by commands and HTTP alone: their dossiers say the same."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.dossier.html import as_html, as_markdown
from dashboard.outage_api import outage_api_routes
from dashboard.translations import language
from procedure import open_records
from procedure.handbook.services import services
from procedure.io.database.database import Database, open_database
from procedure.outages.dossier import read_dossier
from tests.dashboard.conftest import Clock
from tests.support import http, make, page_models
from tests.support.cli import run_relais

TOKEN = "a-token-of-more-than-20-signs"
SAID = "Alma ne répond pas. Prêtez en secours, SLSP-123456789 attend."
# How something was done, and its ids: where the two may differ.
WAY = ["outage", "id", "workstation"]


@pytest.fixture
def databases(tmp_path: Path, clock: Clock) -> Iterator[list[Database]]:
    """Two databases with the same loans: one for the page, one for commands and HTTP."""
    opened = [
        open_database(f"sqlite:///{tmp_path / name}.sqlite3", now=clock)
        for name in ("page", "programs")
    ]
    for database in opened:
        database.journal.append(
            *(make.loan(number, f"10603488{number}", at=clock.at) for number in range(10, 14))
        )
    yield opened
    for database in opened:
        database.close()


def by_page(context: AppContext, clock: Clock) -> None:
    outage = page_models.outage_of(context, Session(workstation="pc-1", signer="A. Favre"))
    outage.declare("Alma EU03", begun="11:48", message=SAID, news="12:40")
    clock.pass_by(minutes=35)
    outage.note("ticket 4711", "cad")
    outage.say("Toujours en panne.", news="13:30", lending=True)
    clock.pass_by(minutes=30)
    outage.note("Le CMU a été appelé.")
    outage.say("", lending=False)
    clock.pass_by(minutes=10)
    outage.end("13:10")


def by_programs(context: AppContext, clock: Clock, url: str) -> None:
    def relais(*words: str) -> None:
        done = run_relais("outage", *words, "--by", "A. Favre", RELAIS_DATABASE_URL=url)
        assert done.exit_code == 0, done.output

    def ask(act: str, **values: Any) -> None:
        body = json.dumps({"by": "A. Favre"} | values)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        routes = outage_api_routes(lambda: context)
        path = f"/api/outage/{act}"
        answer = http.ask(routes, path, method="POST", body=body, headers=headers)
        assert answer.code == 200, answer.body

    relais("declare", "Alma EU03", "--begun", "11:48", "--message", SAID, "--next-news", "12:40")
    clock.pass_by(minutes=35)
    ask("note", text="ticket 4711", contact="cad")
    ask("message", message="Toujours en panne.", next_news="2026-11-24T13:30+01:00")
    clock.pass_by(minutes=30)
    relais("note", "Le CMU a été appelé.")
    relais("message", "--no-lend")
    clock.pass_by(minutes=10)
    ask("end", ended="2026-11-24T12:10:00Z")


def dossiers(context: AppContext) -> list[str]:
    """Return the dossier as pages and as Markdown, without the workstations."""
    context.models.update()
    (record,) = context.models.outages.records()
    found = read_dossier(
        record.declared.id,
        context.journal,
        context.history,
        context.handbook.scans,
        now=context.now() + timedelta(hours=1),
        services=services(context.handbook),
    )
    assert found is not None
    texts = [
        render(found, context.handbook, language(code))
        for render in (as_html, as_markdown)
        for code in ("fr", "en", "de")
    ]
    return [re.sub(r"(<td>|\| )(?:pc-1|HTTP)?(</td>| ?\|)", r"\1\2", text) for text in texts]


def tables(url: str, clock: Clock) -> dict[str, str]:
    """Return what was declared, said and lent as CSV, without the way it was done."""
    until = clock.at + timedelta(hours=1)
    with open_records(url, until=until, identifiers=("operator", "patron")) as records:
        frames = {
            name: getattr(records, name) for name in ("declared", "messages", "notes", "loans")
        }
    return {
        name: frame.drop(columns=[column for column in WAY if column in frame]).to_csv()
        for name, frame in frames.items()
    }


def test_outage_by_page_and_by_programs_have_the_same_dossier(
    context: AppContext,
    clock: Clock,
    databases: list[Database],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dashboard.cli.outage.recorded.utc_now", clock)
    settings = replace(context.settings, outage_token=TOKEN)
    contexts = [
        AppContext(settings, context.handbook, base.journal, base.history, context.watch, clock)
        for base in databases
    ]
    urls = [f"sqlite:///{tmp_path / name}.sqlite3" for name in ("page", "programs")]
    noon = clock.at
    by_page(contexts[0], clock)
    clock.at = noon
    by_programs(contexts[1], clock, urls[1])
    page, programs = map(dossiers, contexts)
    assert page == programs
    assert "ticket 4711" in page[0]
    assert "[…] attend." in page[0]
    found = [tables(url, clock) for url in urls]
    assert found[0] == found[1]
    assert [len(table.splitlines()) - 1 for table in found[0].values()] == [1, 3, 2, 4]

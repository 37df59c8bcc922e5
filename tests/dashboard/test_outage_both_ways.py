"""A whole outage leaves the same records through the page as through commands and HTTP.

Each outage is declared, ended, reviewed, reconciled, signed and exported.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import pytest

from dashboard.core.context import AppContext
from dashboard.core.library_settings import apply_library_settings
from dashboard.core.session import Session
from dashboard.dossier.handler import DossierHandler
from dashboard.outage.outage_api import outage_api_routes
from dashboard.reconciliation.alma_actions import AlmaChecks
from dashboard.reconciliation.job_reports import JobReports
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.reconciliation.offline_files import OfflineFiles
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.row_repair import RowRepair
from procedure import open_records
from procedure.handbook.library import LibrarySettings
from procedure.io.clock import new_uuid7
from procedure.io.database.database import Database, open_database
from procedure.reconciliation.corrections import resolve_loan
from procedure.reconciliation.offline_file_export import rewritten
from procedure.reconciliation.reconciled_loan import ReconciliationState
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from procedure.simulation.alma.server import FakeAlma
from procedure.simulation.alma.world import AlmaUser, Desk, Item, Stock, World
from tests.support import http, make, page_models
from tests.support.cli import run_relais
from tests.support.clock import Clock
from tests.support.context import make_context, parts_of

TOKEN = "a-token-of-more-than-20-signs"
SAID = "Alma ne répond pas. Prêtez en secours, SLSP-123456789 attend."
WHY = "Deux liaisons coupées.\nSLSP-123456789 avait un livre."
ITEMS = [f"10603488{number}" for number in range(10, 14)]
# Command modules that read the clock themselves.
COMMANDS = (
    "open_database",
    "outage",
    "loans.export",
    "write_dossier",
    "records.export",
    "reconcile.check",
    "reconcile.upload_result",
    "reconcile.sign",
)
# The allowed differences: the origin of an action, and the ids.
WAYS = re.compile(r'(?:, )?(?:<span class="nb">)?\b(?:pc-1|HTTP|shell)\b(?:</span>)?')
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=_)[0-9a-f]{8}(?=\.dat)")


class Way(Protocol):
    """The actions of staff during an outage, either on the page or through programs."""

    def declare(self, title: str, begun: str, message: str, news: str) -> None: ...
    def say(self, message: str, news: str) -> None: ...
    def stop_lending(self) -> None: ...
    def note(self, text: str, contact: str | None = None) -> None: ...
    def end(self, ended: str) -> None: ...
    def review(self, happened: str, noticed: str, change: str) -> None: ...
    def write_file(self) -> tuple[str, bytes]: ...
    def record_report(self, report: str) -> None: ...
    def verify(self, loans: bytes) -> None: ...
    def settle_refused(self, how: str) -> None: ...
    def sign(self) -> None: ...
    def dossier(self, language: str) -> str: ...


class Page:
    """The page's actions in a browser, and its downloads."""

    def __init__(self, context: AppContext) -> None:
        self.context = context
        session = Session(workstation="pc-1", signer="A. Favre")
        self.outage = page_models.outage_of(context, session)
        self.note, self.end, self.review = self.outage.note, self.outage.end, self.outage.review
        ledger = ReconciliationLedger(context)
        ledger.at_once = True
        self.progress = ReconciliationProgress(ledger=ledger, session=session)
        self.sign = self.progress.sign

    def declare(self, title: str, begun: str, message: str, news: str) -> None:
        self.outage.declare(title, begun=begun, message=message, news=news)

    def say(self, message: str, news: str) -> None:
        self.outage.send_message({"fr": message}, news=news, lending=True)

    def stop_lending(self) -> None:
        self.outage.send_message({}, lending=False)

    def write_file(self) -> tuple[str, bytes]:
        self.progress.update()
        OfflineFiles(progress=self.progress).write()
        log = self.progress.ledger.reconciled.log
        (export,) = log.exports
        return export.name, rewritten(log, export)

    def record_report(self, report: str) -> None:
        reports = JobReports(progress=self.progress)
        reports.read([report])
        assert reports.record() == 1

    def verify(self, loans: bytes) -> None:
        AlmaChecks(progress=self.progress).verify_by_list(loans)

    def settle_refused(self, how: str) -> None:
        assert self.progress.overview is not None
        refused = [row.loan.id for row in self.progress.overview.to_settle]
        RowRepair(progress=self.progress).settle_all(refused, how)

    def dossier(self, language: str) -> str:
        (record,) = self.context.folds.outages.records()
        routes = [(r"/dossier/(.*)", DossierHandler, {"context": lambda: self.context})]
        path = f"/dossier/{record.declared.id}?lang={language}&download=1"
        return http.ask(routes, path).body.decode()


@dataclass
class Programs:
    """Commands, and requests with the token."""

    context: AppContext
    url: str
    folder: Path

    def relais(self, *words: str) -> str:
        done = run_relais(*words, RELAIS_DATABASE_URL=self.url)
        assert done.exit_code in (0, 3), done.output  # 3 means that there is work left to do
        return done.stdout

    def outage(self, *words: str) -> None:
        self.relais("outage", *words, "--by", "A. Favre")

    def ask(self, act: str, **values: Any) -> None:
        answer = http.ask(
            outage_api_routes(lambda: self.context),
            f"/api/outage{act}",
            method="POST",
            body=json.dumps({"by": "A. Favre"} | values),
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
        assert answer.code == 200, answer.body

    def declare(self, title: str, begun: str, message: str, news: str) -> None:
        self.outage("declare", title, "--begun", begun, "--message", message, "--next-news", news)

    def say(self, message: str, news: str) -> None:
        self.ask("/message", message=message, next_news=f"2026-11-24T{news}+01:00")

    def stop_lending(self) -> None:
        self.outage("message", "--no-lend")

    def note(self, text: str, contact: str | None = None) -> None:
        self.ask("/note", text=text, contact=contact)

    def end(self, ended: str) -> None:
        self.ask("/end", ended=f"2026-11-24T{ended}+01:00")

    def review(self, happened: str, noticed: str, change: str) -> None:
        self.outage("review", "--happened", happened, "--noticed", noticed, "--change", change)

    def write_file(self) -> tuple[str, bytes]:
        self.relais("loans", "export", "--out", str(self.folder), "--by", "A. Favre")
        (file,) = self.folder.glob("MAIL*")
        return file.name, file.read_bytes()

    def record_report(self, report: str) -> None:
        (self.folder / "report.txt").write_text(report)
        (sent,) = self.folder.glob("MAIL*")
        words = ("report", str(self.folder / "report.txt"), "--export", sent.name)
        self.relais("reconcile", *words, "--by", "A. Favre")

    def verify(self, loans: bytes) -> None:
        (self.folder / "loans.csv").write_bytes(loans)
        self.relais("reconcile", "verify", "--loans", str(self.folder / "loans.csv"))

    def settle_refused(self, how: str) -> None:
        # Only the page can do this.
        with open_database(self.url, now=self.context.clock.now) as database:
            log = ReconciliationLog(database.journal.since())
            by = {"at": self.context.clock.now(), "operator": "A. Favre"}
            entries = [
                resolve_loan(log, row.loan.id, how, entry_id=new_uuid7(), **by)
                for row in log.rows()
                if row.state is ReconciliationState.REFUSED
            ]
            database.journal.append(*entries)

    def sign(self) -> None:
        self.relais("reconcile", "sign", "--by", "A. Favre")

    def dossier(self, language: str) -> str:
        out = self.folder / f"{language}.html"
        self.relais("dossier", "last", "--out", str(out), "--language", language)
        return out.read_text()


def alma() -> FakeAlma:
    """Return a stand-in for Alma that has all items except the last."""
    items = [Item(code, f"23{code}", f"99{code}", f"22{code}", "MAIN") for code in ITEMS[:-1]]
    users = [AlmaUser("anna", (("01", "2071234567"),))]
    return FakeAlma(World(Stock(items, users, [Desk("MAIL", "MAIN")])))


def whole_outage(way: Way, clock: Clock) -> list[str]:
    """Take an outage from its declaration to the signature; return its dossier in each language."""
    way.declare("Alma EU03", "11:48", SAID, "12:40")
    clock.pass_by(minutes=35)
    way.note("ticket 4711", "cad")
    way.say("Toujours en panne.", "13:30")
    clock.pass_by(minutes=30)
    way.note("Le CMU a été appelé.")
    way.stop_lending()
    clock.pass_by(minutes=10)
    way.end("13:10")
    way.review(WHY, "11:48, au guichet", "Appeler plus tôt.")
    clock.pass_by(minutes=20)
    name, content = way.write_file()
    way.record_report(alma().upload("MAIL", content, name))
    way.verify("\n".join(["Barcode,User", *(f"{code},anna" for code in ITEMS[:-1])]).encode())
    way.settle_refused("prêté à la main")
    way.sign()
    clock.pass_by(days=1)
    return [way.dossier(language) for language in ("fr", "en", "de")]


def without_the_way(text: str) -> str:
    """Remove the origins of actions, and number the ids in order of appearance."""
    order = {found: str(number) for number, found in enumerate(dict.fromkeys(ID.findall(text)))}
    return WAYS.sub("", ID.sub(lambda found: order[found[0]], text))


@pytest.fixture(autouse=True)
def library(context: AppContext) -> Iterator[None]:
    """Apply the handbook's library settings, as servers and commands do."""
    apply_library_settings(context.handbook.current.library)
    yield
    apply_library_settings(LibrarySettings())


@pytest.fixture
def databases(tmp_path: Path, clock: Clock) -> Iterator[dict[str, Database]]:
    """Two databases with the same loans: one for the page, one for commands and HTTP."""
    opened: dict[str, Database] = {}
    for name in ("page", "programs"):
        database = open_database(f"sqlite:///{tmp_path / name}.sqlite3", now=clock)
        loans = (make.loan(at, code, at=clock.at) for at, code in enumerate(ITEMS, 10))
        database.journal.append(*loans)
        opened[name] = database
    yield opened
    for database in opened.values():
        database.close()


def test_outage_by_page_or_by_program_leaves_the_same_records(
    context: AppContext,
    clock: Clock,
    databases: dict[str, Database],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in COMMANDS:
        monkeypatch.setattr(import_module(f"dashboard.cli.{module}"), "utc_now", clock)
    settings = replace(context.settings, outage_token=TOKEN)
    contexts = {
        name: make_context(
            clock,
            context.handbook.current,
            settings=settings,
            watch=context.watches.probes,
            **parts_of(base),
        )
        for name, base in databases.items()
    }
    url = f"sqlite:///{tmp_path}/{{}}.sqlite3"
    noon, folder = clock.at, tmp_path / "files"
    folder.mkdir()
    programs = Programs(contexts["programs"], url.format("programs"), folder)
    by_page = whole_outage(Page(contexts["page"]), clock)
    clock.at = noon
    by_programs = whole_outage(programs, clock)
    for page, text in zip(by_page, by_programs, strict=True):
        assert without_the_way(page) == without_the_way(text)
    french = by_page[0]
    for said in (
        "ticket 4711",
        "[…] attend.",
        "A. Favre",
        "Appeler plus tôt.",
    ):
        assert said in french
    assert "123456789" not in french

    names = ("operator", "patron")
    records = open_records(url.format("page"), until=clock.at, outage="last", identifiers=names)
    with records:
        records.export(tmp_path / "by-page", "csv")
    shown = [word for name in names for word in ("--identifiers", name)]
    form = ("--format", "csv", "--outage", "last", "--by", "A. Favre")
    programs.relais("records", "export", str(tmp_path / "by-programs"), *form, *shown)
    page, texts = (
        {file.name: without_the_way(file.read_text()) for file in (tmp_path / way).glob("*.csv")}
        for way in ("by-page", "by-programs")
    )
    for name, table in page.items():
        assert table == texts[name], name
    assert len(page["loans.csv"].splitlines()) == 5

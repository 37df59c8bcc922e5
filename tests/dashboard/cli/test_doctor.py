"""`relais doctor` reports each check as ok, a warning or a fault."""

import json
import shutil
import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from dashboard.cli import relais
from dashboard.cli.doctor.machine import SAFE_SQLITE
from procedure.io.clock import utc_now
from procedure.io.database.database import open_database
from procedure.io.database.state_file import Backup, remember_backup
from procedure.io.spool.spool import spool_base
from procedure.readiness.workstation_check import WorkstationCheck
from tests.dashboard.cli.test_serve import COMMANDS, answer, serving
from tests.support.cli import run_relais
from tests.support.handbooks import changed
from tests.ui.conftest import TARGETS, Standins, free_port, handbook_over

GERMAN = Path(__file__).parents[2] / "handbooks" / "good-german"
Line = tuple[str, str, str]
Run = Callable[..., Result]


@pytest.fixture
def standins() -> Iterator[Standins]:
    made = Standins()
    yield made
    made.stop()


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Use a SQLite file, because a database server's disk and backups are not checked."""
    return f"sqlite:///{tmp_path / 'relais.sqlite3'}"


@pytest.fixture
def run_doctor(tmp_path: Path, standins: Standins, run: Run) -> Run:
    """Return a function that runs `relais doctor`.

    The command has its own database, and stand-ins for Alma's API and the targets.
    """
    ready = {
        "RELAIS_HANDBOOK": str(handbook_over(standins, tmp_path / "handbook")),
        "RELAIS_PORT": str(free_port()),
    }
    return lambda *words, **more: run("doctor", *words, **(ready | more))


def lines(result: Result) -> list[Line]:
    rows = map(json.loads, result.output.splitlines())
    return [(row["level"], row["check"], row["message"]) for row in rows]


def only(result: Result, check: str) -> list[tuple[str, str]]:
    return [(level, message) for level, name, message in lines(result) if name == check]


@pytest.fixture(autouse=True)
def newest_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", SAFE_SQLITE)


def test_doctor_warns_of_an_old_sqlite(run_doctor: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 2))
    assert only(run_doctor("--json"), "database")[1:] == [
        (
            "warning",
            "SQLite 3.51.2 is older than 3.51.3, which fixed a rare bug in the write-ahead log. "
            "Relais writes through a single connection, so it is unlikely to hit the bug; still, "
            "update SQLite when you can.",
        )
    ]
    other = run_doctor("--json", RELAIS_DATABASE_URL="postgresql://127.0.0.1:9/relais")
    assert [level for level, _ in only(other, "database")] == ["fault"]


def test_doctor_on_a_ready_machine(run_doctor: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'relais.sqlite3'}"
    open_database(url, role="server", now=utc_now).close()
    result = run_doctor("--json")
    assert [(level, check) for level, check, _ in lines(result)] == [
        ("ok", "settings"),
        ("ok", "handbook"),
        ("warning", "handbook"),
        ("warning", "alerts"),
        ("ok", "database"),
        ("warning", "workstations"),
        ("warning", "backup"),
        ("warning", "drill"),
        ("warning", "contacts"),
        ("ok", "backups"),
        ("ok", "spool"),
        ("ok", "disk"),
        ("ok", "address"),
        ("warning", "certificate"),
        ("ok", "network"),
        ("ok", "clock"),
        ("ok", "Alma"),
    ]
    assert only(result, "database") == [("ok", "0 entries in the journal")]
    assert only(result, "network") == [("ok", f"{len(TARGETS)} of {len(TARGETS)} targets answer")]
    assert result.exit_code == 0


def test_doctor_workstations_and_last_backup(run_doctor: Run, tmp_path: Path) -> None:
    file = tmp_path / "relais.sqlite3"
    check = WorkstationCheck(UUID(int=1), utc_now(), "prêt 1", "MAIL", "https", 0.1, utc_now())
    with open_database(f"sqlite:///{file}", now=utc_now) as database:
        database.journal.append(check)
    remember_backup(file, Backup(tmp_path / "kept.sqlite3", utc_now(), 1))
    result = run_doctor("--json")
    assert [level for level, _ in only(result, "backup")] == ["ok"]
    assert only(result, "https") == [
        (
            "warning",
            "1 workstation opens Relais without HTTPS: without the server, it cannot reopen it. "
            "Put an HTTPS server in front of Relais, then change their bookmarks.",
        )
    ]
    assert only(result, "workstations") == [
        (
            "warning",
            "0 of 1 workstations are ready. "
            "Open Relais on each workstation, scan a card in Loans, then press Escape.",
        )
    ]


def test_doctor_reports_a_database_server_without_fsync(run_doctor: Run, postgres_url: str) -> None:
    open_database(postgres_url, role="server", now=utc_now).close()
    result = run_doctor("--json", RELAIS_DATABASE_URL=postgres_url)
    [(level, message)] = only(result, "database")
    assert (level, message.partition(":")[0]) == (
        "fault",
        "The database server runs with fsync and full_page_writes off",
    )
    assert result.exit_code == 1


def test_doctor_folder_of_automatic_backups(run_doctor: Run, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "relais-20261124T090000Z.sqlite3").touch()
    result = run_doctor("--json", RELAIS_BACKUPS=str(folder))
    text = f"the server makes backups during an outage: 1 in {folder}"
    assert only(result, "backups") == [("ok", text)]
    file = tmp_path / "file"
    file.touch()
    result = run_doctor("--json", RELAIS_BACKUPS=str(file / "backups"))
    text = (
        f"The backup folder {file / 'backups'} cannot be written to (permission denied): "
        "check its permissions, or name another in RELAIS_BACKUPS."
    )
    assert only(result, "backups") == [("warning", text)]
    result = run_doctor("--json", RELAIS_BACKUPS_KEPT="0")
    text = "RELAIS_BACKUPS_KEPT=0: the server makes no backups"
    assert only(result, "backups") == [("warning", text)]


def test_doctor_spool(run_doctor: Run, tmp_path: Path) -> None:
    text = "the spool is beside the database: set RELAIS_SPOOL to a folder on another disk"
    assert only(run_doctor("--json"), "spool") == [("ok", text)]
    folder = tmp_path / "spool"
    folder.mkdir()
    text = f"{folder} can store loans while the database cannot"
    assert only(run_doctor("--json", RELAIS_SPOOL=str(folder)), "spool") == [("ok", text)]
    base = spool_base(f"sqlite:///{tmp_path / 'relais.sqlite3'}", folder)
    base.with_name(f"{base.name}-00000001.spool").touch()
    text = f"loans in {folder} are waiting for the database: start the server"
    assert only(run_doctor("--json", RELAIS_SPOOL=str(folder)), "spool") == [("warning", text)]
    damaged = base.with_name(f"{base.name}-00000001.spool.damaged")
    damaged.touch()
    text = f"unreadable lines in {damaged}: keep the files"
    assert only(run_doctor("--json", RELAIS_SPOOL=str(folder)), "spool") == [("warning", text)]


def test_doctor_as_a_table(run_doctor: Run) -> None:
    first, *_, last = run_doctor().output.splitlines()
    assert first == "ok       settings     valid"
    assert last == "ok       Alma         the API accepts the key"


def test_doctor_stops_at_unusable_settings() -> None:
    wrong = {"RELAIS_PORT": "x", "RELAIS_LANGUAGE": "x"}
    result = CliRunner().invoke(relais, ["doctor", "--json"], env=wrong)
    assert [(level, check, text.split("=")[0]) for level, check, text in lines(result)] == [
        ("fault", "settings", "RELAIS_LANGUAGE"),
        ("fault", "settings", "RELAIS_PORT"),
    ]
    assert result.exit_code == 1


def test_doctor_names_a_language_without_words(run_doctor: Run) -> None:
    result = run_doctor("--json", RELAIS_HANDBOOK=str(GERMAN), RELAIS_LANGUAGE="fr")
    (valid, unoffered) = only(result, "settings")
    assert valid == ("ok", "valid")
    assert unoffered[0] == "warning"
    assert unoffered[1].startswith(
        "RELAIS_LANGUAGE='fr': the handbook has no words in this language"
    )


def test_doctor_names_an_unknown_time_zone(run_doctor: Run) -> None:
    unknown = only(run_doctor("--json", TZ="Europe/Genf"), "settings")[1]
    assert unknown[0] == "warning"
    assert unknown[1].startswith('TZ="Europe/Genf" is not a time zone')
    for known in ("Europe/Zurich", ":Europe/Zurich", "CET-1CEST,M3.5.0,M10.5.0/3", "UTC"):
        assert only(run_doctor("--json", TZ=known), "settings") == [("ok", "valid")]


def test_doctor_lists_every_fault_of_a_handbook(run_doctor: Run, tmp_path: Path) -> None:
    folder = changed(tmp_path / "bad", ("steps.toml", 'no = "A2"', 'no = "C1"'))
    result = run_doctor("--json", RELAIS_HANDBOOK=str(folder))
    assert {level for level, _ in only(result, "handbook")} == {"fault"}
    assert lines(result)[-1][1] == "handbook"
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("state", "warnings"),
    [
        ("current", []),
        ("faulty", ["the running server still uses the handbook from before these faults"]),
        (
            "restart",
            ["restart the server: the system, zone or languages in library.toml have changed"],
        ),
    ],
)
def test_doctor_reports_the_running_servers_state_of_the_handbook(
    run_doctor: Run, tmp_path: Path, state: str, warnings: list[str]
) -> None:
    class Readyz(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"handbook": state}).encode())

        def log_message(self, *args: object) -> None:
            pass

    folder = changed(tmp_path / "bad", ("steps.toml", 'no = "A2"', 'no = "C1"'))
    with HTTPServer(("127.0.0.1", 0), Readyz) as served:
        Thread(target=served.serve_forever, daemon=True).start()
        result = run_doctor(
            "--json",
            RELAIS_HANDBOOK=str(folder),
            RELAIS_ADDRESS="127.0.0.1",
            RELAIS_PORT=str(served.server_port),
        )
        served.shutdown()
    assert [
        message for level, message in only(result, "handbook") if level == "warning"
    ] == warnings


def test_doctor_without_a_database_creates_none(run_doctor: Run, tmp_path: Path) -> None:
    result = run_doctor("--json")
    message = "there is no database yet: relais serve creates one"
    assert only(result, "database") == [("warning", message)]
    assert not (tmp_path / "relais.sqlite3").exists()
    assert result.exit_code == 0


def test_doctor_database_of_another_program(run_doctor: Run, tmp_path: Path) -> None:
    (tmp_path / "relais.sqlite3").write_bytes(b"not a database at all" * 100)
    result = run_doctor("--json")
    assert [level for level, _ in only(result, "database")] == ["fault"]
    assert result.exit_code == 1


def test_doctor_silent_alma_is_a_warning(run_doctor: Run, standins: Standins) -> None:
    standins.only("alma-saml", "alma-secours")
    result = run_doctor("--json")
    assert only(result, "network") == [
        ("ok", f"{len(TARGETS) - 2} of {len(TARGETS)} targets answer"),
        ("warning", "these do not answer: alma-saml, alma-secours"),
    ]
    assert result.exit_code == 0


def test_doctor_on_a_cut_off_machine(run_doctor: Run, standins: Standins) -> None:
    standins.only(*TARGETS, status=0)
    result = run_doctor("--json")
    assert only(result, "network")[0] == (
        "fault",
        "the external site does not answer: is this machine offline or behind a proxy?",
    )
    message = "no external site gave the time, so this machine's clock was not compared"
    assert only(result, "clock") == [("warning", message)]
    assert result.exit_code == 1


def test_doctor_clock_an_hour_ahead(run_doctor: Run, monkeypatch) -> None:
    theirs = format_datetime(utc_now() - timedelta(hours=1), usegmt=True)
    monkeypatch.setattr(BaseHTTPRequestHandler, "date_time_string", lambda *_: theirs)
    result = run_doctor("--json")
    ((level, message),) = only(result, "clock")
    seconds, rest = message.split(" ", 1)
    assert level == "fault"
    assert int(seconds) == pytest.approx(3600, abs=60)
    assert rest == "s ahead: loans get this machine's time; set it with NTP"
    assert result.exit_code == 1


def test_doctor_port_of_another_program(run_doctor: Run, standins: Standins) -> None:
    port = standins.url.rpartition(":")[2]
    result = run_doctor("--json", RELAIS_PORT=port, RELAIS_ADDRESS="127.0.0.1")
    ((level, message),) = only(result, "address")
    assert level == "fault"
    assert f"RELAIS_PORT={port}" in message
    assert result.exit_code == 1


def test_doctor_port_of_relais_behind_a_proxy(run_doctor: Run, tmp_path: Path) -> None:
    port = free_port()
    words = [*COMMANDS["relais"], "--origin", "relais.example.ch", "--prefix", "relais"]
    account = ("user", "add", "anne", "--role", "coordinator", "--password-stdin")
    url = f"sqlite:///{tmp_path / 'relais.sqlite3'}"
    run_relais(*account, "--database", url, text="quatre mots faciles")
    with serving(words, tmp_path, port, RELAIS_TRUSTED_PROXIES="127.0.0.1"):
        assert answer(port, "/relais/healthz")[0] == 200
        result = run_doctor("--json", RELAIS_PORT=str(port))
        elsewhere = run_doctor("--json")
    assert only(result, "address") == [("ok", f"Relais is serving at localhost:{port}")]
    ((level, text),) = only(result, "server")
    assert (level, text[:8]) == ("ok", "process ")
    ((level, text),) = only(elsewhere, "server")
    assert level == "warning"
    assert text.endswith(
        "uses the database, but nothing listens at the address in the settings: "
        "stop it before you start another"
    )


def test_doctor_nearly_full_disk(run_doctor: Run, tmp_path: Path, monkeypatch) -> None:
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 - as shutil returns it
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 10**12, 5 * 10**8))
    result = run_doctor("--json")
    assert only(result, "disk") == [("fault", f"0.5 GB free in {tmp_path}: free some space")]
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("key", "level"), [("k-read", "ok"), ("k-other", "warning"), ("", "warning")]
)
def test_doctor_checks_the_key_of_almas_api(run_doctor: Run, key: str, level: str) -> None:
    result = run_doctor("--json", RELAIS_ALMA_KEY=key)
    assert [shown for shown, _ in only(result, "Alma")] == [level]
    assert "k-" not in result.output


def test_doctor_names_refused_lists(run_doctor: Run, tmp_path: Path) -> None:
    assert only(run_doctor("--json"), "lists") == []
    items = tmp_path / "items.csv"
    items.write_text("<html>")
    database = tmp_path / "relais.sqlite3"
    assert run_relais("lists", "import", items, database=database).exit_code == 1
    fault = "items.csv: is a web page, such as a login page, not a list: export it again"
    assert only(run_doctor("--json"), "lists") == [("warning", fault)]

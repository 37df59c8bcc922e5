"""`relais upgrade --check` reports what a new version would change, and changes nothing."""

import gzip
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from click.testing import Result

from dashboard.desk.bundle import bundle
from dashboard.settings import REMOVED_SETTINGS
from procedure.io.database.schema import MIGRATIONS
from procedure.io.handbook_files import load_handbook
from tests.stored.opened import HERE, open_database, unpack
from tests.support.cli import json_lines, run_relais
from tests.ui.conftest import free_port

NEWEST = len(MIGRATIONS)
HANDBOOK = HERE / "handbook"


def upgrade(database: object, *words: str, handbook: Path = HANDBOOK, port: int = 0) -> Result:
    settings = {"RELAIS_HANDBOOK": str(handbook), "RELAIS_PORT": str(port or free_port())}
    return run_relais("upgrade", "--check", "--json", *words, database=database, **settings)


def said(result: Result, check: str) -> list[tuple[str, str]]:
    """Return the level and message of each result of a check."""
    return [
        (line["level"], line["message"]) for line in json_lines(result) if line["check"] == check
    ]


@pytest.fixture
def present(tmp_path: Path) -> Path:
    """The database in tests/stored, brought up to date."""
    database = unpack(tmp_path)
    open_database(f"sqlite:///{database}", now=_never).close()
    return database


def test_removed_setting_is_named_with_its_replacement(present: Path) -> None:
    settings = {"RELAIS_HANDBOOK": str(HANDBOOK), "RELAIS_LISTS": "/srv/exports"}
    result = run_relais(
        "upgrade", "--check", "--json", database=present, RELAIS_PROT="5006", **settings
    )
    removed = f"RELAIS_LISTS is no longer a setting: {REMOVED_SETTINGS['RELAIS_LISTS']}"
    unknown = "RELAIS_PROT is not a setting of Relais and is ignored; did you mean RELAIS_PORT?"
    assert said(result, "settings") == [("warning", removed), ("warning", unknown)]
    assert result.stderr.count("RELAIS_LISTS") == 0
    assert said(upgrade(present), "settings") == []


def test_steps_of_an_older_database_are_listed_but_not_run(tmp_path: Path) -> None:
    database = unpack(tmp_path)
    before = database.read_bytes()
    result = upgrade(database)
    assert result.exit_code == 0
    first, *steps, last = said(result, "database")
    assert first == ("ok", f"from schema 4 to {NEWEST}, after a backup")
    assert [message.partition(":")[0] for _, message in steps] == [
        f"schema {number}" for number in range(5, NEWEST + 1)
    ]
    assert ("ok", "schema 9: add the table latest") in steps
    assert last == ("ok", "294 of 294 entries can be read")
    assert [level for level, _ in said(result, "roll-back")] == ["warning"]
    assert database.read_bytes() == before
    assert [path for path in tmp_path.iterdir() if not path.is_file()] == []


@pytest.fixture
def reconciled(tmp_path: Path) -> Path:
    """Another database in tests/stored, from an outage; some of its loans are in Alma."""
    database = tmp_path / "relais.sqlite3"
    database.write_bytes(gzip.decompress((HERE / "0d1645c8" / "relais.db.gz").read_bytes()))
    return database


def loans_said(database: Path, before: str) -> list[tuple[str, str]]:
    words = ("upgrade", "--check", "--json", "--before", "-")
    return said(run_relais(*words, database=database, text=before), "loans")


def test_loans_by_stage_are_compared_with_the_version_in_use(reconciled: Path) -> None:
    printed = run_relais("reconcile", "status", "--json", database=reconciled).stdout
    (now, *_), before = said(upgrade(reconciled), "loans"), loans_said(reconciled, printed)
    assert now[1].startswith("according to this version, 188 loans: 7 to check, 111 on the way, ")
    counts = now[1].removeprefix("according to this version, ")
    assert before == [
        now,
        ("ok", f"according to the version in use, {counts}"),
        ("ok", "each loan has the same stage as in the version in use"),
    ]
    earlier = printed.replace('"stage": "in_alma"', '"stage": "on_the_way"')
    assert loans_said(reconciled, earlier)[2:] == [
        (
            "warning",
            "61 loans: on the way before, in Alma now, because of by_report (Alma's report "
            "accounts for every line of their file and does not list them as refused)",
        )
    ]


def test_loans_missing_in_this_version_are_a_fault(reconciled: Path) -> None:
    printed = run_relais("reconcile", "status", "--json", database=reconciled).stdout
    first, *others = printed.splitlines(keepends=True)
    assert loans_said(reconciled, "".join(others))[2] == (
        "ok",
        "1 loan recorded since that output was written",
    )
    other = json.dumps(json.loads(first) | {"id": "another"}) + "\n"
    assert loans_said(reconciled, printed + other)[2] == (
        "fault",
        "missing here, but in the version in use: 1 loan",
    )


def test_loans_are_not_compared_without_the_earlier_output(
    reconciled: Path,
) -> None:
    (_, compared) = said(upgrade(reconciled), "loans")
    assert (compared[0], compared[1][:13]) == ("warning", "not compared ")


def test_before_option_refuses_other_output(reconciled: Path) -> None:
    words = ("upgrade", "--check", "--before", "-")
    result = run_relais(*words, database=reconciled, text='{"id": 3}\n')
    assert result.exit_code == 2
    assert "this is not the output of relais reconcile status --json" in result.output


def test_unreadable_entry_is_a_fault(present: Path) -> None:
    assert said(upgrade(present), "roll-back")[0][0] == "ok"
    with closing(sqlite3.connect(present)) as connection, connection:
        changed = connection.execute("update entry set kind = 'x' where kind = 'void'").rowcount
    result = upgrade(present)
    assert result.exit_code == 1
    assert f"{changed} entries of 294 cannot be read (see above)" in said(result, "database")[-1][1]


def test_database_of_a_later_version_is_a_fault(present: Path) -> None:
    with closing(sqlite3.connect(present)) as connection, connection:
        connection.execute("insert into schema_version values (?)", (NEWEST + 1,))
    result = upgrade(present)
    assert result.exit_code == 1
    assert f"this version of Relais supports up to {NEWEST}" in said(result, "database")[0][1]


def test_missing_database_is_not_created(tmp_path: Path) -> None:
    result = upgrade(tmp_path / "none.sqlite3")
    assert said(result, "database") == [
        ("ok", "there is no database yet: relais serve creates one")
    ]
    assert list(tmp_path.iterdir()) == []


def test_postgresql_database_is_read(postgres_url: str) -> None:
    open_database(postgres_url, now=_never).close()
    result = upgrade("", "--database", postgres_url)
    assert said(result, "database")[-1] == ("ok", "0 of 0 entries can be read")


def test_missing_handbook_file_is_a_fault_with_its_fix(present: Path, tmp_path: Path) -> None:
    earlier = shutil.copytree(HANDBOOK, tmp_path / "earlier")
    (earlier / "library.toml").unlink()
    result = upgrade(present, handbook=earlier)
    assert result.exit_code == 1
    [(level, message)] = said(result, "handbook")
    assert (level, message.startswith("library.toml: file missing")) == ("fault", True)
    assert message.endswith("(relais check --upgrade converts it)")


def test_handbook_file_that_is_no_longer_read_is_named(present: Path) -> None:
    assert said(upgrade(present), "handbook")[:2] == [
        ("ok", "valid: 8 targets, 4 desks"),
        (
            "warning",
            "neighbours.toml: Relais no longer shows the boards of other libraries; open their "
            "own pages; remove the file from the folder",
        ),
    ]


def test_handbook_table_that_is_no_longer_shown_is_named(present: Path) -> None:
    found = said(upgrade(present, handbook=HERE / "0d1645c8" / "handbook"), "handbook")
    assert sum("the public page no longer shows services" in text for _, text in found) == 3


@pytest.mark.parametrize(
    ("same", "text"),
    [(True, "the desk page is the same"), (False, "open pages go on lending and send loans to")],
)
def test_desk_page_of_the_running_server_is_compared(present: Path, same: bool, text: str) -> None:
    own = bundle(load_handbook(HANDBOOK)).version
    with serving_version(own if same else "earlier") as port:
        [(level, message)] = said(upgrade(present, port=port), "pages")
    assert (level, message[: len(text)]) == ("ok", text)


def test_upgrade_without_check_does_nothing(present: Path) -> None:
    result = run_relais("upgrade", database=present)
    assert result.exit_code == 2
    assert "Give --check" in result.output


@contextmanager
def serving_version(version: str) -> Iterator[int]:
    class Time(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"version": version}).encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("localhost", 0), Time) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def _never() -> object:
    raise AssertionError("reading must not ask for the time")

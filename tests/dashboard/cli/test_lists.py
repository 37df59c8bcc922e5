"""`relais lists` imports and deletes lists, and records who did so in the audit trail."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from procedure.io.offline_lists.list_store import ListStore, lists_folder
from tests.procedure.io.offline_lists.files import koha_file, users_xml
from tests.support.cli import json_lines, run_relais
from tests.support.handbooks import HANDBOOKS

CARDS = [f"20712345{number:02}" for number in range(20)]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "relais.sqlite3"


def store(database: Path) -> ListStore:
    return ListStore(lists_folder(f"sqlite:///{database}"))


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_import_status_and_forget(database: Path, tmp_path: Path) -> None:
    users = written(tmp_path / "users.xml", users_xml(CARDS, CARDS[:1]))
    items = written(tmp_path / "items.csv", "barcode\n1001\n1002\n")
    result = run_relais("lists", "import", users, items, "--by", "Anna", database=database)
    assert (result.exit_code, result.stderr) == (0, "")
    first, accounts, read, first_item, taken_items, reminder = result.stdout.splitlines()
    assert first == "users.xml: first row: account ….ch, …500: blocked, never expires"
    assert read == 'items.csv: read "barcode" as barcode'
    assert first_item == "items.csv: first row: item …001: for loan"
    assert accounts.startswith("accounts: 40 identifiers, exported ")
    assert taken_items.endswith("(items.csv)")
    assert "delete the files" in reminder
    advice = store(database).current().patron(CARDS[0], datetime.now(UTC))
    assert advice
    assert advice.reason == "card_blocked"

    status = run_relais("lists", "status", database=database)
    assert "items: 2 identifiers" in status.stdout
    assert "valid until" in status.stdout
    kept = json_lines(run_relais("lists", "status", "--json", database=database))
    assert [(row["list"], row["identifiers"]) for row in kept] == [("accounts", 40), ("items", 2)]

    assert run_relais("lists", "forget", database=database, text="n\n").exit_code == 1
    assert len(store(database).status()) == 2
    forgotten = run_relais("lists", "forget", "--by", "Bea", "--yes", database=database)
    assert forgotten.stdout == "accounts: 40 identifiers deleted\nitems: 2 identifiers deleted\n"
    assert run_relais("lists", "status", database=database).stdout == "There are no lists.\n"
    assert "no list" in run_relais("lists", "forget", "--yes", database=database).stdout

    acts = json_lines(run_relais("audit", "--json", database=database))
    assert [(act["person"], act["act"], act["about"]) for act in acts] == [
        ("Anna", "list_taken", "accounts (40)"),
        ("Anna", "list_taken", "items (2)"),
        ("Bea", "list_forgotten", "accounts (40)"),
        ("Bea", "list_forgotten", "items (2)"),
    ]
    assert not any(card.encode() in database.read_bytes() for card in CARDS)


def test_refused_list_is_imported_with_accept(database: Path, tmp_path: Path) -> None:
    users = written(tmp_path / "users.xml", users_xml(CARDS))
    fewer = written(tmp_path / "fewer.xml", users_xml(CARDS[:10]))
    run_relais("lists", "import", users, database=database)
    refused = run_relais("lists", "import", fewer, "--json", database=database)
    assert refused.exit_code == 1
    fault = json.loads(refused.stdout)["fault"]
    assert "more than a fifth" in fault
    assert fault in run_relais("lists", "import", fewer, database=database).stderr
    assert f"refused: {fault}" in run_relais("lists", "status", database=database).stdout
    status = json_lines(run_relais("lists", "status", "--json", database=database))
    assert status[-1] == {"fault": fault}
    accepted = run_relais("lists", "import", fewer, "--accept", database=database)
    assert accepted.exit_code == 0
    assert "refused" not in run_relais("lists", "status", database=database).stdout
    assert store(database).status()[0].header.count == 20


def test_import_says_what_it_read_and_shows_no_identifier(database: Path, tmp_path: Path) -> None:
    rows = "".join(f"{card};Nom;31.12.27;;Inaktiv\n" for card in CARDS)
    heading = "Barcode;Name;Date d’expiration;Block Status;Status\n"
    users = written(tmp_path / "users.csv", heading + rows)
    result = run_relais("lists", "import", users, database=database)
    assert result.stdout.splitlines()[:3] == [
        'users.csv: read "Barcode" as barcode, "Date d’expiration" as expires, "Block Status" as '
        'block status, "Status" as status',
        'users.csv: not read: "Name"',
        "users.csv: first row: account …500: blocked, expires 2027-12-31",
    ]
    older = ("--as-of", datetime.now(UTC) - timedelta(days=4))
    refused = run_relais("lists", "import", users, *older, "--json", database=database)
    assert json.loads(refused.stdout)["sources"] == [
        {
            "file": "users.csv",
            "read": {
                "Barcode": "barcode",
                "Date d’expiration": "expires",
                "Block Status": "block status",
                "Status": "status",
            },
            "not_read": ["Name"],
            "first_row": "account …500: blocked, expires 2027-12-31",
        }
    ]
    assert not any(card in result.output + refused.output for card in CARDS)


def test_list_is_as_old_as_its_export(database: Path, tmp_path: Path) -> None:
    users = written(tmp_path / "users.xml", users_xml(CARDS))
    options = ("--as-of", datetime.now(UTC) - timedelta(days=4))
    run_relais("lists", "import", users, *options, database=database)
    assert "too old to use" in run_relais("lists", "status", database=database).stdout


def test_koha_file_is_imported_with_a_koha_handbook(database: Path, tmp_path: Path) -> None:
    card = "23529000035676"
    borrowers = koha_file(tmp_path / "borrowers.db", [(card, "2020-01-01", None, 0, 0)])
    handbook = str(HANDBOOKS / "good-german")
    env = {"RELAIS_HANDBOOK": handbook}
    result = run_relais("lists", "import", borrowers, database=database, **env)
    assert (result.exit_code, result.stderr) == (0, "")
    advice = store(database).current().patron(card, datetime.now(UTC))
    assert advice
    assert advice.reason == "card_expired"

"""Reading the patron file that Koha exports for its offline clients."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from procedure.errors import OfflineListError
from procedure.io.offline_lists.list_files import KohaBorrowers
from procedure.offline_lists.list_layout import account_entry
from tests.procedure.io.offline_lists.files import koha_file

TODAY = date(2026, 11, 29)
BLOCKED = account_entry(date(2027, 1, 1), is_blocked=True)


def test_koha_accounts_are_known_or_blocked(tmp_path: Path) -> None:
    file = koha_file(
        tmp_path / "borrowers db#.db",
        [
            ("1", "2027-01-01", None, 0, 0),
            ("2", "2027-01-01", "9999-12-31", 0, None),
            ("3", "2027-01-01", "2026-11-29", 0, 0),
            ("4", "2027-01-01", "2026-11-28", None, 0),
            ("5", "2027-01-01", None, 1, 0),
            ("6", "2027-01-01", 1, 0, 0),
            ("7", "2027-01-01", None, 0, 1),
            ("8", "0000-00-00", "0000-00-00", 0, 0),
        ],
    )
    known, never = account_entry(date(2027, 1, 1)), account_entry(None)
    found = {codes[0]: packed for codes, packed in KohaBorrowers(file, TODAY)}
    assert found == {
        **dict.fromkeys("14", known),
        **dict.fromkeys("23567", BLOCKED),
        "8": never,
    }


@given(length=st.integers(100, 8000))
def test_cut_off_koha_file_is_refused(
    tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    folder = tmp_path_factory.mktemp("koha")
    rows = [(str(number), "2027-01-01", None, 0, 0) for number in range(300)]
    content = koha_file(folder / "whole.db", rows).read_bytes()
    cut = folder / "cut.db"
    cut.write_bytes(content[:length])
    with pytest.raises(OfflineListError):
        list(KohaBorrowers(cut, TODAY))


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE other (cardnumber text)",
        "CREATE TABLE borrowers (surname text)",
        "CREATE VIEW borrowers AS WITH RECURSIVE n(cardnumber) AS "
        "(SELECT 1 UNION ALL SELECT cardnumber + 1 FROM n) SELECT * FROM n",
    ],
)
def test_other_databases_are_refused(tmp_path: Path, statement: str) -> None:
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as made, made:
        made.execute(statement)
    with pytest.raises(OfflineListError, match="not Koha"):
        list(KohaBorrowers(file, TODAY))

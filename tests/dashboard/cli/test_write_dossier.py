"""`relais dossier` lists the outages, prints a dossier as Markdown, or writes it to a file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from procedure.io.database.database import open_database
from tests.support import make
from tests.support.cli import Run, json_lines, run_relais

AT = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
FIRST = UUID("aaaaaaaa-0000-4000-8000-000000000001")
SECOND = UUID("aaaaaaaa-0000-4000-8000-000000000002")


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("RELAIS_DATABASE_URL", database_url)
    with open_database(database_url, now=lambda: AT) as database:
        database.journal.append(
            make.outage(FIRST, "Alma EU03", at=AT),
            make.ended(3, FIRST, at=AT + timedelta(hours=1), ended=AT + timedelta(minutes=50)),
            make.outage(SECOND, "VDI", at=AT + timedelta(hours=2), begun=AT + timedelta(hours=2)),
        )
    return lambda *words: run_relais("dossier", *words)


def test_report_without_an_id_lists_outages(run: Run) -> None:
    assert run().output.splitlines() == [
        "aaaaaaaa  2026-11-24 09:12  2026-11-24 10:02        50 min  Alma EU03",
        "aaaaaaaa  2026-11-24 11:12  -                      ongoing  VDI",
        "2 outages declared.",
    ]


def test_report_list_as_json(run: Run) -> None:
    first, second = json_lines(run("--json"))
    assert first == {
        "id": str(FIRST),
        "title": "Alma EU03",
        "planned": False,
        "declared": "2026-11-24T08:12:00Z",
        "begun": "2026-11-24T08:12:00Z",
        "ended": "2026-11-24T09:02:00Z",
    }
    assert (second["id"], second["ended"]) == (str(SECOND), None)
    assert run(str(FIRST), "--json").exit_code == 2


def test_report_as_markdown_in_the_chosen_language(run: Run) -> None:
    result = run(str(FIRST), "--language", "en")
    assert result.exit_code == 0
    assert result.output.startswith("# Outage dossier, Alma EU03\n\n## In brief\n")
    assert run(str(FIRST)).output.startswith("# Dossier de panne, Alma EU03\n")


def test_report_format_follows_the_file_name(run: Run, tmp_path: Path) -> None:
    page, text = tmp_path / "panne.html", tmp_path / "panne.md"
    assert run(str(FIRST), "--out", str(page)).output == f"The dossier was written to {page}.\n"
    assert run(str(FIRST), "--out", str(text)).exit_code == 0
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert text.read_text("utf-8").startswith("# Dossier de panne, Alma EU03\n\n## En bref\n")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("aaaa",), "aaaa matches several outages:"),
        (("ffff",), "ffff is not the id of a declared outage:"),
        ((str(FIRST), "--out", "panne.pdf"), "give a file name that ends in .md or .html"),
    ],
)
def test_report_that_cannot_be_written_is_refused(
    run: Run, words: tuple[str, ...], why: str
) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert why in result.output


def test_report_into_a_missing_folder(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "nowhere" / "panne.md"
    result = run(str(FIRST), "--out", str(out))
    assert (
        str(result.exception)
        == f"{out} cannot be written (No such file or directory): give another file."
    )

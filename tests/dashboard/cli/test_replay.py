"""`relais replay`, run as a coordinator would run it."""

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from dashboard.settings import PACKAGED_HANDBOOK
from procedure.io.database.database import open_database
from tests.procedure.records.recorded import SINCE, UNTIL, fill
from tests.support.cli import json_lines, run_relais

PEOPLE = "".join(f'[[vantage]]\nname = "{name}"\n' for name in "abc")


def outcomes(vantage: str, status: str, at: int) -> str:
    targets = (("switch", "up"), ("alma-saml", status), ("alma-secours", status))
    return "".join(
        f'[[outcome]]\nat = {at}\nvantage = "{vantage}"\ntarget = "{target}"\nverdict = "{seen}"\n'
        for target, seen in targets
    )


def next_at(tmp_path: Path, start: str, at: int, *, mark: str = "") -> str:
    """Return the procedure's next step for the only workstation that cannot reach Alma."""
    seen = outcomes("a", "down", at) + outcomes("b", "up", at) + outcomes("c", "up", at)
    pages = "".join(
        f'[[reading]]\nat = {at}\ntarget = "{page}"\nword = "ok"\n'
        for page in ("etats-unige", "slsp-psi", "exlibris-status")
    )
    file = tmp_path / "s.toml"
    head = f'{mark}name = "x"\nstart = {start}\n'
    file.write_text(f"{head}{PEOPLE}{seen}{pages}[[expect]]\nat = {at}\n", "utf-8")
    result = run_relais("replay", file, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["next"]


@pytest.mark.parametrize(
    ("start", "at"),
    [
        ("2026-12-31T09:00:00+01:00", 0),
        ("2027-01-01T00:30:00+09:00", 0),
        ("2024-12-31T09:00:00+01:00", 2 * 365 * 86400),
    ],
)
def test_next_at_uses_the_holidays_of_the_given_year(tmp_path: Path, start: str, at: int) -> None:
    on_a_holiday = next_at(tmp_path, start, at)
    assert on_a_holiday != next_at(tmp_path, "2026-12-09T09:00:00+01:00", 0)
    assert on_a_holiday == next_at(tmp_path, "2026-12-13T09:00:00+01:00", 0)  # a Sunday


def test_next_at_reads_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    start = "2026-12-09T09:00:00+01:00"
    assert next_at(tmp_path, start, 0, mark="\ufeff") == next_at(tmp_path, start, 0)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "relais.sqlite3"
    with open_database(f"sqlite:///{path}", now=lambda: UNTIL) as opened:
        fill(opened)
    return path


SPAN = ("--since", "2026-10-31T23:00", "--until", "2026-11-01T01:00")


def test_replay_finds_an_outage_by_id_and_shows_its_declaration(database: Path) -> None:
    listed = run_relais("dossier", database=database).output
    result = run_relais("replay", listed[:8], database=database)
    lines = result.output.splitlines()
    assert result.exit_code == 0, result.output
    assert "2026-10-31 23:00:00  diagnosis      alma" in lines
    assert "2026-10-31 23:03:00  suspected" in lines
    assert "2026-10-31 23:10:00  declared       Alma is down" in lines
    assert lines[-1] == f"{listed[:8]} Alma is down: suspected 7 min before it was declared."


def test_replay_json_has_one_object_per_event(database: Path) -> None:
    url = f"sqlite:///{database}"
    seen = json_lines(run_relais("replay", *SPAN, "--json", "--database", url))
    assert {line["event"] for line in seen} >= {"diagnosis", "suggestion", "declared", "suspected"}
    assert seen == sorted(seen, key=lambda line: line["at"])
    suspected = next(line for line in seen if line["event"] == "suspected")
    at = (SINCE + timedelta(minutes=603)).isoformat().replace("+00:00", "Z")
    expected = {"at": at, "event": "suspected", "step": None, "value": None, "outage": None}
    assert suspected == expected


def test_replay_with_another_handbook(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "then"
    shutil.copytree(PACKAGED_HANDBOOK, folder)
    steps = folder / "steps.toml"
    assert 'evidence = "' in steps.read_text("utf-8")
    steps.write_text(
        re.sub(r'^(evidence = ".*"|means = .*)$', "", steps.read_text("utf-8"), flags=re.MULTILINE),
        "utf-8",
    )
    seen = run_relais("replay", *SPAN, "--json", "--handbook", folder, database=database)
    suggested = [json_line for json_line in json_lines(seen) if json_line["event"] == "suggestion"]
    assert {line["value"] for line in suggested} == {None}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("s.toml", *SPAN), "A scenario has its own times"),
        (("zzz",), "zzz is not the id of a declared outage"),
        (("--since", "2026-11-02", "--until", "2026-11-01"), "is after --until"),
        (("--database", "mysql://x"), "only sqlite and postgresql are supported"),
    ],
)
def test_replay_refuses_what_cannot_be_replayed(
    database: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.toml").touch()
    result = run_relais("replay", *words, database=database)
    assert result.exit_code == 2
    assert message in result.output

"""`relais replay` as a coordinator types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.cli import run_relais

PEOPLE = "".join(f'[[vantage]]\nname = "{name}"\n' for name in "abc")


def outcomes(vantage: str, verdict: str, at: int) -> str:
    targets = (("switch", "up"), ("alma-saml", verdict), ("alma-secours", verdict))
    return "".join(
        f'[[outcome]]\nat = {at}\nvantage = "{vantage}"\ntarget = "{target}"\nverdict = "{seen}"\n'
        for target, seen in targets
    )


def next_at(tmp_path: Path, start: str, at: int, *, mark: str = "") -> str:
    """Return where one failing workstation is led to."""
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
def test_holidays_are_those_of_genevas_year_at_the_instant_that_is_asked(
    tmp_path: Path, start: str, at: int
) -> None:
    on_a_holiday = next_at(tmp_path, start, at)
    assert on_a_holiday != next_at(tmp_path, "2026-12-09T09:00:00+01:00", 0)
    assert on_a_holiday == next_at(tmp_path, "2026-12-13T09:00:00+01:00", 0)  # a Sunday


def test_a_file_that_begins_with_a_mark_is_read(tmp_path: Path) -> None:
    start = "2026-12-09T09:00:00+01:00"
    assert next_at(tmp_path, start, 0, mark="\ufeff") == next_at(tmp_path, start, 0)

"""`relais replay`: a scenario through the same rules as a live page, with its own clock."""

from __future__ import annotations

import json
import sys
import tomllib
from datetime import timedelta
from pathlib import Path

import click

from dashboard.settings import Settings
from procedure.diagnosis.scenario import Conclusion, Scenario
from procedure.diagnosis.scenario import replay as conclude
from procedure.diagnosis.scenario_file import read_scenario
from procedure.errors import Fault, ScenarioError
from procedure.guide.opening_hours import geneva_holidays
from procedure.handbook.model import Handbook
from procedure.io.handbook_files import load_handbook
from procedure.local_time import local


@click.command()
@click.argument("scenario", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, nothing compared.")
def replay(scenario: Path, *, as_json: bool) -> None:
    """Say what would be concluded at each instant that SCENARIO names.

    As a table it also says where an expectation of the file is not met; the exit code is then 1.
    """
    handbook = load_handbook(Settings.from_env().handbook)
    told = _read(scenario, handbook)
    closed = geneva_holidays(_years(told)) | handbook.closures
    concluded = conclude(told, handbook, closed)
    if as_json:
        for one in concluded:
            click.echo(json.dumps(_flat(one), ensure_ascii=False))
        return
    for one in concluded:
        click.echo(_line(one))
    if any(one.unmet for one in concluded):
        sys.exit(1)


def _read(path: Path, handbook: Handbook) -> Scenario:
    try:
        # Some editors of Windows begin a file with a mark.
        tables = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ScenarioError((Fault(path.name, "file", f"is not TOML: {fault}"),)) from None
    return read_scenario(path.name, tables, handbook)


def _years(told: Scenario) -> set[int]:
    """Return the years of every instant that is asked about, as Geneva counts them."""
    return {local(told.start + timedelta(seconds=one.at)).year for one in told.expected}


def _flat(one: Conclusion) -> dict[str, object]:
    at = one.expected.at
    return {
        "at": int(at) if at.is_integer() else at,
        "from": one.asker,
        "diagnosis": one.diagnosis.fault.value,
        "suggest": {step: found.answer or "none" for step, found in one.suggestions.items()},
        "next": one.next,
        "reasons": _reasons(one),
    }


def _reasons(one: Conclusion) -> list[str]:
    found = one.diagnosis
    grounds = [f"{ground.key}: {ground}" for ground in found.grounds]
    against = [f"against, {ground.key}: {ground}" for ground in found.against]
    steps = [f"{step}: {said.reason}" for step, said in one.suggestions.items()]
    return grounds + against + steps


def _line(one: Conclusion) -> str:
    suggested = " ".join(
        f"{step}={said.answer or 'none'}" for step, said in one.suggestions.items()
    )
    head = f"{one.expected.at:>7g} s  {one.asker:<10} {one.diagnosis.fault.value:<12} {suggested}"
    lines = [f"{head}  next {one.next}", *(f"           {why}" for why in _reasons(one))]
    return "\n".join([*lines, *(f"           NOT MET  {line}" for line in one.unmet)])

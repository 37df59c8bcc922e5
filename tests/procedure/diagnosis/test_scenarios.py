"""Every packaged scenario meets its expectations; a faulty scenario is refused with the reason."""

import tomllib
from pathlib import Path

import pytest

import procedure
from dashboard.settings import PACKAGED_HANDBOOK
from procedure.diagnosis.rules import FaultLocation
from procedure.diagnosis.scenario import replay
from procedure.diagnosis.scenario_file import read_scenario
from procedure.errors import ScenarioError
from procedure.guide.contact_hours import public_holidays
from procedure.io.handbook_files import load_handbook

HANDBOOK = load_handbook(PACKAGED_HANDBOOK)
FILES = sorted((Path(procedure.__file__).parent / "scenarios").glob("*.toml"))
CLOSED = public_holidays("CH-GE", range(2019, 2030))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_replay_meets_each_packaged_scenario(path: Path) -> None:
    scenario = read_scenario(path.name, tomllib.loads(path.read_text("utf-8")), HANDBOOK)
    concluded = replay(scenario, HANDBOOK, CLOSED)
    assert [(conclusion.expected.at, conclusion.unmet) for conclusion in concluded] == [
        (expectation.at, ()) for expectation in scenario.expected
    ]
    assert all(
        conclusion.expected.diagnosis and conclusion.expected.next for conclusion in concluded
    )


def test_packaged_scenarios_reach_every_fault_location() -> None:
    reached = {
        conclusion.expected.diagnosis
        for path in FILES
        for conclusion in replay(
            read_scenario(path.name, tomllib.loads(path.read_text("utf-8")), HANDBOOK),
            HANDBOOK,
            CLOSED,
        )
    }
    assert len(FILES) >= 20
    assert reached == {origin.value for origin in FaultLocation}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('name = "x"', "bad.toml: file: object missing required field `start`"),
        (
            'name = "x"\nstart = 2026-11-24T09:00:00',
            "bad.toml: start: has no UTC offset; write 2026-11-24T09:00:00+01:00",
        ),
        (
            'name = "x"\nstart = 2026-11-24T09:00:00Z\n[[outcome]]\nat = 0\nvantage = "server"\n'
            'target = "switch"\nverdict = "fine"',
            "bad.toml: outcome[0].verdict: invalid enum value 'fine'",
        ),
        (
            'name = "x"\nstart = 2026-11-24T09:00:00Z\n[[report]]\nat = 0\nvantage = "pc-1"\n'
            'works = true\n[[expect]]\nat = 1\nfrom = "pc-2"',
            "bad.toml: report: 'pc-1' is not declared; add [[vantage]] with its name\n"
            "bad.toml: expect: 'pc-2' is not declared; add [[vantage]] with its name",
        ),
        (
            'name = "x"\nstart = 2026-11-24T09:00:00Z\n[[reading]]\nat = 0\ntarget = "switch"\n'
            'wrod = "ok"',
            "bad.toml: reading[0]: object contains unknown field `wrod`",
        ),
    ],
)
def test_read_scenario_names_the_fault(text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as refusal:
        read_scenario("bad.toml", tomllib.loads(text), HANDBOOK)
    assert str(refusal.value) == message


def test_replay_names_an_unmet_expectation() -> None:
    tables = tomllib.loads(FILES[0].read_text("utf-8"))
    tables["expect"] = [{"at": 60, "diagnosis": "vdi", "suggest": {"A1": "yes"}, "next": "B2"}]
    (one,) = replay(read_scenario("all-well.toml", tables, HANDBOOK), HANDBOOK, CLOSED)
    assert one.unmet == (
        "diagnosis: expected vdi, concluded nothing",
        "next: expected B2, concluded B1",
        "A1: expected yes, concluded no",
    )


def test_replay_keeps_planned_work_longer_than_its_reading() -> None:
    start = "2026-11-24T09:00:00Z"
    tables = {
        "name": "window",
        "start": start,
        "reading": [{"at": 0, "target": "slsp-psi", "word": "planned", "begin": 3600, "end": 7200}],
        "expect": [{"at": at} for at in (0, 3599, 3600, 7199, 7200)],
    }
    answers = [
        conclusion.suggestions["A1"].answer
        for conclusion in replay(read_scenario("w.toml", tables, HANDBOOK), HANDBOOK)
    ]
    assert answers == [None, None, "yes", "yes", None]

"""All faults in a scenario file are reported at once."""

import tomllib

import pytest

from dashboard.settings import PACKAGED_HANDBOOK
from procedure.diagnosis.scenario import Scenario
from procedure.diagnosis.scenario_file import read_scenario
from procedure.errors import ScenarioError
from procedure.io.handbook_files import load_handbook

HANDBOOK = load_handbook(PACKAGED_HANDBOOK)
HEAD = 'name = "x"\nstart = 2026-11-24T09:00:00+01:00\n'


def read(text: str) -> Scenario:
    return read_scenario("bad.toml", tomllib.loads(HEAD + text), HANDBOOK)


def outcome(target: str, **more: object) -> str:
    extra = "".join(f"{key} = {value}\n" for key, value in more.items())
    head = f'[[outcome]]\nvantage = "server"\ntarget = "{target}"\nverdict = "up"\n'
    return head + ("" if "at" in more else "at = 0\n") + extra


def reading(target: str, at: str = "0") -> str:
    return f'[[reading]]\nat = {at}\ntarget = "{target}"\nword = "ok"\n'


def faults(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as refusal:
        read(text)
    return [str(fault).removeprefix("bad.toml: ") for fault in refusal.value.faults]


def test_read_scenario_names_every_unknown_key() -> None:
    text = (
        '[[vantage]]\nname = "a"\n[[vantage]]\nname = "a"\n'
        + outcome("swich")
        + outcome("swich")
        + reading("slsp-pis")
        + reading("switch")
        + '[[expect]]\nat = 0\ndiagnosis = "intrenet"\nnext = "Z9"\n'
        + 'suggest = {A9 = "none", A1 = "maybe", B1 = "none", A2 = "none"}\n'
    )
    assert faults(text) == [
        "vantage: 'a' is declared twice; give each its own name",
        "outcome: the handbook has no target 'swich'; did you mean \"switch\"?",
        "reading: the handbook has no target 'slsp-pis'; did you mean \"slsp-psi\"?",
        "reading: 'switch' is not a status page; known: etats-unige, exlibris-status, slsp-psi",
        "expect: there is no diagnosis 'intrenet'; did you mean \"internet\"?",
        "expect: there is no step 'Z9'; known: A1, A2, A3, A4, B1, B2, C1",
        "expect: there is no question 'A9'; known: A1, A2, A3, A4",
        "expect: A1 has no answer 'maybe'; known: yes, no, none",
        "expect: there is no question 'B1'; known: A1, A2, A3, A4",
    ]


@pytest.mark.parametrize("seconds", ["nan", "inf", "-inf", "1e15"])
def test_read_scenario_refuses_an_invalid_time_anywhere(seconds: str) -> None:
    text = (
        outcome("switch", at=seconds)
        + reading("slsp-psi", seconds)
        + f"begin = {seconds}\nend = {seconds}\n"
        + f'[[report]]\nat = {seconds}\nvantage = "server"\nworks = true\n'
        + f"[[expect]]\nat = {seconds}\n"
    )
    places = ("outcome[0].at", "reading[0].at", "reading[0].begin", "reading[0].end")
    assert faults(text) == [
        f"{place}: is not within ten years of the start"
        for place in (*places, "report[0].at", "expect[0].at")
    ]
    assert faults(outcome("switch", latency_ms="nan")) == [
        "outcome[0].latency_ms: is not a number of milliseconds"
    ]


def test_read_scenario_accepts_a_time_before_the_start() -> None:
    scenario = read(outcome("switch", at=-60, cause='"tls"'))
    assert [(outcome.at, outcome.cause) for outcome in scenario.outcomes] == [(-60, "tls")]


def test_read_scenario_refuses_a_misspelled_cause() -> None:
    with pytest.raises(ScenarioError) as refused:
        read(outcome("switch", cause='"timeuot"'))
    (fault,) = refused.value.faults
    assert (fault.key, fault.message) == (
        "outcome[0].cause",
        "there is no cause 'timeuot'; did you mean \"timeout\"?",
    )


def test_read_scenario_refuses_a_start_in_an_impossible_year() -> None:
    with pytest.raises(ScenarioError, match="start: is not between the years 1970 and 2100"):
        read_scenario(
            "bad.toml", tomllib.loads('name = "x"\nstart = 9999-12-31T09:00:00Z'), HANDBOOK
        )


def test_read_scenario_expands_lists_of_vantages_and_targets() -> None:
    desk = '[[vantage]]\nname = "mail-1"\n'
    single = outcome("alma-saml") + outcome("alma-secours")
    single += single.replace("server", "mail-1") + reading("slsp-psi") + reading("exlibris-status")
    listed = (outcome("@").replace('"server"', '["server", "mail-1"]') + reading("#")).replace(
        '"@"', '["alma-saml", "alma-secours"]'
    )
    listed = listed.replace('"#"', '["slsp-psi", "exlibris-status"]')
    assert read(desk + listed) == read(desk + single)


def test_read_scenario_gives_the_place_of_a_fault_after_an_expanded_table() -> None:
    listed = outcome("@").replace('"@"', '["alma-saml", "alma-secours"]')
    assert faults(listed + outcome("switch", at="inf")) == [
        "outcome[1].at: is not within ten years of the start"
    ]
    assert faults(listed + outcome("switch", at='"soon"')) == [
        "outcome[1].at: expected `float`, got `str`"
    ]


def test_read_scenario_refuses_an_empty_list_and_a_value_for_a_table() -> None:
    assert faults(outcome("@").replace('"@"', "[]")) == [
        "outcome[0].target: expected `str`, got `array`"
    ]
    assert faults("outcome = 3\n") == ["outcome: expected `array`, got `int`"]

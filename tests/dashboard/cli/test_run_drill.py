"""`relais drill` has its own settings, and refuses a port, scenario or desk it cannot use."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result

from dashboard.cli.run_drill import drill_settings
from dashboard.settings import Settings
from procedure.outages.alert_settings import AlertAddress
from tests.support.cli import run_relais
from tests.ui.conftest import free_port

REAL = Settings(
    "sqlite:///real.sqlite3",
    handbook=Path("ours"),
    language="en",
    alma_key="secret",
    alerts=(AlertAddress("json://x"),),
)


def run(*words: str, **environment: str) -> Result:
    return run_relais("drill", *words, **environment)


def test_drill_settings_keep_only_the_handbook_and_the_language() -> None:
    own = drill_settings(REAL, 20, 1234)
    assert own == Settings(
        own.database_url,
        handbook=Path("ours"),
        language="en",
        probe_interval=timedelta(seconds=3),
        suspect_after=timedelta(seconds=9),
        recovered_after=timedelta(seconds=30),
        alma_url="http://127.0.0.1:1234",
        alma_key="drill",
        alma_write_key="drill",
        alma_rate=25.0,
    )
    assert "relais-drill-" in own.database_url
    assert "secret" not in repr(own)


@pytest.mark.parametrize(
    ("words", "settings", "message"),
    [
        (("--port", "5006"), {}, "the dashboard uses port 5006."),
        (("--port", "5020"), {"RELAIS_PORT": "5020"}, "the dashboard uses port 5020."),
    ],
)
def test_drill_refuses_the_port_of_a_real_server(
    words: tuple[str, ...], settings: dict[str, str], message: str
) -> None:
    result = run(*words, **settings)
    assert result.exit_code != 0
    assert message in str(result.exception) + result.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--desk", "NOWHERE"), "its desks are: MAIL, BASTIONS, CMU, ARVE"),
        (
            ("no-such-scenario",),
            "no-such-scenario is not a file or a scenario; the scenarios are: all-well, ",
        ),
    ],
)
def test_drill_names_the_known_scenarios(words: tuple[str, ...], message: str) -> None:
    result = run(*words, "--port", str(free_port()))
    assert result.exit_code == 2
    assert message in " ".join(result.output.replace("│", " ").split())


def test_drill_refuses_an_unreadable_scenario(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("name = ")
    result = run(str(file), "--port", str(free_port()))
    assert "mine.toml" in str(result.exception)
    assert "is not TOML" in str(result.exception)

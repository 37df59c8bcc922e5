"""A failed browser test is run again and reported; a second failure fails the run."""

from pathlib import Path

import pytest

from tests.ui.__main__ import run

TEST = """
import pathlib, pytest

@pytest.mark.ui
@pytest.mark.parametrize("name", {names})
def test_it(name):
    seen = pathlib.Path(__file__).with_name(name)
    before, _ = seen.exists(), seen.touch()
    assert name == "steady" or (name == "unsteady" and before)
"""


@pytest.mark.parametrize(
    ("names", "code", "named"),
    [
        (["steady", "unsteady"], 0, ["unsteady"]),
        (["unsteady", "broken"], 1, ["broken", "unsteady"]),
    ],
)
def test_run_repeats_failed_tests(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    names: list[str],
    code: int,
    named: list[str],
) -> None:
    # Loading every installed plugin takes longer than the tests.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "xdist.plugin")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    ui\n    long\n", "utf-8")
    (tmp_path / "test_it.py").write_text(TEST.format(names=names), "utf-8")
    assert run(tmp_path, tmp_path) == code
    listed = capfd.readouterr().out.partition("Browser tests that needed a second run:\n")[2]
    assert listed.splitlines() == [f"  test_it.py::test_it[{name}]" for name in named]

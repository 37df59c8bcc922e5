"""`relais self-test` names the step that failed; `tests/test_distribution.py` tests a full run."""

import shutil
import sys

import pytest

from dashboard.cli import self_test
from tests.support.cli import run_relais


def test_failed_step_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    result = run_relais("self-test")
    assert result.exit_code == 1
    assert result.output == "Error: serve failed: relais serve ended:\n\n"


def test_slow_step_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(self_test, "SAYS_SO_AFTER", 0.01)
    with self_test._reporting_progress("serve"):
        while "serve    not done yet (0 s of at most 600)\n" not in capsys.readouterr().err:
            pass

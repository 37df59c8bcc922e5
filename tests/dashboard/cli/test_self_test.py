"""`relais self-test` says which step failed; `tests/test_distribution.py` lets all of them pass."""

import shutil
import sys

import pytest

from tests.support.cli import run_relais


def test_failed_step_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    result = run_relais("self-test")
    assert result.exit_code == 1
    assert result.output == "Error: serve failed: relais serve ended:\n\n"

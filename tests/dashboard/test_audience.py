"""Whom the server answers: its own machine, and others once an address was named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.audience import local, named

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("remote", "own"),
    [
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("192.0.2.7", False),
        ("::ffff:192.0.2.7", False),
        ("fd00::2", False),
        ("0.0.0.0", False),
        ("", False),
        ("localhost.example", False),
    ],
)
def test_only_the_loopback_is_the_own_machine(remote: str, own: bool) -> None:
    assert local(remote) is own


@pytest.mark.parametrize(
    ("arguments", "address", "told"),
    [
        (["panel", "serve", "dashboard"], "localhost", False),
        (["panel", "serve", "dashboard"], "127.0.0.1", False),
        (["panel", "serve", "dashboard", "--address", "0.0.0.0"], "localhost", True),
        (["relais", "serve", "--address=desk.example"], "localhost", True),
        (["relais", "serve"], "desk.example", True),
        (["relais", "serve", "--port", "5006"], "localhost", False),
    ],
)
def test_a_flag_or_a_setting_names_an_address(
    arguments: list[str], address: str, told: bool
) -> None:
    assert named(arguments, address) is told


def test_a_wrong_setting_stops_panels_own_command_too(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "panel", "serve", "dashboard", "--port", "0"]
    database = {"RELAIS_DATABASE_URL": f"sqlite:///{tmp_path / 'relais.sqlite3'}"}
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | database | {"RELAIS_LANGUAGE": "de"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "RELAIS_LANGUAGE='de': not one of: fr, en" in ended.stderr
    assert "Traceback" not in ended.stderr

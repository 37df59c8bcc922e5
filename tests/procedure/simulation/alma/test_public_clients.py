"""Public Alma clients work with the stand-in as they do with Alma."""

import logging
from pathlib import Path
from typing import Any

import pytest

from tests.procedure.simulation.alma.clients import run
from tests.procedure.simulation.alma.test_server import stand_in
from tests.support.alma import serving

pytestmark = pytest.mark.long  # the clients are installed first


def work(program: str, folder: Path) -> tuple[Any, list[str]]:
    """Run a client in its own process; return its output and its effects on the stand-in."""
    there = stand_in(read="k-read", write="k-write", per_second=1000)

    with serving(there) as port:
        return run(program, f"http://127.0.0.1:{port}", folder), there.gate.effects


def test_client_almapiwrapper(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    result, effects = work("with_almapiwrapper.py", tmp_path)
    assert result == {
        "user": "anna",
        "nobody": [True, "User with identifier nobody was not found."],
        "item": ["i1", "99", "22", "p1"],
        "no item": [True, "No items found for barcode none."],
        "loan": ["i1", "ACTIVE"],
        "loans": ["i1"],
        "scan": [False, "1", "Item in place"],
    }
    assert effects == ["lend i1", "scan i1"]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_client_almapy(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    result, effects = work("with_almapy.py", tmp_path)
    assert result == {
        "user": "anna",
        "item": ["p1", "99"],
        "loan": ["i1", "ACTIVE"],
        "loans": 1,
        "refused": [
            "ItemAlreadyLoanedToUserError",
            "BarcodeNotFoundError",
            "UserNotFoundError",
            "APIClientError",
        ],
    }
    assert effects == ["lend i1"]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_client_almapipy(tmp_path: Path) -> None:
    result, effects = work("with_almapipy.py", tmp_path)
    assert result == ["Camille", "Test", "anna"]
    assert effects == []

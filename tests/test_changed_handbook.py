"""Editing a running server's handbook does not stop loans, and faulty versions are not used."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support import make
from tests.test_processes import DESK, request, until
from tests.ui.conftest import Relais, Standins, handbook_over

ASKED = "Alma marche-t-il correctement chez vos collègues"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Relais]:
    with ExitStack() as stack:
        standins = Standins()
        stack.callback(standins.stop)
        made = Relais(tmp_path, handbook_over(standins, tmp_path / "handbook"), standins)
        made.start()
        stack.callback(made.kill)
        yield made


def ask(port: int, path: str) -> Any:
    status, text = request(port, "GET", path)
    assert status in {200, 503}, text
    return json.loads(text)


def state(port: int) -> str:
    return ask(port, "/readyz")["handbook"]


def targets(port: int) -> list[str]:
    return [row["target"] for row in ask(port, "/board.json")["targets"]]


def lend(port: int, number: int) -> str:
    """Lend a book; return the loan's state from the server's answer."""
    loan = make.message("poste-1", number, f"10000{number:06}")
    headers = {**DESK, "Cookie": "relais_workstation=poste-1"}
    _, text = request(port, "POST", "/desk/transactions", {"transactions": [loan]}, **headers)
    (answer,) = json.loads(text)["answers"]
    return answer["state"]


def test_edits_apply_completely_and_faults_change_nothing(server: Relais) -> None:
    port, folder = server.port, server.handbook
    before, steps = targets(port), (folder / "steps.toml").read_bytes()
    version = ask(port, "/desk/time")["version"]
    assert lend(port, 1) == "kept"

    (folder / "steps.toml").write_bytes(steps[: len(steps) // 2])  # half-written by an editor
    until(lambda: state(port) == "faulty")
    assert (targets(port), ask(port, "/desk/time")["version"]) == (before, version)
    assert lend(port, 2) == "kept"

    words = folder / "words" / "fr.toml"
    text = words.read_text("utf-8")
    assert ASKED in text
    words.write_text(text.replace(ASKED, "Et chez les voisins"), "utf-8")
    (folder / "steps.toml").write_bytes(steps)  # repaired
    until(lambda: state(port) == "current")
    assert ask(port, "/desk/time")["version"] != version
    assert "Et chez les voisins" in request(port, "GET", "/desk/papers.json")[1]
    assert lend(port, 3) == "kept"
    assert len(server.recorded("loan")) == 3

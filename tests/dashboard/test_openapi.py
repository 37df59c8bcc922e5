"""`docs/openapi.yaml` describes every route of the server, and the server responds as described."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from tornado.web import RequestHandler

from dashboard.routes import ROUTES
from dashboard.server.removed_routes import REMOVED
from tests.dashboard.cli.test_serve import COMMANDS, answer, serving
from tests.ui.conftest import free_port

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
PATHS: dict[str, dict[str, Any]] = yaml.safe_load(DOCUMENT.read_text("utf-8"))["paths"]
GIVEN = {
    "file": "main.js",
    "outage": str(UUID(int=1)),
    "export": str(UUID(int=1)),
    "table": "summary",
    "form": "csv",
    "kind": "accounts",
}
# A Panel route that `relais serve` turns on.
PANELS = {("/liveness", "get")}
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


def described() -> set[tuple[str, str]]:
    return {(path, method) for path, methods in PATHS.items() for method in methods}


def served() -> Iterator[tuple[str, str]]:
    """Yield each path with each method of the first route that matches it."""
    for path, methods in PATHS.items():
        asked = path.format_map(GIVEN)
        kind = next((kind for regex, kind, *_ in ROUTES if re.fullmatch(regex, asked)), None)
        for method in methods if kind is None else ("get", "post", "put", "patch", "delete"):
            own = getattr(kind, method, None)
            if own is not None and own is not getattr(RequestHandler, method):
                yield path, method


def test_description_has_only_paths_and_methods_of_the_server() -> None:
    assert set(served()) | PANELS == described()


def test_description_has_every_route() -> None:
    asked = [path.format_map(GIVEN) for path in PATHS]
    missing = [
        route
        for route, *_ in ROUTES
        if route not in REMOVED and not any(re.fullmatch(route, path) for path in asked)
    ]
    assert missing == []


def run(folder: Path, *words: str) -> None:
    port = free_port()
    address = f"http://localhost:{port}"
    status_page = {"RELAIS_STATUS_PAGE": "https://relais.example.ch/status"}
    with serving(COMMANDS["relais"], folder, port, **status_page):
        answer(port, "/healthz")
        # Schemathesis runs in its own process, because its pytest plug-in would run in this process too.
        command = [sys.executable, "-m", "schemathesis.cli", "run", str(DOCUMENT)]
        options = ["--url", address, "--checks", ",".join(CHECKS), "--no-color"]
        form = ["-H", f"Origin: {address}"]
        done = subprocess.run(
            [*command, *options, *form, *words],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
        )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr
    tested = re.search(r"Tested: (\d+)", done.stdout)
    assert tested is not None
    assert int(tested[1]) == len(described())
    assert "Traceback" not in (folder / "log").read_text()


def test_server_answers_as_described_locally(tmp_path: Path) -> None:
    run(tmp_path, "--max-examples", "1", "--phases", "examples,coverage,fuzzing", "--seed", "1")


@pytest.mark.long
def test_server_answers_as_described_to_others(tmp_path: Path) -> None:
    run(tmp_path, "--max-examples", "300")

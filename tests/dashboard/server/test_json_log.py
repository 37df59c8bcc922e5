"""The JSON log has one object per line, with tracebacks but without the values of variables."""

import json
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.dashboard.cli.test_serve import COMMANDS, answer, serving
from tests.ui.conftest import free_port

FORM = re.compile(r"[0-9a-f]{16}")
SCRIPT = """
import logging
from dashboard.server.json_log import write_json

logging.basicConfig(level=logging.INFO)
write_json()
log = logging.getLogger("dashboard.somewhere")
log.info("%d loans at %s", 3, "Uni Mail, prêt")
try:
    identifier = "2070000001"
    int("x")
except ValueError:
    log.exception("not a number")
"""
PRINTS = """
import sys
import threading
import warnings
from dashboard.server.json_log import write_json

write_json()
write_json()
print("two", "words")
print("a line\\n\\nand another", file=sys.stderr)
print('{"is": "one"}')
warnings.warn("is old")
thread = threading.Thread(target=lambda: int("x"))
thread.start()
thread.join()
sys.exit("it cannot start")
"""


def test_log_lines_are_json_objects() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    for line in lines:
        assert datetime.fromisoformat(line.pop("at")).tzinfo == UTC
    traceback = lines[1].pop("exception")
    assert lines == [
        {"level": "info", "logger": "dashboard.somewhere", "event": "3 loans at Uni Mail, prêt"},
        {"level": "error", "logger": "dashboard.somewhere", "event": "not a number"},
    ]
    assert traceback.endswith("ValueError: invalid literal for int() with base 10: 'x'")
    assert "2070000001" not in traceback


def test_printed_lines_become_json_objects() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRINTS], capture_output=True, text=True, check=False
    )
    assert [known(line) for line in done.stdout.splitlines()] == [
        {"level": "info", "logger": "stdout", "event": "two words"},
        {"is": "one"},
    ]
    first, second, warned, ended, last = [known(line) for line in done.stderr.splitlines()]
    assert [first, second, last] == [
        {"level": "error", "logger": "stderr", "event": text}
        for text in ("a line", "and another", "it cannot start")
    ]
    assert (warned["logger"], "UserWarning: is old" in warned["event"]) == ("py.warnings", True)
    assert ended["exception"].endswith("ValueError: invalid literal for int() with base 10: 'x'")
    assert done.returncode == 1


def known(line: str) -> dict[str, Any]:
    """Check that a line of the log is valid; return its fields without the time and request id."""
    fields = json.loads(line)
    assert "access" not in fields.get("logger", "") or FORM.fullmatch(fields["request"])
    fields.pop("request", None)
    if "event" in fields:
        assert datetime.fromisoformat(fields.pop("at")).tzinfo == UTC
    return fields


def served(name: str, folder: Path) -> list[dict[str, Any]]:
    """Return a server's log and output from start to end, without the parts that always differ."""
    folder.mkdir()
    port = free_port()
    settings = {"RELAIS_LOG": "json", "RELAIS_TYPO": "1"}
    with serving(COMMANDS[name], folder, port, imports_anew=True, **settings) as process:
        asked = {"/dashboard": 200, "/nowhere": 404, "/components/a/b/c/d": 403}
        assert {path: answer(port, path)[0] for path in asked} == asked
        assert answer(port, "/", host="evil.example")[0] == 403
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    text = (folder / "log").read_text("utf-8")
    varies = r"\b\d+(\.\d+ms)?\b"
    lines = [known(line) for line in text.splitlines()]
    return [line | {"event": re.sub(varies, "#", line["event"])} for line in lines]


def test_both_servers_log_the_same_objects(tmp_path: Path) -> None:
    lines = {name: served(name, tmp_path / name) for name in COMMANDS}
    assert lines["relais"] == lines["panel"]
    loggers = [line["logger"] for line in lines["relais"]]
    assert {
        "dashboard.settings",
        "bokeh.server.server",
        "dashboard.server.request_filter",
        "tornado.access",
        "stdout",
    } <= set(loggers)


@pytest.mark.parametrize("name", COMMANDS)
def test_refused_start_is_logged_as_json_objects(name: str, tmp_path: Path) -> None:
    settings = {"RELAIS_LOG": "json", "RELAIS_KEEP_OUTCOMES": "x"}
    with serving(COMMANDS[name], tmp_path, free_port(), imports_anew=True, **settings) as process:
        assert process.wait(60) == 1
    lines = [known(line) for line in (tmp_path / "log").read_text("utf-8").splitlines()]
    assert any("RELAIS_KEEP_OUTCOMES" in line["event"] for line in lines)
    assert not any("exception" in line for line in lines)

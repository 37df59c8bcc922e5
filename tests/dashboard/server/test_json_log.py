"""The log as JSON: an object a line, with the text of a traceback and without its values."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime

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


def test_log_lines_are_objects() -> None:
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
